def coin : Bool := true

theorem always (b : Bool) : b = b :=
  (fun _ : Lean.reduceBool coin = true => rfl) rfl
