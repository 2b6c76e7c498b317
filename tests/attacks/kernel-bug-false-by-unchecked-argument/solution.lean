import Lean

open Lean

inductive Proof : Prop
  | mk (bit : Bool)
structure Box where
  bit : Bool
inductive Wrap : Type
  | mk (proof : Proof)
inductive Label (α : Type) (bit : Bool) : Type
  | mk
inductive Holds : Bool → Prop
  | mk : Holds true

def declare (name : Name) (type value : Expr) : CoreM Unit :=
  addDecl <| .defnDecl { name, levelParams := [], type, value, hints := .abbrev, safety := .safe }

/-- The same value under another hash. -/
def salted (bit : Name) (salt : Nat) : Expr :=
  mkApp (.lam `x (mkConst ``Nat) (mkConst bit) .default) (mkRawNatLit salt)

def wrapped (bit : Expr) : Expr := mkApp (mkConst ``Wrap.mk) (mkApp (mkConst ``Proof.mk) bit)

elab "declareAll" : term => do
  let yes := salted ``true 24083
  let no := salted ``false 78670
  let owner (w : Expr) := mkApp (mkConst `Owner) w
  let make (w label : Expr) := mkApp2 (mkConst `Owner.mk) w label
  let label (w bit : Expr) := mkApp2 (mkConst ``Label.mk) (owner w) bit
  -- The second argument of `Label` is nonsense: a bit is read out of a box that is none.
  let nonsense := mkApp2 (mkConst ``Label) (owner (.bvar 0)) (.proj ``Box 0 (.proj ``Box 0 (.bvar 0)))
  let wrap := mkConst ``Wrap
  addDecl <| .inductDecl [] 1 [{
    name := `Owner
    type := .forallE `w wrap (mkSort levelOne) .default
    ctors := [{
      name := `Owner.mk
      type := .forallE `w wrap (.forallE `label nonsense (owner (.bvar 1)) .default) .default }] }] false
  let (y, n) := (wrapped yes, wrapped no)
  let truly := label y (mkConst ``true)
  declare `made (owner y) (make y truly)
  declare `good (mkApp (mkConst ``Holds) yes) (mkConst ``Holds.mk)
  let typed := mkApp (.lam `l (mkApp2 (mkConst ``Label) (owner y) yes) (mkConst ``Unit.unit) .default) truly
  declare `bad (mkApp (mkConst ``Holds) no) <|
    .letE `a (owner n) (make n (.proj `Owner 0 (mkConst `made)))
      (.letE `b (owner y) (make y truly)
        (.letE `c (mkConst ``Unit) typed
          (.letE `d (owner n) (make n (label n no)) (mkConst `good) true) true) true) true
  return mkConst ``True.intro

theorem prepared : True := declareAll

theorem t : False := nomatch (bad : Holds false)
