theorem add_zero_left (n : Nat) : 0 + n = n :=
  Nat.rec (motive := fun n => 0 + n = n) rfl (fun _ ih => congrArg Nat.succ ih) n

theorem map_id' {α : Type} (xs : List α) : xs.map (fun x => x) = xs :=
  @List.rec α (fun xs => xs.map (fun x => x) = xs) rfl (fun x _ ih => congrArg (x :: ·) ih) xs

theorem trans' {α : Type} {a b c : α} (h : a = b) (k : b = c) : a = c :=
  @Eq.rec α b (fun x _ => a = x) h c k
