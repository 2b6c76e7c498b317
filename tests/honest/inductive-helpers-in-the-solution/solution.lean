def steps : Nat → Nat
  | 0 => 0
  | 1 => 0
  | n + 2 => steps n + 1

inductive TwoStep : Nat → Prop
  | zero : TwoStep 0
  | one : TwoStep 1
  | up {n : Nat} (h : TwoStep n) : TwoStep (n + 2)

theorem TwoStep.all (n : Nat) : TwoStep n ∧ TwoStep (n + 1) := by
  induction n with
  | zero => exact ⟨zero, one⟩
  | succ n ih => exact ⟨ih.2, up ih.1⟩

class HasSteps (n : Nat) : Prop where
  eq : steps n = n / 2

theorem TwoStep.steps {n : Nat} (h : TwoStep n) : HasSteps n := by
  induction h with
  | zero => exact ⟨rfl⟩
  | one => exact ⟨rfl⟩
  | up _ ih => exact ⟨by rw [_root_.steps, ih.eq]; omega⟩

theorem steps_half (n : Nat) : steps n = n / 2 :=
  (TwoStep.all n).1.steps.eq
