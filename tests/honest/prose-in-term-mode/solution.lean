theorem prose (p q : Prop) (h : p → q) (k : ¬q) : ¬p :=
  suffices p → False from this
  fun hp : p =>
  have : q := h hp
  show False from k this

theorem or_of_imp (p q : Prop) [Decidable p] (h : p → q) : ¬p ∨ q :=
  if hp : p then .inr (h hp) else .inl hp

theorem exchange (f : Nat → Nat) : (∃ n, f n = 0 ∧ 0 < n) → (∃ m, 0 < m ∧ 0 = f m) := fun
  | ⟨0, _, pos⟩ => nomatch pos
  | ⟨n + 1, zero, pos⟩ =>
    let ⟨e⟩ : Nonempty (0 = f (n + 1)) := ⟨zero.symm⟩
    ⟨n + 1, pos, e⟩
