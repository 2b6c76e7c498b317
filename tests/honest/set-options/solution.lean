set_option maxRecDepth 10000 in
set_option maxHeartbeats 400000 in
theorem long_list : (List.range 300).length = 300 := by
  decide

set_option linter.unusedVariables false
set_option autoImplicit false
set_option pp.all true in
theorem unused (a b c : Nat) (h : a = b) (k : b = c) : a = c := by
  set_option maxRecDepth 2000 in
  have noise : 1 = 1 := rfl
  exact h.trans k
