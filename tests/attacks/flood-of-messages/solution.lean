macro "many" : command => `(#check Nat #check Nat #check Nat #check Nat #check Nat #check Nat #check Nat #check Nat)
macro "more" : command => `(many many many many many many many many many many many many many many many many)
macro "most" : command => `(more more more more more more more more more more more more more more more more)
macro "flood" : command => `(most most)
flood

theorem two_le_one : 2 ≤ 1 := by
  sorry
