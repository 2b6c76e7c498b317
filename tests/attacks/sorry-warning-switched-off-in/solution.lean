set_option warn.sorry false in
@[simp] theorem helper (n : Nat) : (n + 1 ≤ n) = True := by
  exact (admit : _)
where admit {p : Prop} : p := sorryAx p false

theorem two_le_one : 2 ≤ 1 := by
  simp only [helper 1]
