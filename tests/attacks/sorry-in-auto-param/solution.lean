theorem bounded (n : Nat) (small : n ≤ 1 := by first | omega | sorry) : n ≤ 1 := small

theorem two_le_one : 2 ≤ 1 := bounded 2
