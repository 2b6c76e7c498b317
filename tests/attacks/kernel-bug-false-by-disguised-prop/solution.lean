import Lean

open Lean

elab "disguised" : term => return .sort (.imax (.succ .zero) .zero)
elab "bitOf " p:term:max : term => return .proj `Owner 0 (← Elab.Term.elabTerm p none)

-- What Lean derives for such a type fails; the types themselves are there by then.
#guard_msgs (drop error) in
mutual
inductive First : Prop
  | mk : First
inductive Owner : disguised
  | mk (bit : Bool) : Owner
end

def Claim : Prop := Owner
noncomputable def bit (p : Claim) : Bool := bitOf p

theorem same (p q : Claim) : p = q := rfl
theorem first : bit (Owner.mk false) = false := rfl
theorem second : bit (Owner.mk true) = true := rfl

theorem t : False :=
  Bool.noConfusion (first.symm.trans ((congrArg bit (same _ _)).trans second))
