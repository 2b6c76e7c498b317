inductive Color where
  | red | green | blue
deriving DecidableEq, Repr, Inhabited

def Color.next : Color → Color
  | red => green
  | green => blue
  | blue => red

theorem next_thrice (c : Color) : c.next.next.next = c := by cases c <;> rfl
theorem next_ne (c : Color) : (c.next == c) = false := by
  cases c <;> decide
