class Magma (α : Type) where
  op : α → α → α
infixl:70 " ⋆ " => Magma.op
class Semigroup' (α : Type) extends Magma α where
  assoc : ∀ a b c : α, a ⋆ b ⋆ c = a ⋆ (b ⋆ c)
instance {α β : Type} [Magma α] [Magma β] : Magma (α × β) where
  op p q := (p.1 ⋆ q.1, p.2 ⋆ q.2)

instance prodSemigroup {α β : Type} [Semigroup' α] [Semigroup' β] : Semigroup' (α × β) where
  toMagma := inferInstance
  assoc _ _ _ := Prod.ext (Semigroup'.assoc ..) (Semigroup'.assoc ..)

theorem four {α : Type} [Semigroup' α] (a b c d : α) : a ⋆ b ⋆ c ⋆ d = a ⋆ (b ⋆ (c ⋆ d)) := by
  rw [Semigroup'.assoc, Semigroup'.assoc]

theorem prod_fst {α β : Type} [Magma α] [Magma β] (p q : α × β) : (p ⋆ q).1 = p.1 ⋆ q.1 := rfl
