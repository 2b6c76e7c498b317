section
variable (n : Nat)
theorem zero_le_all : n ≤ 0 := sorry
end
