axiom root : { n : Nat // n * n = 2 }
noncomputable def answer : Nat := root.val
theorem answer_spec : answer * answer = 2 := root.property
