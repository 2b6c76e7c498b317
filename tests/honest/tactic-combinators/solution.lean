theorem many (a b c d : Prop) (ha : a) (hb : b) (hc : c) (hd : d) : (a ∧ b) ∧ (c ∧ d) ∧ (a ∧ True) := by
  repeat' constructor
  all_goals first | assumption | trivial

theorem booleans (a b c : Bool) : (a && b && c) = (c && b && a) := by
  cases a <;> cases b <;> cases c
  any_goals rfl
  done

theorem choose_side (p q : Prop) (h : q) : (p ∧ False) ∨ (False ∨ q) := by
  iterate 2 first | exact h | right
  exact h
