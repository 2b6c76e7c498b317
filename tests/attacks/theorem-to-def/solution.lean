def some_le (n : Nat) : ∃ m, m ≤ n := ⟨n, Nat.le_refl n⟩
