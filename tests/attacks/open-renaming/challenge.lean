namespace Real
def low : Nat := 1
def high : Nat := 2
end Real

open Real (low high)
theorem upside_down : high ≤ low := sorry
