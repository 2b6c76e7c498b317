def perimeter (w h : Nat) : Nat := 2 * (w + h)
theorem perimeter_comm (w h : Nat) : perimeter w h = perimeter h w := by
  rw [perimeter, Nat.add_comm]; rfl
def area (w h : Nat) : Nat := w * h
theorem area_zero (w : Nat) : area w 0 = 0 := rfl
theorem area_comm (w h : Nat) : area w h = area h w := Nat.mul_comm w h
