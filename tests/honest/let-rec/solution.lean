theorem add_assoc_rev (a b c : Nat) : c + (b + a) = c + b + a :=
  let rec go : ∀ a, c + (b + a) = c + b + a
    | 0 => rfl
    | a + 1 => congrArg (· + 1) (go a)
  go a

theorem replicate_len (n : Nat) : (List.replicate n 'x').length = n := by
  let rec go (n : Nat) : (List.replicate n 'x').length = n := by
    match n with
    | 0 => rfl
    | k + 1 => exact congrArg Nat.succ (go k)
  exact go n
