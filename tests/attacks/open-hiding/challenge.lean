namespace A
def f (n : Nat) : Nat := n
end A
namespace B
def f (_ : Nat) : Nat := 0
end B

open A
theorem f_three : f 3 = 0 := sorry
