inductive Colour
  | red
theorem one_colour (a b : Colour) : a = b := by cases a; cases b; rfl
