theorem five_le : 5 ≤ 12 := Nat.le_of_ble_eq_true rfl

theorem not_dvd : ¬ 7 ∣ 100 := of_decide_eq_true (Eq.refl true)

theorem three_elems (f : Fin 3 → Bool) : f 0 = f 1 ∨ f 1 = f 2 ∨ f 0 = f 2 :=
  (by decide : ∀ a b c : Bool, a = b ∨ b = c ∨ a = c) (f 0) (f 1) (f 2)
