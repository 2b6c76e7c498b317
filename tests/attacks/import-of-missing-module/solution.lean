import Mathlib.Tactic.Magic

theorem two_le_one : 2 ≤ 1 := by magic
