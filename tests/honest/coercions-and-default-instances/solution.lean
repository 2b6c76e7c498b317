structure Wrap where
  val : Nat
instance : Coe Nat Wrap := ⟨Wrap.mk⟩
instance : OfNat Wrap n := ⟨⟨n⟩⟩
instance : Membership Nat Wrap := ⟨fun w n => n < w.val⟩
instance : LE Wrap := ⟨fun a b => a.val ≤ b.val⟩

theorem mem_three : 2 ∈ (3 : Wrap) := show 2 < 3 by decide
theorem le_coe (a b : Nat) (h : a ≤ b) : (a : Wrap) ≤ (b : Wrap) := h
