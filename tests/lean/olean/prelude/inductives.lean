prelude
set_option genCtorIdx false
universe u v

unsafe axiom lcErased : Type
unsafe axiom lcAny : Type

inductive True : Prop where
  | intro : True

inductive False : Prop

inductive And (a b : Prop) : Prop where
  | intro (left : a) (right : b) : And a b

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a

inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat

inductive Acc {α : Sort u} (r : α → α → Prop) : α → Prop where
  | intro (x : α) (h : (y : α) → r y x → Acc r y) : Acc r x

inductive Vec (α : Type u) : Nat → Type u where
  | nil : Vec α Nat.zero
  | cons (n : Nat) (a : α) (t : Vec α n) : Vec α (Nat.succ n)

inductive Rose (α : Type u) where
  | mk (a : α) (f : Vec (Rose α) Nat.zero) : Rose α

structure Pair (α : Type u) (β : Type v) where
  fst : α
  snd : β

theorem eta {α : Type u} (p : Pair α α) : Eq p ⟨p.fst, p.snd⟩ := .refl p
theorem symm {α : Sort u} (a b : α) (h : Eq a b) : Eq b a := Eq.rec (motive := fun x _ => Eq x a) (Eq.refl a) h
def swap {α : Type u} {β : Type v} (p : Pair α β) : Pair β α := Pair.mk p.snd p.fst
unsafe def spin : Nat := spin
noncomputable def add (n m : Nat) : Nat := Nat.rec n (fun _ k => Nat.succ k) m
abbrev Two := Pair Nat Nat
