theorem no_fin (i : Fin 0) : 1 = 2 := sorry
theorem succ_ne (n : Nat) : n + 1 = 0 → n = 5 := sorry
theorem explode (p q : Prop) (hp : p) (hn : ¬p) : q := sorry
theorem none_ne (a : Nat) (h : none = some a) : False := sorry
theorem left_only (p : Prop) (h : p ∨ False) : p := sorry
theorem mem_nil (a : Nat) (h : a ∈ ([] : List Nat)) : a = a + 1 := sorry
