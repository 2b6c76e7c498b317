inductive Tree where
  | leaf
  | node (l : Tree) (v : Nat) (r : Tree)

def Tree.size : Tree → Nat
  | .leaf => 0
  | .node l _ r => l.size + 1 + r.size

def Tree.mirror : Tree → Tree
  | .leaf => .leaf
  | .node l v r => .node r.mirror v l.mirror

theorem Tree.size_mirror (t : Tree) : t.mirror.size = t.size := by
  sorry

theorem Tree.mirror_mirror (t : Tree) : t.mirror.mirror = t := by
  sorry
