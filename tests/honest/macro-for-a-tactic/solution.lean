macro "crunch" : tactic => `(tactic| (try intros) <;> first | rfl | decide | omega)

macro "split_bool " x:ident : tactic => `(tactic| cases $x:ident)

theorem bool_facts (a b : Bool) : (a || b) = (b || a) ∧ (a && !a) = false := by
  split_bool a
  all_goals split_bool b
  all_goals constructor <;> crunch
