/-! This file needs no axiom, no `native_decide`, no `admit`; the kernel is at work.
A nested /- comment with sorry := sorry -/ inside. -/

-- sorry, I could not resist: axiom cheat : False
/-- The successor is injective. Once this was by `sorry`, then by `native_decide`, and it rested on
`axiom succ_injective`; not any more. `theorem fake : False := by stop` -/
theorem succ_inj' (a b : Nat) (h : a + 1 = b + 1) : a = b := by
  -- sorry
  /- admit; unsafe; implemented_by; partial -/
  exact Nat.succ.inj h -- no sorry here
