namespace Demo
theorem anything : Nonempty Empty := sorry
end Demo
