def Even (n : Nat) : Prop := ∃ k, n = 2 * k

namespace Demo
def Even (_ : Nat) : Prop := True

set_option pp.fullNames false
theorem three : Even 3 := trivial
#check three
end Demo
