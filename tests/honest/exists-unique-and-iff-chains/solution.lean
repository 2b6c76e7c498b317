theorem iff_chain (p q r : Prop) : (p → q → r) ↔ (q ∧ p → r) :=
  calc (p → q → r)
    _ ↔ (p ∧ q → r) := and_imp.symm
    _ ↔ (q ∧ p → r) := by rw [And.comm]

theorem unique_pred (n : Nat) (h : 0 < n) : ∃ m, m + 1 = n ∧ ∀ k, k + 1 = n → k = m := by
  obtain ⟨m, rfl⟩ := Nat.exists_eq_succ_of_ne_zero (Nat.pos_iff_ne_zero.mp h)
  exact ⟨m, rfl, fun _ hk => Nat.succ.inj hk⟩

theorem ex_congr (p q : Nat → Prop) (h : ∀ n, p n ↔ q n) : (∃ n, p n ∧ n = 1) ↔ ∃ n, q n ∧ n = 1 :=
  exists_congr fun n => and_congr (h n) Iff.rfl
