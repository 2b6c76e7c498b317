theorem cubes : ∀ a b c d : Fin 200, a * a * a + b * b * b ≠ c * c * c + d * d * d + 1 := sorry
