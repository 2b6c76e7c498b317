import Std.Data.HashSet
import Init.Data.List.Lemmas
import Init.Data.List.Lemmas

theorem map_len (f : Nat → Nat) (xs : List Nat) : (xs.map f).length = xs.length := by
  exact List.length_map f
