initialize
  IO.FS.writeFile "/module.olean" "I run in whoever imports me"

theorem two_le_one : 2 ≤ 1 := by
  sorry
