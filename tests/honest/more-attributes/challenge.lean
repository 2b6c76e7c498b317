structure Pair (α β : Type) where
  fst : α
  snd : β

theorem Pair.ext' {α β : Type} {p q : Pair α β} (h : p.fst = q.fst) (k : p.snd = q.snd) : p = q := sorry

theorem swap_swap {α β : Type} (p : Pair α β) : (⟨(⟨p.snd, p.fst⟩ : Pair β α).snd, p.snd⟩ : Pair α β) = p := sorry
