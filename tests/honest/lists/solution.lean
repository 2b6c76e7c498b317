inductive Perm {α : Type} : List α → List α → Prop
  | nil : Perm [] []
  | cons (a) {xs ys} : Perm xs ys → Perm (a :: xs) (a :: ys)
  | swap (a b xs) : Perm (b :: a :: xs) (a :: b :: xs)
  | trans {xs ys zs} : Perm xs ys → Perm ys zs → Perm xs zs

theorem Perm.length_eq {α : Type} {xs ys : List α} (h : Perm xs ys) : xs.length = ys.length := by
  induction h <;> simp_all
theorem Perm.mem {α : Type} {xs ys : List α} (h : Perm xs ys) (a : α) : a ∈ xs ↔ a ∈ ys := by
  induction h with
  | nil => exact Iff.rfl
  | cons b _ ih => simp [ih]
  | swap b c xs => simp [or_left_comm]
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂
theorem Perm.symm {α : Type} {xs ys : List α} (h : Perm xs ys) : Perm ys xs := by
  induction h with
  | nil => exact .nil
  | cons a _ ih => exact .cons a ih
  | swap a b xs => exact .swap b a xs
  | trans _ _ ih₁ ih₂ => exact .trans ih₂ ih₁
theorem Perm.refl {α : Type} : ∀ xs : List α, Perm xs xs
  | [] => .nil
  | x :: xs => .cons x (refl xs)
theorem Perm.snoc {α : Type} (a : α) : ∀ xs : List α, Perm (a :: xs) (xs ++ [a])
  | [] => refl _
  | x :: xs => .trans (.swap x a xs) (.cons x (snoc a xs))
theorem Perm.reverse {α : Type} (xs : List α) : Perm xs xs.reverse := by
  induction xs with
  | nil => exact .nil
  | cons x xs ih =>
    rw [List.reverse_cons]
    exact .trans (.cons x ih) (.snoc x xs.reverse)
