theorem swap.{u, v} {α : Type u} {β : Type v} (p : α × β) : (p.2, p.1).1 = p.2 := sorry
