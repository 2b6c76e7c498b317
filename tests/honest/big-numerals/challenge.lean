theorem big_sum : 123456789012345678901234567890 + 987654321098765432109876543210 = 1111111110111111111011111111100 := sorry
theorem mersenne : 193707721 * 761838257287 = 2 ^ 67 - 1 := sorry
theorem last_digits : 7 ^ 1000 % 100 = 1 := sorry
theorem cmp : 3 ^ 200 < 2 ^ 318 := sorry
theorem hex : 0xffff_ffff = 4294967295 ∧ 0b1011 = 11 ∧ 1_000_000 = 10 ^ 6 := sorry
