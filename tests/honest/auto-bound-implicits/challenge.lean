theorem snd_mk (a : α) (b : β) : (a, b).2 = b := sorry

theorem rel (r : α → α → Prop) (h : ∀ {a b}, r a b → r b a) : r x y ↔ r y x := sorry
