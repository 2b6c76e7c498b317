mutual
inductive Tree where
  | node : Forest → Tree
inductive Forest where
  | nil : Forest
  | cons : Tree → Forest → Forest
end

mutual
def Tree.size : Tree → Nat
  | .node f => f.size + 1
def Forest.size : Forest → Nat
  | .nil => 0
  | .cons t f => t.size + f.size
end

mutual
def Tree.mirror : Tree → Tree
  | .node f => .node (f.mirrorOnto .nil)
def Forest.mirrorOnto : Forest → Forest → Forest
  | .nil, acc => acc
  | .cons t f, acc => f.mirrorOnto (.cons t.mirror acc)
end

theorem Tree.size_mirror (t : Tree) : t.mirror.size = t.size := by
  sorry
