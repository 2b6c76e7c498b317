noncomputable section
open Classical

def sup (p : Nat → Prop) : Nat := if h : ∃ n, p n then Classical.choose h else 0

theorem sup_mem (p : Nat → Prop) (n : Nat) (h : p n) : p (sup p) := by
  have ex : ∃ n, p n := ⟨n, h⟩
  unfold sup
  rw [dif_pos ex]
  exact Classical.choose_spec ex

theorem sup_empty : sup (fun _ => False) = 0 := dif_neg fun ⟨_, h⟩ => h
end
