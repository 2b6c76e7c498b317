theorem const_comp {α : Sort _} {β : Sort _} (f : α → β) (a : α) : (fun _ : Unit => f a) () = f a := rfl

theorem id_eq' {α : Type _} (a : α) : id a = a := rfl
