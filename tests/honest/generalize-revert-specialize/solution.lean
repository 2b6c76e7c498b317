theorem big_term (a b : Nat) (f : Nat → Nat) (h : ∀ x, f x = x + 1) : f (a * b + 3) - 1 = a * b + 3 := by
  generalize a * b + 3 = n
  specialize h n
  revert h
  generalize f n = m
  clear f
  intro h
  let k := m
  show k - 1 = n
  simp only [k, h, Nat.add_sub_cancel]

theorem instantiate (p : Nat → Nat → Prop) (h : ∀ x y, x < y → p x y) (k : ∀ x y, p x y → p y x) : p 5 3 := by
  replace h := h 3 5 (by decide)
  apply k
  assumption
