local notation "ℕ" => Unit

theorem all_equal (a b : ℕ) : a = b := rfl
