inductive Colour
  | red
  | green
theorem one_colour (a b : Colour) : a = b := sorry
