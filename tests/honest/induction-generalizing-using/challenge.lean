def revOnto {α : Type} : List α → List α → List α
  | [], acc => acc
  | x :: xs, acc => revOnto xs (x :: acc)

theorem revOnto_eq {α : Type} (xs acc : List α) : revOnto xs acc = xs.reverse ++ acc := by
  sorry

theorem half_reaches_zero (n : Nat) : ∃ k, n / 2 ^ k = 0 := by
  sorry
