mutual
theorem two_le_one : 2 ≤ 1 := other
theorem other : 2 ≤ 1 := two_le_one
end
