@[default_instance high] instance : OfNat Int n := ⟨Int.ofNat n⟩

theorem back_again : 1 - 2 + 2 = 1 := rfl
