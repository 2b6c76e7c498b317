structure Facts (n : Nat) : Prop where
  odd : n % 2 = 1
  ne : n ≠ 0
  next : (n + 1) % 4 = 0

theorem Facts.of (n : Nat) (h : n % 4 = 3) : Facts n where
  odd := by omega
  ne := by rintro rfl; contradiction
  next := by omega

theorem facts (n : Nat) (h : n % 4 = 3) : n % 2 = 1 ∧ n ≠ 0 ∧ (n + 1) % 4 = 0 :=
  have ⟨a, b, c⟩ := Facts.of n h
  ⟨a, b, c⟩
