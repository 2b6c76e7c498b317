abbrev Odd' (n : Nat) : Prop := ∃ k, n = 2 * k + 1
@[reducible] def Even' (n : Nat) : Prop := ∃ k, n = 2 * k
@[inline] def half (n : Nat) : Nat := n / 2
@[irreducible] def hidden : Nat := 5

instance (n : Nat) : Inhabited { m : Nat // n ≤ m } := ⟨⟨n, Nat.le_refl n⟩⟩

theorem half_eq (k : Nat) : half (2 * k + 1) = k := by
  simp only [half]
  omega

theorem succ_even {n : Nat} : Odd' n → Even' (n + 1)
  | ⟨k, hk⟩ => ⟨half n + 1, by rw [hk, half_eq]; rfl⟩

theorem pred_step (n : Nat) (h : ∃ k, n = 2 * k + 1) : ∃ k, n + 1 = 2 * k := succ_even h
