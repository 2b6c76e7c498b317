set_option maxRecDepth 1000000 in
theorem cubes : ∀ a b c d : Fin 200, a * a * a + b * b * b ≠ c * c * c + d * d * d + 1 := by
  decide +kernel
