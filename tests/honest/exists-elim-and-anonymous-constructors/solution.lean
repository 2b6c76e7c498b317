theorem witness {α : Type} (p q : α → Prop) (h : ∃ x, p x ∧ q x) : ∃ x, q x ∧ ∃ y, p y :=
  Exists.elim h fun x hx => Exists.intro x (And.intro hx.2 ⟨x, hx.1⟩)

theorem pythagoras : ∃ a b c : Nat, 0 < a ∧ 0 < b ∧ a * a + b * b = c * c :=
  ⟨3, 4, 5, by decide, by decide, rfl⟩

theorem image (f : Nat → Nat) (n : Nat) : ∃ m, m = f (f n) := ⟨_, rfl⟩
