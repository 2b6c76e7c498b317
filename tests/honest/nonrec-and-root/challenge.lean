namespace My
theorem Nat.add_comm (a b : Nat) : a + b = b + a := sorry
end My

theorem Nat.My.succ_le_of_lt {a b : Nat} (h : a < b) : a.succ ≤ b := sorry
