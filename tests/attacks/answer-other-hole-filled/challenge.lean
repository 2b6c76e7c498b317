def answer : Nat := sorry
def cap : Nat := sorry
theorem below : answer < cap := sorry
