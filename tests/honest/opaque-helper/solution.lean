opaque bound : { b : Nat // 5 ≤ b } := ⟨7, by decide⟩

theorem exists_bound (f : Nat → Nat) (h : ∀ n, f n ≤ 5) : ∃ b, 3 ≤ b ∧ ∀ n, f n ≤ b :=
  ⟨bound.val, Nat.le_trans (by decide) bound.property, fun n => Nat.le_trans (h n) bound.property⟩
