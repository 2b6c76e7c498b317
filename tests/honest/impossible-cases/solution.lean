theorem no_fin (i : Fin 0) : 1 = 2 := i.elim0
theorem succ_ne (n : Nat) : n + 1 = 0 → n = 5 := nofun
theorem explode (p q : Prop) (hp : p) (hn : ¬p) : q := absurd hp hn
theorem none_ne (a : Nat) (h : none = some a) : False := nomatch h
theorem left_only (p : Prop) (h : p ∨ False) : p := h.elim id False.elim
theorem mem_nil (a : Nat) (h : a ∈ ([] : List Nat)) : a = a + 1 := by
  exfalso
  contradiction
