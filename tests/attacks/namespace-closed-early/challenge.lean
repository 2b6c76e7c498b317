namespace Demo
def small (n : Nat) : Prop := n ≤ 1
theorem two_small : small 2 := sorry
end Demo
