inductive Rose (α : Type) where
  | node : α → List (Rose α) → Rose α

mutual
def Rose.count {α : Type} : Rose α → Nat
  | .node _ rs => Rose.countAll rs + 1
def Rose.countAll {α : Type} : List (Rose α) → Nat
  | [] => 0
  | r :: rs => r.count + Rose.countAll rs
end

theorem Rose.count_pos {α : Type} (r : Rose α) : 0 < r.count := by
  sorry

theorem Rose.length_le {α : Type} (rs : List (Rose α)) : rs.length ≤ Rose.countAll rs := by
  sorry
