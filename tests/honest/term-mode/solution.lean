theorem swap_and (p q r : Prop) : (p ∧ q) ∧ r → r ∧ q ∧ p :=
  fun h => ⟨h.2, h.1.2, h.1.1⟩

theorem curry (p q r : Prop) : (p ∧ q → r) ↔ (p → q → r) :=
  Iff.intro (fun f hp hq => f (And.intro hp hq)) fun f h => f h.left h.right
