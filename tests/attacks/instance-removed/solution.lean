class Weight (α : Type) where
  weight : α → Nat

instance light : Weight Nat := ⟨fun n => n⟩
instance (priority := high) heavy : Weight Nat := ⟨fun n => n + 1⟩

attribute [-instance] heavy

theorem zero_weighs_nothing : Weight.weight (0 : Nat) = 0 := rfl
