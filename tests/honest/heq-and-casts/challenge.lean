theorem heq_of_cast {α β : Type} (h : α = β) (a : α) : HEq (cast h a) a := sorry

theorem irrelevance (p : Prop) (h k : p) : h = k := sorry

theorem sigma_eta {β : Nat → Type} (s : (n : Nat) × β n) : ⟨s.1, s.2⟩ = s := sorry

theorem k_like {α : Type} (a : α) (h : a = a) (p : α → Type) (x : p a) : h ▸ x = x := sorry
