theorem beq_comm' {α : Type} [BEq α] [LawfulBEq α] (a b : α) : (a == b) = true ↔ (b == a) = true := by
  rw [beq_iff_eq, beq_iff_eq]
  exact eq_comm

theorem max_self {α : Type} [LE α] [DecidableLE α] (a : α) : (if a ≤ a then a else a) = a :=
  @ite_self _ _ (inferInstance) a

theorem add_named (a b : Nat) : a + b = b + a := Nat.add_comm (m := b) (n := a)
