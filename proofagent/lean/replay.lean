/- Gives declarations in Lean's export format (NDJSON 3.1.0), a file of lines, to the kernel that this program runs in,
one after the other, above the imports that it is told, and writes a module of those that it takes. Prints, as JSON,
what it does not take and why. Nothing is elaborated, and nobody's text is run.

Use: lean --run replay.lean DECLARATIONS TARGET IMPORT... -/
import Lean
open Lean

namespace Proofagent

structure Tables where
  names : Array Name := #[Name.anonymous]
  levels : Array Level := #[Level.zero]
  terms : Array Expr := #[]

abbrev Read := StateT Tables (Except String)

def entry {α : Type} [Inhabited α] (what : String) (table : Array α) (i : Nat) : Except String α :=
  if i < table.size then .ok table[i]! else .error s!"there is no {what} {i} yet"

def nat (j : Json) (key : String) : Except String Nat := do (← j.getObjVal? key).getNat?
def nats (j : Json) (key : String) : Except String (Array Nat) := do
  (← (← j.getObjVal? key).getArr?).mapM Json.getNat?
def isTrue (j : Json) (key : String) : Except String Bool := do (← j.getObjVal? key).getBool?

def name (j : Json) (key : String) : Read Name := do entry "name" (← get).names (← nat j key)
def names (j : Json) (key : String) : Read (List Name) := do
  (← nats j key).toList.mapM fun i => do entry "name" (← get).names i
def term (j : Json) (key : String) : Read Expr := do entry "term" (← get).terms (← nat j key)
def level (i : Nat) : Read Level := do entry "level" (← get).levels i

def binder : String → Except String BinderInfo
  | "default" => .ok .default
  | "implicit" => .ok .implicit
  | "strictImplicit" => .ok .strictImplicit
  | "instImplicit" => .ok .instImplicit
  | other => .error s!"no binder: {other}"

def decimal (j : Json) : Except String Nat := do
  match (← j.getStr?).toNat? with
  | some n => .ok n
  | none => .error "no numeral"

def newName (j : Json) : Read Name := do
  if let .ok s := j.getObjVal? "str" then return Name.str (← name s "pre") (← (← s.getObjVal? "str").getStr?)
  let n ← j.getObjVal? "num"
  return Name.num (← name n "pre") (← nat n "i")

def newLevel (j : Json) : Read Level := do
  if let .ok l := j.getObjVal? "succ" then return .succ (← level (← l.getNat?))
  if (j.getObjVal? "param").isOk then return .param (← name j "param")
  let top := (j.getObjVal? "max").isOk
  match (← nats j (if top then "max" else "imax")).toList with
  | [a, b] => return (if top then Level.max else Level.imax) (← level a) (← level b)
  | _ => throw "no level"

def function (j : Json) : Read (Name × Expr × Expr × BinderInfo) := do
  return (← name j "name", ← term j "type", ← term j "body", ← binder (← (← j.getObjVal? "binderInfo").getStr?))

def newTerm (j : Json) : Read Expr := do
  if let .ok t := j.getObjVal? "app" then return .app (← term t "fn") (← term t "arg")
  if let .ok t := j.getObjVal? "const" then
    return .const (← name t "name") (← (← nats t "us").toList.mapM level)
  if let .ok t := j.getObjVal? "bvar" then return .bvar (← t.getNat?)
  if let .ok t := j.getObjVal? "sort" then return .sort (← level (← t.getNat?))
  if let .ok t := j.getObjVal? "lam" then
    let (n, type, body, info) ← function t
    return .lam n type body info
  if let .ok t := j.getObjVal? "forallE" then
    let (n, type, body, info) ← function t
    return .forallE n type body info
  if let .ok t := j.getObjVal? "letE" then
    return .letE (← name t "name") (← term t "type") (← term t "value") (← term t "body") (← isTrue t "nondep")
  if let .ok t := j.getObjVal? "proj" then return .proj (← name t "typeName") (← nat t "idx") (← term t "struct")
  if let .ok t := j.getObjVal? "natVal" then return .lit (.natVal (← decimal t))
  return .lit (.strVal (← (← j.getObjVal? "strVal").getStr?))

def hints (j : Json) : Except String ReducibilityHints :=
  match j with
  | .str "opaque" => .ok .opaque
  | .str "abbrev" => .ok .abbrev
  | _ => do return .regular (← nat j "regular").toUInt32

def safety : String → Except String DefinitionSafety
  | "safe" => .ok .safe
  | "unsafe" => .ok .unsafe
  | "partial" => .ok .partial
  | other => .error s!"no safety: {other}"

