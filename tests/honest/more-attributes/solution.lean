structure Pair (α β : Type) where
  fst : α
  snd : β

@[reducible] def Pair.Same {α β : Type} (p q : Pair α β) : Prop := p.fst = q.fst ∧ p.snd = q.snd
@[inline] def Pair.flip {α β : Type} (p : Pair α β) : Pair β α := ⟨p.snd, p.fst⟩
@[elab_as_elim] theorem Pair.ind {α β : Type} {motive : Pair α β → Prop} (h : ∀ a b, motive ⟨a, b⟩) (p : Pair α β) : motive p :=
  h p.fst p.snd

@[ext (iff := false)] theorem Pair.ext' {α β : Type} {p q : Pair α β} (h : p.fst = q.fst) (k : p.snd = q.snd) : p = q := by
  cases p; cases q; cases h; cases k; rfl

@[grind =, simp] theorem swap_swap {α β : Type} (p : Pair α β) : (⟨(⟨p.snd, p.fst⟩ : Pair β α).snd, p.snd⟩ : Pair α β) = p := by
  ext
  · rfl
  · rfl
