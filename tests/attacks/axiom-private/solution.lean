private axiom aux : ∀ n : Nat, n + 1 ≤ n

theorem two_le_one : 2 ≤ 1 := aux 1
