theorem zero_add' : ∀ n : Nat, 0 + n = n
  | 0 => rfl
  | n + 1 => congrArg Nat.succ (zero_add' n)

theorem length_append' {α : Type} (ys : List α) : ∀ xs : List α, (xs ++ ys).length = xs.length + ys.length
  | [] => by simp
  | _ :: xs => by
    have ih := length_append' ys xs
    simp only [List.cons_append, List.length_cons, ih]
    omega
