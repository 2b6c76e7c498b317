theorem redex (a b : Nat) (h : a = b) : (fun x => x + 1) a = (fun x => x + 1) b :=
  (h ▸ rfl : a + 1 = b + 1)

theorem defeq (n : Nat) : n + 2 = Nat.succ (Nat.succ n) :=
  id <| @id (n + 1 + 1 = n + 1 + 1) (by exact rfl)

theorem eta' (f : Nat → Nat → Nat) : (fun x y => f x y) = f :=
  show (fun x => f x) = f by rfl
