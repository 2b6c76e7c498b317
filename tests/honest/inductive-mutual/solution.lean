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

mutual
theorem Tree.size_mirror (t : Tree) : t.mirror.size = t.size := by
  cases t with
  | node f =>
    have := f.size_mirrorOnto .nil
    simp only [Tree.mirror, Tree.size, Forest.size] at this ⊢
    omega
theorem Forest.size_mirrorOnto (f acc : Forest) : (f.mirrorOnto acc).size = f.size + acc.size := by
  cases f with
  | nil => simp [Forest.mirrorOnto, Forest.size]
  | cons t f =>
    have h := f.size_mirrorOnto (.cons t.mirror acc)
    have k := t.size_mirror
    simp only [Forest.mirrorOnto, Forest.size, h, k]
    omega
end
