theorem some_le (n : Nat) : ∃ m, m ≤ n := sorry
