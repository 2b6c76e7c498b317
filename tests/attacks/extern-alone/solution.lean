@[extern "lean_nat_pred"] def double (n : Nat) : Nat := n + n

theorem double_eq (n : Nat) : double n = 2 * n := by
  simp only [double]; omega
