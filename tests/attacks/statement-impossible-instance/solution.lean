theorem anything [i : Inhabited Empty] : False := i.default.elim
