namespace My
theorem Nat.add_comm (a b : Nat) : a + b = b + a := _root_.Nat.add_comm a b
end My

namespace Nat.My
nonrec theorem succ_le_of_lt {a b : Nat} (h : a < b) : a.succ ≤ b := succ_le_of_lt h
end Nat.My
