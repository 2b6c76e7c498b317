mutual
inductive Even : Nat → Prop
  | zero : Even 0
  | succ : Odd n → Even (n + 1)
inductive Odd : Nat → Prop
  | succ : Even n → Odd (n + 1)
end

mutual
theorem even_mod {n : Nat} (h : Even n) : n % 2 = 0 :=
  match h with
  | .zero => rfl
  | .succ k => by have := odd_mod k; omega
theorem odd_mod {n : Nat} (h : Odd n) : n % 2 = 1 :=
  match h with
  | .succ k => by have := even_mod k; omega
end
