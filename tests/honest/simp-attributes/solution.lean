inductive Tree where
  | leaf
  | node (l : Tree) (v : Nat) (r : Tree)

def Tree.size : Tree → Nat
  | .leaf => 0
  | .node l _ r => l.size + 1 + r.size

def Tree.mirror : Tree → Tree
  | .leaf => .leaf
  | .node l v r => .node r.mirror v l.mirror

attribute [local simp] Tree.size
attribute [simp] Tree.mirror
attribute [-simp] Nat.add_left_cancel_iff

@[local simp] theorem swap (a b : Nat) : b + 1 + a = a + 1 + b := by omega

theorem Tree.size_mirror (t : Tree) : t.mirror.size = t.size := by
  induction t with
  | leaf => simp
  | node l v r ihl ihr => simp [ihl, ihr]

@[simp] theorem Tree.mirror_mirror (t : Tree) : t.mirror.mirror = t := by
  induction t <;> simp_all
