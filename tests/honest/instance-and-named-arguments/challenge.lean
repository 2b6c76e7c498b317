theorem beq_comm' {α : Type} [BEq α] [LawfulBEq α] (a b : α) : (a == b) = true ↔ (b == a) = true := sorry

theorem max_self {α : Type} [LE α] [DecidableLE α] (a : α) : (if a ≤ a then a else a) = a := sorry

theorem add_named (a b : Nat) : a + b = b + a := sorry
