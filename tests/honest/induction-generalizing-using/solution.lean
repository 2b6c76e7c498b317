def revOnto {α : Type} : List α → List α → List α
  | [], acc => acc
  | x :: xs, acc => revOnto xs (x :: acc)

theorem revOnto_eq {α : Type} (xs acc : List α) : revOnto xs acc = xs.reverse ++ acc := by
  induction xs generalizing acc with
  | nil => rfl
  | cons x xs ih => simp [revOnto, ih]

theorem half_reaches_zero (n : Nat) : ∃ k, n / 2 ^ k = 0 := by
  induction n using Nat.strongRecOn with
  | ind n ih =>
    by_cases h : n = 0
    · exact ⟨0, by simp [h]⟩
    · obtain ⟨k, hk⟩ := ih (n / 2) (by omega)
      refine ⟨k + 1, ?_⟩
      rw [Nat.pow_succ', ← Nat.div_div_eq_div_mul]
      exact hk
