inductive Tree (α : Type u) where
  | nil : Tree α
  | node : Tree α → α → Tree α → Tree α

namespace Tree
def size {α : Type u} : Tree α → Nat
  | nil => 0
  | node l _ r => l.size + 1 + r.size

def map {α : Type u} {β : Type v} (f : α → β) : Tree α → Tree β
  | nil => nil
  | node l a r => node (l.map f) (f a) (r.map f)

theorem size_map {α : Type u} {β : Type v} (f : α → β) (t : Tree α) : (t.map f).size = t.size := by
  induction t with
  | nil => rfl
  | node l a r ihl ihr => simp only [map, size, ihl, ihr]

theorem map_map {α : Type u} (f g : α → α) (t : Tree α) : (t.map f).map g = t.map (g ∘ f) := by
  induction t
  case nil => rfl
  case node ihl ihr => rw [map, map, ihl, ihr, map]; rfl
end Tree
