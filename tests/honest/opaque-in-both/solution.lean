opaque secret : Nat := 41
opaque box (α : Type) [Inhabited α] : α

theorem secret_self : secret ≤ secret + box Nat := by
  generalize box Nat = b
  exact Nat.le_add_right secret b
