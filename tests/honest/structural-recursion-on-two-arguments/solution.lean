def minN : Nat → Nat → Nat
  | 0, _ => 0
  | _, 0 => 0
  | m + 1, n + 1 => minN m n + 1

theorem minN_comm : (m n : Nat) → minN m n = minN n m
  | 0, 0 => rfl
  | 0, _ + 1 => rfl
  | _ + 1, 0 => rfl
  | m + 1, n + 1 => congrArg (· + 1) (minN_comm m n)

theorem minN_le (m n : Nat) : minN m n ≤ m :=
  match m, n with
  | 0, _ => Nat.le_refl _
  | _ + 1, 0 => Nat.zero_le _
  | m + 1, n + 1 => Nat.succ_le_succ (minN_le m n)
termination_by structural m
