import Lean
open Lean Elab Nat.SOM

def nothing : Poly → Poly → Poly → Poly := fun _ _ _ => []

def keyType (mul : Poly → Poly → Poly) : Prop := ∀ p q : Poly, mul p q = []

theorem anythingOf (key : keyType Poly.mul) : False := by
  have h := Poly.mul_denote (.leaf 0) [(1, [])] [(1, [])]
  rw [key] at h
  exact absurd h (by decide)

elab "planted" : term => do
  let poly := mkConst ``Poly
  let type := mkForall `p .default poly (mkForall `q .default poly (mkForall `r .default poly poly))
  let go := mkPrivateNameCore `Init.Data.Nat.SOM `Nat.SOM.Poly.mul.go
  addDecl <| .defnDecl {
    name := go, levelParams := [], type,
    value := mkConst ``nothing, hints := .abbrev, safety := .safe }
  let eq := mkConst (mkPrivateNameCore `Init.Data.Nat.SOM `Nat.SOM.Poly.mul.eq_1)
  addDecl <| .thmDecl {
    name := `planted, levelParams := [], type := mkConst ``False, 
    value := mkApp (mkLambda `used .default type (mkApp (mkConst ``anythingOf) eq)) (mkConst go) }
  return mkConst `planted

theorem anything : False := planted
