unsafe inductive Curry
  | mk : (Curry → False) → Curry

unsafe def Curry.no : Curry → False
  | mk f => f (mk f)

theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
