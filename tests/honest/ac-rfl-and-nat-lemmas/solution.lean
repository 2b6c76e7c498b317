theorem rearrange (a b c d : Nat) : a * b * (c * d) = d * (b * c) * a := by
  ac_rfl

theorem mixed (a b c : Nat) : a + b + c + 0 = c + (b + a) := by
  show a + b + c = _
  rw [Nat.add_comm, Nat.add_comm a b]
