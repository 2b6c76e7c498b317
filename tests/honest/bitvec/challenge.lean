theorem xor_self' (x : BitVec 16) : x ^^^ x = 0#16 := sorry
theorem and_comm' {w : Nat} (x y : BitVec w) : x &&& y = y &&& x := sorry
theorem overflow : (200#8 + 100#8).toNat = 44 := sorry
theorem nibble (x : BitVec 4) : x + ~~~x = 15#4 := sorry
