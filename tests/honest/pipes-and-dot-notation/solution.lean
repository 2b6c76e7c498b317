@[simp] theorem comp_id : (· - 1) ∘ (· + 1) = (id : Nat → Nat) := by
  funext n
  exact Nat.add_sub_cancel ..

theorem pipeline (xs : List Nat) : (xs |>.map (· + 1) |>.map (· - 1)) = xs := by
  rw [List.map_map, comp_id] <;> exact List.map_id xs

theorem and_assoc' (p q r : Prop) : (p ∧ q) ∧ r ↔ p ∧ q ∧ r :=
  ⟨fun ⟨⟨hp, hq⟩, hr⟩ => ⟨hp, hq, hr⟩, fun h => ⟨.intro h.1 <| h.2 |>.1, ‹p ∧ q ∧ r›.2.2⟩⟩
