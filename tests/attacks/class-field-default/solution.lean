class Group' (α : Type) where
  mul : α → α → α
  one : α
  one_mul : ∀ a, mul one a = a
  comm : ∀ a b, mul a b = mul b a := by intros; rfl
theorem left_one {α : Type} [Group' α] (a b : α) : Group'.mul a b = Group'.mul b a := Group'.comm a b
