theorem A.B.left_cancel {α : Type} (op : α → α → α) (inv : α → α) (e : α) (assoc : ∀ a b c, op (op a b) c = op a (op b c)) (id : ∀ a, op e a = a) (left : ∀ a, op (inv a) a = e) {a b c : α} (h : op a b = op a c) : b = c := by
  sorry
