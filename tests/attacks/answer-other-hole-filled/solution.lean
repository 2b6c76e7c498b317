def answer : Nat := 0
def cap : Nat := 1
theorem below : answer < cap := by decide
