theorem add_swap (a b : Nat) : a + b = b + a := by
  omega

axiom everything : False
