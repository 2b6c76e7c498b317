inductive Vec (α : Type) : Nat → Type where
  | nil : Vec α 0
  | cons {n : Nat} (a : α) (v : Vec α n) : Vec α (n + 1)

def Vec.head {α : Type} {n : Nat} : Vec α (n + 1) → α
  | .cons a _ => a

inductive Le : Nat → Nat → Prop
  | refl (n) : Le n n
  | step {m n} : Le m n → Le m (n + 1)

theorem Vec.eq_nil {α : Type} (v : Vec α 0) : v = .nil := sorry
theorem Vec.head_cons {α : Type} {n : Nat} (a : α) (v : Vec α n) : (Vec.cons a v).head = a := sorry
theorem Le.trans {a b c : Nat} (h : Le a b) (k : Le b c) : Le a c := sorry
