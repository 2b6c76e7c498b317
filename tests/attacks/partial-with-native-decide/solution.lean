partial def search (n : Nat) : Bool := if n * n > 50 then true else search (n + 1)

theorem zero_or_more : ∀ b : Bool, b = b :=
  fun b => (fun _ : search 0 = true => (rfl : b = b)) (by native_decide)
