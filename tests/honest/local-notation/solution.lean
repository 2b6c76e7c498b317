def T (n : Nat) : Nat := n * (n + 1) / 2

local notation "Δ" n:max => T n
local infixl:65 " ⊕' " => fun a b : Nat => a + b

private theorem unfold_T (n : Nat) : Δ n = n * (n + 1) / 2 := rfl

theorem T_succ (n : Nat) : T (n + 1) = T n + (n + 1) := by
  show Δ (n + 1) = Δ n ⊕' (n + 1)
  rw [unfold_T, unfold_T]
  have : (n + 1) * (n + 1 + 1) = n * (n + 1) + (n + 1) * 2 := by
    rw [Nat.mul_add (n + 1) (n + 1) 1, Nat.add_mul n 1 (n + 1)]
    omega
  rw [this]
  exact Nat.add_mul_div_right _ _ (by decide)
