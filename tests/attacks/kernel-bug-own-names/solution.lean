inductive _nested.Tree_1 : Type
  | leaf

theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
