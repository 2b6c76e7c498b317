theorem turn (n : Nat) : (n ≤ 1) = (n + 1 - 1 ≤ 1) := rfl

set_option maxHeartbeats 0
set_option maxRecDepth 100000000

theorem two_le_one : 2 ≤ 1 := by
  repeat rw [turn]
  decide
