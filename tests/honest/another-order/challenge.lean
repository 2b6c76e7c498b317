def area (w h : Nat) : Nat := w * h
def perimeter (w h : Nat) : Nat := 2 * (w + h)
theorem area_comm (w h : Nat) : area w h = area h w := sorry
theorem perimeter_comm (w h : Nat) : perimeter w h = perimeter h w := sorry
theorem area_zero (w : Nat) : area w 0 = 0 := sorry
