def answer : Nat := 6

theorem answer_correct : ∀ n : Nat, 0 < n → (n ∣ 12 ∧ n ∣ 18 → n ≤ answer) ∧ answer ∣ 12 ∧ answer ∣ 18 := by
  intro n _
  refine ⟨fun ⟨h₁, h₂⟩ => ?_, ⟨2, rfl⟩, ⟨3, rfl⟩⟩
  have h : n ∣ 18 - 12 := Nat.dvd_sub h₂ h₁
  exact Nat.le_of_dvd (by decide) h
