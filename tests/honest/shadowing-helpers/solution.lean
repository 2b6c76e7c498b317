namespace Own
def id (n : Nat) : Nat := n + 0
theorem omega : id 3 = 3 := rfl
theorem rfl {a b : Nat} (h : a = b) : b = a := h.symm
end Own

theorem shadow (id : Nat → Nat) (succ : Nat) (h : id succ = succ) : id (id succ) = succ := by
  have omega := h
  rw [omega, Own.rfl omega, h, h]
