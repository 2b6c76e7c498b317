theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by exact (by omega)

theorem bar (f : Nat → Nat) (h : ∀ n, 0 < n → f n < n) : f 7 < 8 ∧ ∀ m > 2, f m < m := by
  exact ⟨Nat.lt_trans (h 7 (by decide)) (by decide), fun m hm => by
    exact h m (by
      exact Nat.lt_trans (by decide : 0 < 2) hm)⟩
