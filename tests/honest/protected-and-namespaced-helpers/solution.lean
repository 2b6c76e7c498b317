namespace Nat
protected theorem mul_self_step {a b : Nat} (h : a ≤ b) (c : Nat) : a * c ≤ b * c :=
  Nat.mul_le_mul_right c h
end Nat

theorem Nat.sq_le_sq' {a b : Nat} (h : a ≤ b) : a * a ≤ b * b :=
  Nat.le_trans (Nat.mul_self_step h a) (Nat.mul_le_mul_left b h)

namespace main
theorem aux {n m : Nat} (h : n ≤ m) : n ≤ m + 1 := Nat.le_trans h (Nat.le_succ m)
end main

theorem main (a b : Nat) (h : a ≤ b) : a * a ≤ b * b + 1 :=
  main.aux (Nat.sq_le_sq' h)
