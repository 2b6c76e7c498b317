theorem substitute (a b c : Nat) (h : a = b + 1) (k : b = 2 * c) : a = 2 * c + 1 := by
  rw [k] at h
  rw [h]

theorem backwards (a b : Nat) (h : a + b = 10) (k : b + a = a * b) : a * b = 10 := by
  rw [Nat.add_comm b a, h] at k
  rw [← k]

theorem triangle {α : Type} (p : α → Prop) (a b : α) (h : a = b) (hb : p b) : p a := by
  have := h ▸ hb
  subst h
  exact this
