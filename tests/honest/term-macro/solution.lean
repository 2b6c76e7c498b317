local macro "minus3 " x:term:max : term => `($x - 3)

theorem shifted (n : Nat) (h : 3 ≤ n) : ∃ m, n = m + 3 :=
  ⟨minus3 n, (Nat.sub_add_cancel h : minus3 n + 3 = n).symm⟩
