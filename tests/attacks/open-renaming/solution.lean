namespace Real
def low : Nat := 1
def high : Nat := 2
end Real

open Real renaming low → high, high → low
theorem upside_down : high ≤ low := by decide
