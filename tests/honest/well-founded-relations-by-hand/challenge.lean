theorem descent (p : List Nat → Prop) (h : ∀ xs, (∀ ys : List Nat, ys.length < xs.length → p ys) → p xs) (xs : List Nat) : p xs := by
  sorry

theorem acc_lt (n : Nat) : Acc (· < ·) n := by
  sorry
