class Setting : Prop where
  absurd : False

variable [Setting]

theorem anything : False := Setting.absurd
