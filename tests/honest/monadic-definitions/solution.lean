def safeDiv (a b : Nat) : Option Nat := do
  if b = 0 then none
  return a / b

def checked (n : Nat) : Except String Nat :=
  if n < 10 then .ok n else .error "too big"

theorem safeDiv_some (a b : Nat) (h : b ≠ 0) : safeDiv a b = some (a / b) := by
  unfold safeDiv
  rw [if_neg h]
  rfl
theorem checked_ok (n m : Nat) (h : checked n = .ok m) : m < 10 := by
  unfold checked at h
  split at h
  · injection h with e
    omega
  · cases h
