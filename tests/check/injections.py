"""Texts that try to leave the block of tactics that they are put into, texts that do not, and mutations of both."""

import random
from collections.abc import Iterator

LEAK = "theorem leaked : True := trivial"
INJECTED = [
    LEAK, f"trivial\n{LEAK}", f"trivial {LEAK}", f"trivial; {LEAK}", f"trivial)\n{LEAK}", f"(trivial\n{LEAK}",
    f'exact "a"\n{LEAK}', f"trivial -- x\n{LEAK}", f"trivial /- -/ {LEAK}", f"trivial /-/-/ {LEAK} -/ -/",
    "trivial\nend\nnamespace X", "trivial\nset_option autoImplicit true", "trivial\nopen Nat", "trivial\n#eval 1",
    "trivial\n@[simp] " + LEAK, "trivial\nprivate def leaked := 1", "trivial\naxiom leaked : False",
    'trivial\nmacro "omega" : tactic => `(tactic| sorry)', 'trivial\nlocal notation "False" => True',
    "trivial\nrun_cmd pure ()", "trivial\ninstance leaked : X := x", "trivial\nattribute [simp] Nat.add_comm",
    "run_tac pure ()", "sorry", "admit", "exact sorryAx _ false", "exact «sorryAx» _ false", "native_decide",
    "decide +native", "trivial\nwhere leaked := 1", "trivial\n/-- doc -/", "trivial\nmutual", "stop\ntrivial",
    "set_option debug.skipKernelTC true in decide", "set_option «debug».skipKernelTC true in decide",
    "trivial\u2028theorem leaked : True := trivial", "trivial\x0btheorem leaked : True := trivial",
    "trivial\u202etheorem", "exact foo.{0} /-", 'exact "', "exact ⟨", "trivial ]", "trivial\nimport Lean",
    "trivial\nxdef leaked := 1", "trivial\nx.def leaked := 1", "trivial\n'abtheorem leaked : True := trivial",
    "trivial\n1edef leaked := 1", "trivial\n0xtheorem leaked : True := trivial", 'exact s!"{ theorem leaked"',
    'exact m!"{1}" theorem', "exact ``theorem", f"trivial '--{LEAK}", "trivial ''\"' theorem leaked \"'",
    "trivial\nset_option autoImplicit true in", "trivial\nset_option autoImplicit true x in simp",
    "trivial\nopen Nat theorem in simp", "exact «leaked", "exact leaked»", 'exact r"\\" theorem"', "trivial\n#check 1",
    "trivial\nreprove Nat.add_comm by simp", "trivial\nwith_weak_namespace X", "trivial\ntermination_by 1",
    "trivial\ngrind_pattern Nat.add_comm => 1", "trivial\ndeclare_syntax_cat x", "trivial\ncount_heartbeats in simp",
    "trivial\ngen_injective_theorems% Nat", "trivial\npartial_fixpoint", "trivial\nxopen Nat", "trivial\n0bopen Nat",
    "trivial\n_0xtheorem leaked : True := trivial", "trivial\nx.?def leaked := 1", "trivial\nx%def leaked := 1",
    "trivial\nx..def leaked := 1",
    "trivial\n!2def leaked := 1", "trivial\nopen Nat\nopen Nat in simp",
    "trivial\nopen Nat at in simp", "trivial\nopen Nat\nope Nat in simp", "éopen Nat", "trivial\nopen Nat (x) in simp",
    "=>\nset_option maxRecDepth 00 in simp", "trivial\ntermination_by? 1",
    'exact "\n"', 'exact "\\x41"', "exact by_elab return 1", "exact eval% 1", "exact include_str 1",
]  # fmt: skip
HONEST = [
    "trivial", "intro h\nexact h", "constructor\n· simp\n· omega", "first | trivial | simp", "open Nat in simp",
    "set_option maxRecDepth 500 in\nsimp", "exact ⟨_, by omega⟩", "have h : 1 = 1 := by\n  rfl\nexact trivial",
    "set_option maxRecDepth 500 in simp", "rw [Nat.lt_def]", "exact h_def", "exact xs[i]'h", "exact #v[1]",
    "exact f '' s", "exact h'.symm", "exact foo' x'", "exact Nat.succ_le_of_lt h₁", "exact (h 1).end_of",
    'exact absurd "a" h', "exact Nat.le_of_lt.{0} h", "exact h.1.2", "norm_num [h.2.1]", "exact f 0x1F", "exact 1e3",
    "open scoped Nat in\nsimp", "(open Nat Int in simp)", "exact h «a b»", "exact x.mutual_inverse",
]  # fmt: skip
COMMANDS = [
    "theorem leaked : True := trivial", "def leaked := 1", "axiom leaked : 1 = 2", "abbrev leaked := 1",
    "instance leaked : Inhabited Nat := ⟨1⟩", "inductive leaked", "structure leaked", "opaque leaked : Nat",
    'notation "leaked" => 1', 'macro "leaked" : term => `(1)', "example : True := trivial", "class leaked", "end X",
    "set_option autoImplicit true", "open Nat", "namespace leaked", "section", "variable (leaked : Nat)",
    "universe leaked", "#eval 1", "attribute [simp] Nat.add_comm", "local instance leaked : Inhabited Nat := ⟨1⟩",
    'syntax "leaked" : term', 'elab "leaked" : term => pure default', 'infixl:65 " leaked " => Nat.add',
    "import Lean", "lemma leaked : True := trivial", "irreducible_def leaked := 1", "alias leaked := Nat.add_comm",
    "export Nat (add)", "initialize leaked : Nat ← pure 1", "macro_rules | `(x) => `(1)",
    "@[simp] theorem leaked : True := trivial", "unif_hint leaked where", "deriving instance Repr for Nat",
    "mutual def leaked := 1 end", "simproc leaked (1) := fun _ => x", "coinductive leaked",
    "builtin_initialize leaked : Nat ← pure 1", "run_cmd pure ()", 'recommended_spelling "leaked" for "x" in [Nat]',
    "gen_injective_theorems% Nat", "public section", "register_option leaked", "/-! x -/", "/-- x -/ def leaked := 1",
    "set_option maxRecDepth 5 in", "open Nat in def leaked := 1",
]  # fmt: skip
PIECES = [
    *' \n\'"`«»\\.()[]{}⟨⟩·;:,|#%@!?$&*+-_^~0123456789xXeEéαλ₁∀∃→←ₓʹ𝔸',
    "--", "/-", "-/", "<;>", "``", "`(", 's!"', 'm!"', 'r"', 'r#"', "'a'", "'\\n'", "\\u{41}", "0x", "0b", "1e", "1.",
    "«a»", "by ", "=> ", "in ", "fun ", "do ", "if ", "match ", "with ", "then ", "else ", "let ", "have ", "show ",
    "from ", "at ", "using ", "only ", "(", "trivial ", "simp ", "exact ", "1 ",
]  # fmt: skip


def mutants(seed: int) -> Iterator[str]:
    """Without end: commands, tactics and attacks with a few characters put in, left out or changed, side by side."""
    chance = random.Random(seed)
    while True:
        parts = [_part(chance) for _ in range(chance.choice((1, 2, 2, 3, 3, 4)))]
        yield chance.choice(("\n", " ", "", "; ", "\n  ")).join(parts)


def _part(chance: random.Random) -> str:
    source = chance.choices([COMMANDS, HONEST, INJECTED, PIECES], [45, 15, 20, 20])[0]
    if source is PIECES:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 6)))
    text = list(chance.choice(source))
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        at, kind = chance.randrange(len(text) + 1), chance.random()
        if kind < 0.55:
            text[at:at] = chance.choice(PIECES)
        elif text:
            text[min(at, len(text) - 1)] = chance.choice(PIECES) if kind > 0.75 else ""
    return "".join(text)
