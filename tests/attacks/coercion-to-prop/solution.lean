instance (priority := high) : CoeSort Bool Prop where
  coe _ := True

theorem no_is_yes : (false : Bool) := trivial
