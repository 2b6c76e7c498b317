def divides (a b : Nat) : Prop := ∃ k, b = a * k
infix:50 " ∣∣ " => divides
namespace Foo
scoped notation "⟪" a "⟫" => (2 * a : Nat)
end Foo
open Foo in
theorem two_divides (a : Nat) : 2 ∣∣ ⟪a⟫ := by
  sorry
theorem divides_trans {a b c : Nat} : a ∣∣ b → b ∣∣ c → a ∣∣ c := by
  sorry
