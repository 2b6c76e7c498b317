syntax "easy" : tactic
macro_rules
  | `(tactic| easy) => `(tactic| exact ⟨trivial, rfl, fun _ => rfl⟩)
macro_rules
  | `(tactic| easy) => `(tactic| trivial)
macro_rules
  | `(tactic| easy) => `(tactic| omega)

theorem ends (n : Nat) (h : n < 3) : n = 0 ∨ n = 1 ∨ n = 2 := by easy

theorem trivialities : True ∧ 1 + 1 = 2 ∧ ∀ n : Nat, n = n := by easy
