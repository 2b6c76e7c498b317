inductive Side
  | left
  | right
def Side.index : Side → Nat := fun s => s.ctorIdx
theorem right_is_first : Side.right.index = 0 := sorry
