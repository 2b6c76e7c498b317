theorem zero_or_more : ∀ b : Bool, b = b := sorry
