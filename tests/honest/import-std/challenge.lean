import Std

open Std

theorem insert_get (m : HashMap Nat String) (k : Nat) (v : String) : (m.insert k v)[k]? = some v := by
  sorry

theorem size_le (m : HashMap Nat Nat) (k : Nat) : m.size ≤ (m.insert k 0).size := by
  sorry
