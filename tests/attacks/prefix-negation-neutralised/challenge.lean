theorem true_fails : ¬ True := sorry
