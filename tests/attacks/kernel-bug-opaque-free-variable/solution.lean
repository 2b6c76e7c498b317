import Lean
open Lean

run_cmd
  let value := mkFVar ⟨.num `_kernel_fresh 1⟩
  let info := { name := `ghost, levelParams := [], type := mkConst ``False : ConstantVal }
  let decl := Declaration.opaqueDecl { info with value, isUnsafe := false, all := [`ghost] }
  modifyEnv fun env => match env.addDeclCore 0 decl none with
    | .ok new => new
    | .error _ => env

theorem anything : False := ghost