def inductive? (j : Json) : Read (List Name × Declaration) := do
  let types := (← (← j.getObjVal? "types").getArr?).toList
  let constructors := (← (← j.getObjVal? "ctors").getArr?).toList
  let some first := types.head? | throw "no type"
  let made ← types.mapM fun (t : Json) => do
    let own ← nat t "name"
    let ctors ← constructors.filterMapM fun (c : Json) => do
      if (← nat c "induct") == own then return some { name := ← name c "name", type := ← term c "type" : Constructor }
      return none
    return { name := ← name t "name", type := ← term t "type", ctors : InductiveType }
  let unsafe? ← isTrue first "isUnsafe"
  return (made.map (·.name),
    .inductDecl (← names first "levelParams") (← nat first "numParams") made unsafe?)

def declaration (j : Json) : Read (List Name × Declaration) := do
  if let .ok d := j.getObjVal? "inductive" then return ← inductive? d
  if let .ok d := j.getObjVal? "quot" then return ([← name d "name"], .quotDecl)
  let some (word, d) := ["axiom", "def", "thm", "opaque"].findSome? fun w => (j.getObjVal? w).toOption.map (w, ·)
    | throw "a line of an unknown kind"
  let base : ConstantVal := { name := ← name d "name", levelParams := ← names d "levelParams", type := ← term d "type" }
  let made ← match word with
    | "axiom" => pure <| Declaration.axiomDecl { base with isUnsafe := ← isTrue d "isUnsafe" }
    | "def" =>
      let kind ← safety (← (← d.getObjVal? "safety").getStr?)
      let hint ← hints (← d.getObjVal? "hints")
      pure <| .defnDecl { base with value := ← term d "value", hints := hint, safety := kind, all := ← names d "all" }
    | "thm" => pure <| .thmDecl { base with value := ← term d "value", all := ← names d "all" }
    | _ =>
      let off ← isTrue d "isUnsafe"
      pure <| .opaqueDecl { base with value := ← term d "value", isUnsafe := off, all := ← names d "all" }
  return ([base.name], made)

/-- The declaration of a line, with the names that it declares; none for a line that adds a part of one. -/
def read (line : String) : Read (Option (List Name × Declaration)) := do
  let j ← Json.parse line
  if (j.getObjVal? "meta").isOk then return none
  if let .ok i := nat j "in" then
    unless i == (← get).names.size do throw s!"name {i} is out of turn"
    let new ← newName j
    modify fun t => { t with names := t.names.push new }
    return none
  if let .ok i := nat j "il" then
    unless i == (← get).levels.size do throw s!"level {i} is out of turn"
    let new ← newLevel j
    modify fun t => { t with levels := t.levels.push new }
    return none
  if let .ok i := nat j "ie" then
    unless i == (← get).terms.size do throw s!"term {i} is out of turn"
    let new ← newTerm j
    modify fun t => { t with terms := t.terms.push new }
    return none
  if let .ok d := j.getObjVal? "quot" then
    let kind ← (← d.getObjVal? "kind").getStr?
    unless ["type", "ctor", "lift", "ind"].contains kind do throw s!"no part of quotients: {kind}"
    if kind != "type" then return none  -- all four come with the first
  return some (← declaration j)

/-- Lean's versions differ in what this function is called. No heartbeat ends it: its process has a deadline. -/
def add (env : Environment) (d : Declaration) : Except MessageData Environment := by
  first
  | exact (env.addDeclCore 0 d none).mapError (·.toMessageData {})
  | exact (env.addDecl {} d).mapError (·.toMessageData {})

def replay (env : Environment) (lines : Array String) : IO (Environment × Array Json) := do
  let mut env := env
  let mut tables : Tables := {}
  let mut refused := #[]
  for line in lines do
    if line.isEmpty then continue
    match (read line).run tables with
    | .error said => throw <| IO.userError s!"the declarations make no sense: {said}"
    | .ok (none, after) => tables := after
    | .ok (some (names, d), after) =>
      tables := after
      match add env d with
      | .ok more => env := more
      | .error said =>
        let named := Json.arr (names.map fun n => Json.str (n.toString (escape := false))).toArray
        refused := refused.push <| Json.mkObj [("names", named), ("error", .str (← said.toString))]
  return (env, refused)

end Proofagent

def main (arguments : List String) : IO Unit := do
  let declarations :: target :: imports := arguments | throw <| IO.userError "DECLARATIONS TARGET IMPORT..."
  let modules := imports.toArray.map fun m => ({ module := m.toName : Import })
  let env ← importModules modules {}
  let (env, refused) ← Proofagent.replay env (← IO.FS.lines declarations)
  writeModule env target
  IO.println (Json.mkObj [("refused", Json.arr refused)]).compress
