inductive Tree where
  | nil
  | node (l : Tree) (a : Nat) (r : Tree)
def Tree.toList : Tree → List Nat
  | nil => []
  | node l a r => l.toList ++ a :: r.toList
theorem t : Tree.nil.toList = [] := by rfl
