def Square (n : Nat) : Prop := ∃ k, k ≤ n ∧ k * k = n

def Near (a b : Nat) : Prop := a - b ≤ 1 ∧ b - a ≤ 1
instance (a b : Nat) : Decidable (Near a b) := inferInstanceAs (Decidable (_ ∧ _))

theorem square_iff (n : Nat) : (∃ k, k < n + 1 ∧ k * k = n) ↔ Square n := by
  simp only [Square, Nat.lt_succ_iff]

noncomputable instance : DecidablePred Square := fun n => decidable_of_iff _ (square_iff n)

theorem square_49 : Square 49 ∧ ¬ Square 50 := by
  decide +kernel
theorem near : Near 3 4 ∧ ¬ Near 3 5 := by decide
