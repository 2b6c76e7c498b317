/-!
# Lists: inductions, some of them for all values of an accumulator
-/

namespace ProofAgent.Lists

open List

variable {α β : Type}

/-- The sum of a list of numbers. -/
@[simp, grind =] def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

/-- The total of two lists in a row. -/
theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  sorry

/-- Doubling every number doubles the total. -/
theorem total_map_double (xs : List Nat) : total (map (2 * ·) xs) = 2 * total xs := by
  sorry

/-- Summing from the left with an accumulator: the induction has to be for every accumulator. -/
theorem foldl_add (xs : List Nat) (n : Nat) : foldl (· + ·) n xs = n + total xs := by
  sorry

/-- Every element twice. -/
@[simp, grind =] def stutter : List α → List α
  | [] => []
  | x :: xs => x :: x :: stutter xs

/-- Twice as many elements. -/
theorem length_stutter (xs : List α) : length (stutter xs) = 2 * length xs := by
  sorry

/-- `stutter` does not look at the elements. -/
theorem stutter_map (f : α → β) (xs : List α) : stutter (map f xs) = map f (stutter xs) := by
  sorry

/-- Insertion before the first element that is not smaller. -/
@[simp, grind =] def insert (x : Nat) : List Nat → List Nat
  | [] => [x]
  | y :: ys => if x ≤ y then x :: y :: ys else y :: insert x ys

/-- Insertion keeps everything: seen by the total. -/
theorem total_insert (x : Nat) (xs : List Nat) : total (insert x xs) = x + total xs := by
  sorry

/-- Reversal with an accumulator. -/
@[simp, grind =] def reverseOnto : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => reverseOnto xs (x :: ys)

/-- The fast reversal is the reversal. -/
theorem reverseOnto_eq (xs ys : List α) : reverseOnto xs ys = reverse xs ++ ys := by
  sorry

end ProofAgent.Lists
