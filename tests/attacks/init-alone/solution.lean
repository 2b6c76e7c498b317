def setUp : IO Unit := IO.println "I run whenever this file is imported"

@[init] def start : IO Unit := setUp

theorem add_swap (a b : Nat) : a + b = b + a := by
  omega
