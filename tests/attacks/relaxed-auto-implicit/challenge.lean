set_option relaxedAutoImplicit false

theorem bounded : ∃ top : Nat, ∀ point : Nat, point < top := sorry
