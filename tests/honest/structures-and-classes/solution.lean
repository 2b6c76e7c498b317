structure Shape where
  name : String := "shape"
structure Rect extends Shape where
  w : Nat
  h : Nat := w

class Monoid' (α : Type) where
  one : α
  mul : α → α → α
  one_mul : ∀ a, mul one a = a
  mul_one : ∀ a, mul a one = a

theorem square_name (n : Nat) : ({ w := n } : Rect).h = n ∧ ({ w := n } : Rect).name = "shape" := ⟨rfl, rfl⟩

theorem one_unique {α : Type} [Monoid' α] (e : α) (h : ∀ a : α, Monoid'.mul e a = a) : e = Monoid'.one := by
  rw [← h Monoid'.one]
  exact (Monoid'.mul_one e).symm
