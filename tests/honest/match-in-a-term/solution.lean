theorem or_cases (p q r : Prop) (h : p ∨ q ∨ r) : (q ∨ r) ∨ p :=
  match h with
  | .inl hp => .inr hp
  | .inr (.inl hq) => .inl (.inl hq)
  | .inr (.inr hr) => .inl (.inr hr)

theorem pred_lt (n : Nat) (h : n ≠ 0) : n - 1 < n :=
  match n, h with
  | 0, h => absurd rfl h
  | k + 1, _ => Nat.lt_succ_self k
