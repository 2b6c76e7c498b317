def q : Char := '"'
def raw : String := r#"a "quoted" -- no comment /- "#

theorem q_code : q.toNat = 34 := sorry
theorem raw_first : raw.toList.head? = some 'a' := sorry
