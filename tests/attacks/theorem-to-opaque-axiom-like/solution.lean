opaque some_le (n : Nat) : ∃ m, m ≤ n := ⟨0, Nat.zero_le n⟩
