set_option genSizeOf false

def Same (_ : 1 = 1) (α : Type) : Type := α

inductive Chain
  | stop
  | step (before : Same rfl Chain) : Chain

theorem t : 1 + 1 = 2 := rfl
