def rel (p q : Nat × Nat) : Prop := p.1 + q.2 = q.1 + p.2

instance intSetoid : Setoid (Nat × Nat) where
  r := rel
  iseqv := {
    refl := fun _ => rfl
    symm := fun h => Eq.symm h
    trans := fun {a b c} (h : a.1 + b.2 = b.1 + a.2) (k : b.1 + c.2 = c.1 + b.2) =>
      (by omega : a.1 + c.2 = c.1 + a.2) }

def Z := Quotient intSetoid

def Z.neg : Z → Z := Quotient.lift (fun p => Quotient.mk _ (p.2, p.1)) fun a b (h : a.1 + b.2 = b.1 + a.2) =>
  Quotient.sound (by show a.2 + b.1 = b.2 + a.1; omega)

theorem Z.neg_neg (z : Z) : z.neg.neg = z := sorry

theorem same : (Quotient.mk _ (3, 5) : Z) = Quotient.mk _ (0, 2) := sorry
