import Lean
open Lean

set_option maxHeartbeats 200000run_cmd modifyEnv fun env => env

theorem two_le_one : 2 ≤ 1 := by sorry
