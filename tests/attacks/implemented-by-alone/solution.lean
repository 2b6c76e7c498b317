def double (n : Nat) : Nat := n + n

def wrong (_ : Nat) : Nat := 7
attribute [implemented_by wrong] double

theorem double_eq (n : Nat) : double n = 2 * n := by
  simp only [double]; omega
