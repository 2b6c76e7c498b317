theorem even_sum (a b : Nat) (ha : ∃ k, a = 2 * k) (hb : ∃ k, b = 2 * k) : (a + b) % 2 = 0 := by
  obtain ⟨k, hk⟩ := ha
  obtain ⟨l, hl⟩ := hb
  suffices h : ∃ m, a + b = 2 * m by
    obtain ⟨m, hm⟩ := h
    rw [hm]
    exact Nat.mul_mod_right 2 m
  have sum : a + b = 2 * (k + l) := by
    rw [hk, hl, Nat.mul_add]
  show ∃ m, a + b = 2 * m
  exact ⟨k + l, sum⟩
