import Lean
open Lean

run_cmd
  let wrong : ConstantInfo := .thmInfo
    { name := `cheat, levelParams := [], type := mkConst ``False, value := mkConst ``True.intro }
  saveModuleData "/Evil.olean" `Evil
    { isModule := false, imports := #[{ module := `Init }], constNames := #[`cheat], constants := #[wrong],
      extraConstNames := #[], entries := #[] }
  searchPathRef.modify fun path => "/" :: path
  setEnv (← importModules #[{ module := `Init }, { module := `Evil }] {})

theorem anything : False := cheat
