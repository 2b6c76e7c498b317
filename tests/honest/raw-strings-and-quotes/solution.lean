def q : Char := '"'
def raw : String := r#"a "quoted" -- no comment /- "#

def other : String := "theorem q_code : False :=
  sorry -- \" still inside
"
def tick : Char := '\''

theorem q_code : q.toNat = 34 := by rfl
theorem raw_first : raw.toList.head? = some 'a' := by
  rfl
