/-!
# Trees: a type of our own

The inductions are set up by hand and leave two cases each.
-/

namespace ProofAgent

/-- Binary trees with labels at their inner nodes. -/
inductive Tree (α : Type)
  | leaf
  | node (left : Tree α) (label : α) (right : Tree α)

namespace Tree

variable {α : Type}

/-- The number of labels. -/
@[simp, grind =] def size : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size

/-- The most labels that one can meet on the way to a leaf. -/
@[simp, grind =] def height : Tree α → Nat
  | leaf => 0
  | node l _ r => max l.height r.height + 1

/-- Left and right exchanged everywhere. -/
@[simp, grind =] def mirror : Tree α → Tree α
  | leaf => leaf
  | node l x r => node r.mirror x l.mirror

/-- Only the leaf has no label. -/
theorem size_eq_zero (t : Tree α) : t.size = 0 ↔ t = leaf := by
  sorry

/-- A mirror changes no size. -/
theorem size_mirror (t : Tree α) : t.mirror.size = t.size := by
  induction t with
  | leaf => sorry
  | node l x r ihl ihr => sorry

/-- A tree is no higher than it is large. -/
theorem height_le_size (t : Tree α) : t.height ≤ t.size := by
  induction t with
  | leaf => sorry
  | node l x r ihl ihr => sorry

/-- Two mirrors undo each other. -/
theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  induction t with
  | leaf => sorry
  | node l x r ihl ihr => sorry

end Tree

end ProofAgent
