def Injective (f : Nat → Nat) : Prop := ∀ {a b : Nat}, f a = f b → a = b

theorem succ_injective : ∀ {a b : Nat}, a.succ = b.succ → a = b := Nat.succ.inj
theorem comp_injective (f g : Nat → Nat) (hf : Injective f) (hg : Injective g) : Injective (g ∘ f) :=
  @fun _ _ h => hf (hg h)
theorem double_injective : Injective fun n => n + n := by
  intro a b (h : a + a = b + b)
  omega
