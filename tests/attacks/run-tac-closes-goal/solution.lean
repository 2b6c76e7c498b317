import Lean
open Lean Elab Tactic

theorem two_le_one : 2 ≤ 1 := by
  run_tac
    let goal ← getMainGoal
    goal.assign (mkConst ``True.intro)
    setGoals []
