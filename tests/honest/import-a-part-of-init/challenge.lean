import Init.Data.List.Lemmas
import Std.Data.HashSet

theorem map_len (f : Nat → Nat) (xs : List Nat) : (xs.map f).length = xs.length := by
  sorry
