structure Foo where
  a : Nat
  b : Bool

def f : Nat → Nat → Nat
  | 0, b => b
  | a + 1, b => f a (b + 1)

theorem f_eq (a b : Nat) : f a b = a + b := by
  induction a, b using f.induct with
  | case1 b => rw [f.eq_1, Nat.zero_add]
  | case2 a b ih => rw [f.eq_2, ih]; omega
theorem foo_inj (x y : Foo) (h : x = y) : x.a = y.a ∧ x.b = y.b := by
  cases x; cases y
  simpa only [Foo.mk.injEq] using h
theorem foo_mk (a : Nat) (h : Foo.mk a true = Foo.mk 3 true) : a = 3 :=
  Foo.noConfusion (P := a = 3) h fun k _ => k
