opaque oracle : PLift False := ⟨sorry⟩

theorem anything : False := oracle.down
