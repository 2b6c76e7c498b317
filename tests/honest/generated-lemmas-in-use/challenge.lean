structure Foo where
  a : Nat
  b : Bool

def f : Nat → Nat → Nat
  | 0, b => b
  | a + 1, b => f a (b + 1)

theorem f_eq (a b : Nat) : f a b = a + b := sorry
theorem foo_inj (x y : Foo) (h : x = y) : x.a = y.a ∧ x.b = y.b := sorry
theorem foo_mk (a : Nat) (h : Foo.mk a true = Foo.mk 3 true) : a = 3 := sorry
