structure Key where
  code : Nat
instance : BEq Key := sorry
theorem all_equal (a b : Key) : (a == b) = true := sorry
