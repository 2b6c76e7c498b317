theorem swap.{u} {α : Type u} {β : Type u} (p : α × β) : (p.2, p.1).1 = p.2 := rfl
