unsafe def steal (_ : Bool) : Bool := unsafeCast true

@[implemented_by steal] def check (b : Bool) : Bool := b

theorem anything : False :=
  absurd (show check false = true by native_decide) (by decide)
