import Lean
open Lean

@[extern "lean_environment_add"]
opaque sneak (env : Kernel.Environment) (info : ConstantInfo) : Kernel.Environment

run_cmd
  let wrong : ConstantInfo := .thmInfo
    { name := `cheat, levelParams := [], type := mkConst ``False, value := mkConst ``True.intro }
  modifyEnv fun env => Environment.ofKernelEnv (sneak env.toKernelEnv wrong)

theorem anything : False := cheat
