theorem const_comp.{u, v} {α : Sort u} {β : Sort v} (f : α → β) (a : α) : (fun _ : Unit => f a) () = f a := sorry

theorem id_eq'.{u} {α : Type u} (a : α) : id a = a := sorry
