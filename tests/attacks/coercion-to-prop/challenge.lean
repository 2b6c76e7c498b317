theorem no_is_yes : (false : Bool) := sorry
