theorem one_le_two : 1 ≤ 2 := Nat.le_succ 1
﻿theorem two_le_one : 2 ≤ 1 := by
  decide
