theorem de_morgan : ∀ a b : Bool, (!(a && b)) = (!a || !b) := sorry

theorem finite (n : Nat) (h : n < 6) : n * n % 8 ∈ [0, 1, 4] := sorry

theorem small_primes : (List.range 20).filter (fun n => 2 ≤ n ∧ ∀ d < n, 2 ≤ d → n % d ≠ 0) = [2, 3, 5, 7, 11, 13, 17, 19] := sorry
