theorem sign_cases (n : Int) : (match n with | .ofNat m => m | .negSucc m => m + 1) = n.natAbs := sorry

theorem swap_fun : (fun | (a, b) => (b, a) : Nat × Nat → Nat × Nat) ∘ (fun | (a, b) => (b, a)) = id := sorry
