namespace Nat.Internal
scoped notation "⊢∞" => fun (p : Prop) => p
protected axiom le_trick (n : Nat) : n + 1 ≤ n
end Nat.Internal

theorem two_le_one : 2 ≤ 1 := Nat.Internal.le_trick 1
