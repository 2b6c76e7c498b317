namespace A
def c : Nat := 1
namespace B
def c : Nat := 2
theorem val : c = 2 := rfl
end B
theorem val : c = 1 := by rfl
theorem outer : A.c + B.c = 3 := by decide
theorem B.C.val : A.B.c * 2 = 4 := rfl
end A
