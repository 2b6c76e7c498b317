namespace A.B
section Group
variable {α : Type} (op : α → α → α) (inv : α → α) (e : α)
variable (assoc : ∀ a b c, op (op a b) c = op a (op b c)) (id : ∀ a, op e a = a) (left : ∀ a, op (inv a) a = e)
include assoc id left

private theorem undo (a b : α) : op (inv a) (op a b) = b := by
  rw [← assoc, left, id]

variable {a b c : α}

theorem left_cancel (h : op a b = op a c) : b = c := by
  rw [← undo op inv e assoc id left a b, h, undo op inv e assoc id left]
end Group
end A.B
