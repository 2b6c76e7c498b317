open Classical in
theorem least_below (p : Nat → Prop) (n : Nat) : (∃ k, k ≤ n ∧ p k ∧ ∀ m, p m → k ≤ m) ∨ ∀ m, m ≤ n → ¬p m := by
  induction n with
  | zero =>
    if h : p 0 then exact .inl ⟨0, Nat.le_refl _, h, fun m _ => Nat.zero_le m⟩
    else exact .inr fun m hm hp => h (Nat.le_zero.mp hm ▸ hp)
  | succ n ih =>
    rcases ih with ⟨k, hk, hp⟩ | hn
    · exact .inl ⟨k, Nat.le_succ_of_le hk, hp⟩
    if h : p (n + 1) then
      refine .inl ⟨n + 1, Nat.le_refl _, h, fun m hm => ?_⟩
      exact Nat.lt_of_not_le fun hle => hn m hle hm
    else
      refine .inr fun m hm hp => ?_
      rcases Nat.lt_or_eq_of_le hm with hlt | rfl
      · exact hn m (Nat.le_of_lt_succ hlt) hp
      · exact h hp

theorem least (p : Nat → Prop) (h : ∃ n, p n) : ∃ n, p n ∧ ∀ m, p m → n ≤ m := by
  classical
  obtain ⟨n, hn⟩ := h
  rcases least_below p n with ⟨k, _, hk⟩ | hno
  · exact ⟨k, hk⟩
  · exact absurd hn (hno n (Nat.le_refl n))
