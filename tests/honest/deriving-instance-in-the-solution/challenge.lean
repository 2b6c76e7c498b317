inductive Dir where
  | n | e | s | w

def Dir.turn : Dir → Dir
  | n => e
  | e => s
  | s => w
  | w => n

theorem turn_surjective : ∀ d : Dir, ∃ c : Dir, c.turn = d := sorry
