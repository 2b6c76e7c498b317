def pick (n : Nat) (below : (m : Nat) → m < n → Bool) : Bool :=
  match n with
  | 0 => true
  | k + 1 => below k (Nat.lt_succ_self k)

noncomputable def walk (n : Nat) (h : Acc (fun a b : Nat => a < b) n) : Bool :=
  Acc.rec (motive := fun _ _ => Bool) (fun n _ below => pick n below) h

theorem walk_true (n : Nat) (h : Acc (fun a b : Nat => a < b) n) : walk n h = true := by
  induction h with
  | intro n _ ih =>
    cases n with
    | zero => rfl
    | succ k => exact ih k (Nat.lt_succ_self k)

theorem ready : Acc (fun a b : Nat => a < b) 1 := Nat.lt_wfRel.wf.apply 1
opaque start : Acc (fun a b : Nat => a < b) 1 := ready

-- The kernel finds `one` and `two` equal, `two` and `three` too, but not `one` and `three`.
noncomputable def one : Bool := walk 1 start
noncomputable def two : Bool := walk 1 (Acc.intro 1 fun _ => Acc.inv start)
noncomputable def three : Bool := walk 0 (Acc.inv start (Nat.lt_succ_self 0))

theorem closed : one = three := (walk_true _ _).trans (walk_true _ _).symm

opaque witness : one = three := closed

def Universe (h : one = two) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

-- A proposition for a variable `h`; for `witness` the computation does not come to an end.
inductive Owner (h : one = two) : Universe h
  | mk (bit : Bool) : Owner h

def Claim (h : one = two) : Prop := Owner h
def open_ (h : one = two) (p : Claim h) : Owner h := p
noncomputable def bit (p : Claim witness) : Bool := (open_ witness p).1

theorem same (p q : Claim witness) : p = q := rfl
theorem first : bit (Owner.mk (h := witness) false) = false := rfl
theorem second : bit (Owner.mk (h := witness) true) = true := rfl

theorem t : False :=
  Bool.noConfusion (first.symm.trans ((congrArg bit (same _ _)).trans second))
