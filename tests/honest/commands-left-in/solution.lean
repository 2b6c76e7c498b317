#check Nat.two_mul
#print Nat.add
#check (fun n : Nat => n + n)

theorem add_self (n : Nat) : n + n = 2 * n := by
  exact (Nat.two_mul n).symm

#check @add_self
#print axioms add_self
#reduce (fun n => n + 2) 3
#eval 1 + 1
#print add_self
