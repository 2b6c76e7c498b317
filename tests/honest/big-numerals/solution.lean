theorem big_sum : 123456789012345678901234567890 + 987654321098765432109876543210 = 1111111110111111111011111111100 := rfl
theorem mersenne : 193707721 * 761838257287 = 2 ^ 67 - 1 := by decide
theorem last_digits : 7 ^ 1000 % 100 = 1 := by decide +kernel
theorem cmp : 3 ^ 200 < 2 ^ 318 := norm_num1'
where
  norm_num1' : 3 ^ 200 < 2 ^ 318 := by decide
theorem hex : 0xffff_ffff = 4294967295 ∧ 0b1011 = 11 ∧ 1_000_000 = 10 ^ 6 := ⟨rfl, rfl, rfl⟩
