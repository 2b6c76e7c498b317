theorem get_push (xs : Array Nat) (a : Nat) : (xs.push a)[xs.size]'(by simp) = a := sorry

theorem size_append' (xs ys : Array Nat) : (xs ++ ys).size = ys.size + xs.size := sorry

theorem bind_some (o : Option Nat) : (do let a ← o; return a + 0) = o := sorry

theorem getD_map (o : Option Nat) (f : Nat → Nat) : (o.map f).getD (f 0) = f (o.getD 0) := sorry
