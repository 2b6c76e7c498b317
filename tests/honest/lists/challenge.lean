inductive Perm {α : Type} : List α → List α → Prop
  | nil : Perm [] []
  | cons (a) {xs ys} : Perm xs ys → Perm (a :: xs) (a :: ys)
  | swap (a b xs) : Perm (b :: a :: xs) (a :: b :: xs)
  | trans {xs ys zs} : Perm xs ys → Perm ys zs → Perm xs zs

theorem Perm.length_eq {α : Type} {xs ys : List α} (h : Perm xs ys) : xs.length = ys.length := sorry
theorem Perm.mem {α : Type} {xs ys : List α} (h : Perm xs ys) (a : α) : a ∈ xs ↔ a ∈ ys := sorry
theorem Perm.symm {α : Type} {xs ys : List α} (h : Perm xs ys) : Perm ys xs := sorry
theorem Perm.reverse {α : Type} (xs : List α) : Perm xs xs.reverse := sorry
