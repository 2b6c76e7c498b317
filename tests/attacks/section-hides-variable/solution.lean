section
variable (n : Nat)
end
section
variable (n : Fin 1)
theorem zero_le_all : n ≤ 0 := by omega
end
