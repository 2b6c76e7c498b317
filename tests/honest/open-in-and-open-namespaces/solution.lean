open Nat in
theorem pow_pos' (n : Nat) : 0 < 2 ^ n := by
  exact pos_pow_of_pos' n
where
  pos_pow_of_pos' : ∀ n, 0 < 2 ^ n
    | 0 => by decide
    | n + 1 => by
      rw [Nat.pow_succ]
      exact Nat.mul_pos (pos_pow_of_pos' n) Nat.two_pos

section
open Or renaming inl → first_of, inr → second_of
open And hiding intro

theorem swap_or (p q : Prop) (h : p ∨ q) : q ∨ p :=
  Or.elim h second_of first_of
end
