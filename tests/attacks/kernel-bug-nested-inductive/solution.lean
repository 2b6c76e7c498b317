import Lean
open Lean Elab Command

inductive Box : Prop | mk (b : Bool)
structure Pair where b : Bool
inductive Phantom (b : Bool) (α : Type) : Type | mk

run_cmd
  let wrong := mkProj ``Pair 0 (mkBVar 0)
  let field := mkApp2 (mkConst ``Phantom) wrong (mkApp (mkConst `Bad) (mkBVar 0))
  let bad := mkApp (mkConst `Bad) (mkBVar 1)
  let make := Expr.forallE `p (mkConst ``Box) (.forallE `x field bad .default) .default
  let type := Expr.forallE `p (mkConst ``Box) (.sort 1) .default
  let decl := Declaration.inductDecl [] 1 [{ name := `Bad, type, ctors := [{ name := `Bad.mk, type := make }] }] false
  modifyEnv fun env => match env.addDeclCore 0 decl none with
    | .ok new => new
    | .error _ => env

theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
