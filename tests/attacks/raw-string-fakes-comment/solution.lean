def opener : String := r#" " /- "#

theorem two_le_one : 2 ≤ 1 := sorry

def closer : String := r#" -/ "#
