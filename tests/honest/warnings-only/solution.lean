theorem new_name (a b : Nat) : a + b = b + a := Nat.add_comm a b
@[deprecated new_name (since := "2020-01-01")]
theorem old_name (a b : Nat) : a + b = b + a := Nat.add_comm a b

theorem noisy (a b c : Nat) (unused : 1 = 1) : a + b = b + a := by
  have useless : 2 = 2 := by simp
  have also (x : Nat) : True := by simp [Nat.mul_comm]
  exact old_name a b
