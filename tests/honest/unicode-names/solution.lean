def «an odd name» (n : Nat) : Nat := n + 1
def ξ₁ (α' : Nat) : Nat := «an odd name» α'

theorem «it is. 1 more» (n : Nat) : «an odd name» n = n + 1 := rfl

theorem «hilfs-satz» (𝔫 : Nat) : ξ₁ 𝔫 = 𝔫.succ := rfl

theorem lam_free.Ωμεγα (x₁ x₂ : Nat) (h : ξ₁ x₁ = ξ₁ x₂) : x₁ = x₂ := by
  rw [«hilfs-satz», «hilfs-satz»] at h
  exact Nat.succ.inj h

theorem «theorem» («sorry» : Nat) : «sorry» ≤ ξ₁ «sorry» := Nat.le_succ «sorry»
