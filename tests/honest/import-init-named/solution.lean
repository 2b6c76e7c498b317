import Init
import Init.Data.Nat.Dvd

theorem le_of_dvd (a b : Nat) (h : 0 < b) (k : a ∣ b) : a ≤ b :=
  Nat.le_of_dvd h k
