instance : Inhabited Empty where
  default := sorry

theorem anything : False := nomatch (default : Empty)
