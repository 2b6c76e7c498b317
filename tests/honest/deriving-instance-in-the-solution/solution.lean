inductive Dir where
  | n | e | s | w

def Dir.turn : Dir → Dir
  | n => e
  | e => s
  | s => w
  | w => n

deriving instance DecidableEq for Dir

def Dir.back (d : Dir) : Dir := d.turn.turn.turn

theorem Dir.turn_back (d : Dir) : d.back.turn = d := by
  revert d
  intro
  | .n => decide
  | .e => decide
  | .s => decide
  | .w => decide

theorem turn_surjective : ∀ d : Dir, ∃ c : Dir, c.turn = d :=
  fun d => ⟨d.back, d.turn_back⟩
