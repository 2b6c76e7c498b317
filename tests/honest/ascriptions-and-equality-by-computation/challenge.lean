theorem redex (a b : Nat) (h : a = b) : (fun x => x + 1) a = (fun x => x + 1) b := sorry

theorem defeq (n : Nat) : n + 2 = Nat.succ (Nat.succ n) := sorry

theorem eta' (f : Nat → Nat → Nat) : (fun x y => f x y) = f := sorry
