structure Point where
  x : Nat
  y : Nat

def Point.plus (p q : Point) : Point := ⟨p.x + q.x, p.y + q.y⟩

section
local instance : Add Point := ⟨Point.plus⟩
private theorem add_def (p q : Point) : p + q = Point.mk (p.x + q.x) (p.y + q.y) := rfl

theorem Point.plus_comm (p q : Point) : p.plus q = q.plus p := by
  show p + q = q + p
  haveI : Inhabited Point := ⟨⟨0, 0⟩⟩
  rw [add_def, add_def, Nat.add_comm p.x, Nat.add_comm p.y]
end
