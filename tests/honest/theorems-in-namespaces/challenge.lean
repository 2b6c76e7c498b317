namespace A
def c : Nat := 1
namespace B
def c : Nat := 2
theorem val : c = 2 := sorry
theorem _root_.A.outer : A.c + B.c = 3 := sorry
end B
theorem val : c = 1 := sorry
end A
theorem A.B.C.val : A.B.c * 2 = 4 := sorry
