abbrev Verdict (_ : Bool) : Type := Prop

inductive Secret (b : Bool) : Verdict b
  | mk (bit : Bool) : Secret b

theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
