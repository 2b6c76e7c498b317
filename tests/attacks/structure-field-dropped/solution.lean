structure Witness where
  value : Nat
theorem found : Nonempty Witness := ⟨⟨0⟩⟩
