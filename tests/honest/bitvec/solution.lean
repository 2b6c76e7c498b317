theorem xor_self' (x : BitVec 16) : x ^^^ x = 0#16 := BitVec.xor_self
theorem and_comm' {w : Nat} (x y : BitVec w) : x &&& y = y &&& x := by
  ext i hi
  simp [Bool.and_comm]
theorem overflow : (200#8 + 100#8).toNat = 44 := rfl
theorem nibble (x : BitVec 4) : x + ~~~x = 15#4 := by
  revert x
  decide
