local notation "ℕ" => Nat

theorem all_equal (a b : ℕ) : a = b := sorry
