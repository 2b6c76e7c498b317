structure Point where
  x : Nat
  y : Nat

def Point.plus (p q : Point) : Point := ⟨p.x + q.x, p.y + q.y⟩

theorem Point.plus_comm (p q : Point) : p.plus q = q.plus p := by
  sorry
