prelude
set_option genCtorIdx false
universe u

unsafe axiom lcErased : Type
unsafe axiom lcAny : Type

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit

mutual
inductive Tree (α : Type u) : Type u where
  | node (a : α) (f : Forest α) : Tree α
inductive Forest (α : Type u) : Type u where
  | nil : Forest α
  | cons (t : Tree α) (f : Forest α) : Forest α
end

mutual
inductive Even : Forest Prop → Prop where
  | nil : Even Forest.nil
inductive Odd : Forest Prop → Prop where
  | cons (t : Tree Prop) (f : Forest Prop) (h : Even f) : Odd (Forest.cons t f)
end
