structure Witness where
  value : Nat
  small : value < 1
theorem found : Nonempty Witness := ⟨⟨0, by decide⟩⟩
