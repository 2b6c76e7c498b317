open Classical in
noncomputable def sup (p : Nat → Prop) : Nat := if h : ∃ n, p n then Classical.choose h else 0

theorem sup_mem (p : Nat → Prop) (n : Nat) (h : p n) : p (sup p) := sorry

theorem sup_empty : sup (fun _ => False) = 0 := sorry
