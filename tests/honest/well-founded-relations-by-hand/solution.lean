theorem descent (p : List Nat → Prop) (h : ∀ xs, (∀ ys : List Nat, ys.length < xs.length → p ys) → p xs) (xs : List Nat) : p xs :=
  (measure List.length).wf.induction (C := p) xs h

theorem acc_lt (n : Nat) : Acc (· < ·) n :=
  Nat.rec (Acc.intro 0 fun _ h => absurd h (Nat.not_lt_zero _))
    (fun n ih => Acc.intro (n + 1) fun m hm =>
      (Nat.lt_or_eq_of_le (Nat.le_of_lt_succ hm)).elim (Acc.inv ih) (· ▸ ih)) n
