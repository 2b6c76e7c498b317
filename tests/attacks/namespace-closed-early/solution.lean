namespace Demo
def small (n : Nat) : Prop := n ≤ 1
end Demo

namespace Other
def small (_ : Nat) : Prop := True
theorem two_small : small 2 := trivial
end Other

namespace Demo
end Demo
