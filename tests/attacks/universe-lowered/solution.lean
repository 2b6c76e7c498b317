universe u v

theorem swap {α : Type} {β : Type} (p : α × β) : (p.2, p.1).1 = p.2 := rfl
