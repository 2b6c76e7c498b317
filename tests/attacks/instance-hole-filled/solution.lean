structure Key where
  code : Nat
instance : BEq Key := ⟨fun _ _ => true⟩
theorem all_equal (a b : Key) : (a == b) = true := rfl
