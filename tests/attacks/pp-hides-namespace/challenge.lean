def Even (n : Nat) : Prop := ∃ k, n = 2 * k

namespace Demo
theorem three : Even 3 := sorry
end Demo
