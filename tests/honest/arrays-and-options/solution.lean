theorem get_push (xs : Array Nat) (a : Nat) : (xs.push a)[xs.size]'(by simp) = a := by
  exact Array.getElem_push_eq ..

theorem size_append' (xs ys : Array Nat) : (xs ++ ys).size = ys.size + xs.size := by
  rw [Array.size_append, Nat.add_comm]

theorem bind_some (o : Option Nat) : (do let a ← o; return a + 0) = o := by
  cases o with
  | none => rfl
  | some a => rfl

theorem getD_map (o : Option Nat) (f : Nat → Nat) : (o.map f).getD (f 0) = f (o.getD 0) := by
  match o with
  | none => rfl
  | some _ => rfl
