def «an odd name» (n : Nat) : Nat := n + 1
def ξ₁ (α' : Nat) : Nat := «an odd name» α'

theorem «it is. 1 more» (n : Nat) : «an odd name» n = n + 1 := sorry

theorem lam_free.Ωμεγα (x₁ x₂ : Nat) (h : ξ₁ x₁ = ξ₁ x₂) : x₁ = x₂ := sorry

theorem «theorem» («sorry» : Nat) : «sorry» ≤ ξ₁ «sorry» := sorry
