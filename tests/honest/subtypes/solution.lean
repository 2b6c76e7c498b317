def Pos := { n : Nat // 0 < n }

def Pos.add (a b : Pos) : Pos := ⟨a.val + b.val, Nat.add_pos_left a.property b.val⟩

theorem Pos.add_comm (a b : Pos) : a.add b = b.add a :=
  Subtype.ext (Nat.add_comm a.1 b.1)

theorem bounded_fun (f : Nat → { n : Nat // n < 10 }) : ∀ n, (f n : Nat) ≤ 9 := fun n => by
  have ⟨k, hk⟩ := f n
  exact Nat.le_of_lt_succ hk
