namespace Demo
theorem all_equal (a b : Nat) : a = b := sorry
end Demo
