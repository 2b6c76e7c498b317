import dataclasses
import time
from contextlib import asynccontextmanager

import pytest
from anyio.from_thread import start_blocking_portal

from proofagent.check.gate import Claim, Verdict, check
from proofagent.check.receipt import Receipt, receipt
from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.engine import Compilation, Identity
from proofagent.lean.pool import Pool

STATEMENT = "theorem t (a b : Nat) : a + b = b + a"
FALSE = "theorem t : False"
SORRY = " := sorry\n"
LEAN = [pytest.mark.lean, pytest.mark.xdist_group("gate")]


@dataclasses.dataclass
class OneEngine:
    """A pool whose fresh engine is always the same one: what an engine remembers is not what is tested here."""

    engine: object

    @asynccontextmanager
    async def fresh(self, header):
        yield self.engine


@pytest.fixture(scope="module")
def judge(engine_factory):
    """Asks the gate about a challenge and a solution, all with one real engine."""
    with start_blocking_portal() as portal:
        engine = portal.call(engine_factory)

        def ask(challenge, solution, target="t", imports=("Init",)):
            return portal.call(
                lambda: check(Claim(imports, challenge, solution, (target,)), OneEngine(engine), deadline=60)
            )

        yield ask
        portal.call(engine.aclose)


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


@dataclasses.dataclass
class Attack:
    """A solution that must not be accepted, and the codes of all reasons that the gate gives."""

    name: str
    challenge: str
    solution: str
    codes: set[str]
    target: str = "t"


ATTACKS = [
    Attack("sorry", STATEMENT + SORRY, STATEMENT + SORRY, {"sorry"}),
    Attack(
        "sorry-in-a-step",
        STATEMENT + SORRY,
        STATEMENT + " := by\n  have h : a = a := sorry\n  omega\n  done\n",
        {"sorry"},
    ),
    Attack("failed-proof", STATEMENT + SORRY, STATEMENT + " := by\n  rfl\n", {"sorry"}),
    Attack("own-axiom", FALSE + SORRY, "axiom no : False\n" + FALSE + " := no\n", {"axiom"}),
    Attack("unused-axiom", STATEMENT + SORRY, "axiom no : False\n" + STATEMENT + " := by omega\n", {"axiom"}),
    Attack("axiom-behind-the-proof", STATEMENT + SORRY, STATEMENT + " := by\n  omega\n\naxiom no : False\n", {"axiom"}),
    Attack(
        "native-decide", "theorem t : 10 = 10" + SORRY, "theorem t : 10 = 10 := by native_decide\n", {"compiler-axiom"}
    ),
    Attack(
        "of-reduce-bool",
        "theorem t : true = true" + SORRY,
        "def c : Bool := true\ntheorem t : true = true := Lean.ofReduceBool c true rfl\n",
        {"compiler-axiom"},
    ),
    Attack(
        "reduce-bool-without-its-axiom",
        "theorem t : True" + SORRY,
        "theorem t : True := (fun _ => trivial) (Lean.reduceBool true)\n",
        {"compiler-axiom"},
    ),
    Attack("unsafe-axiom-of-the-library", FALSE + SORRY, FALSE + " := lcProof\n", {"kind"}),
    Attack(
        "definition-changed",
        "def n : Nat := 1\ntheorem t : n = 0" + SORRY,
        "def n : Nat := 0\ntheorem t : n = 0 := rfl\n",
        {"definition"},
    ),
    Attack(
        "definition-of-a-definition-changed",
        "def m : Nat := 1\ndef n : Nat := m\ntheorem t : n = 0" + SORRY,
        "def m : Nat := 0\ndef n : Nat := m\ntheorem t : n = 0 := rfl\n",
        {"definition"},
    ),
    Attack(
        "definition-of-an-unmentioned-one",
        "def n : Nat := 1\n" + STATEMENT + SORRY,
        "def n : Nat := 0\n" + STATEMENT + " := by omega\n",
        {"definition"},
    ),
    Attack(
        "definition-with-another-type",
        "def n : Nat := 1\ntheorem t : n = n" + SORRY,
        "def n : Int := 1\ntheorem t : n = n := rfl\n",
        {"statement"},
    ),
    Attack(
        "theorem-turned-def", STATEMENT + SORRY, "def" + STATEMENT.removeprefix("theorem") + " := by omega\n", {"kind"}
    ),
    Attack("other-statement", STATEMENT + SORRY, "theorem t (a b : Nat) : a + b = a + b := rfl\n", {"statement"}),
    Attack(
        "weaker-hypothesis",
        STATEMENT + SORRY,
        "theorem t (a b : Nat) (_ : a = b) : a + b = b + a := by omega\n",
        {"statement"},
    ),
    Attack("missing", STATEMENT + SORRY, "theorem u (a b : Nat) : a + b = b + a := by omega\n", {"missing"}),
    Attack("target-of-no-challenge", STATEMENT + SORRY, STATEMENT + " := by omega\n", {"no-target"}, "u"),
    Attack(
        "looks-made-up",
        "theorem match_1 : False" + SORRY,
        "theorem match_1 : True := trivial\n",
        {"statement"},
        "match_1",
    ),
    Attack("looks-internal", "theorem _foo : False" + SORRY, "theorem _foo : True := trivial\n", {"statement"}, "_foo"),
    Attack(
        "made-up-definition",
        "def _n : Nat := 1\ntheorem t : _n = 0" + SORRY,
        "def _n : Nat := 0\ntheorem t : _n = 0 := rfl\n",
        {"definition"},
    ),
    Attack(
        "constructor-of-a-made-up-name",
        "inductive _P : Prop\n  | mk : False → _P\ntheorem t : _P" + SORRY,
        "inductive _P : Prop\n  | mk : True → _P\ntheorem t : _P := .mk trivial\n",
        {"statement"},
    ),
    Attack(
        "field-of-a-made-up-name",
        "structure match_1 where\n  x : Nat\n  h : x < 0\ntheorem t : Nonempty match_1" + SORRY,
        "structure match_1 where\n  x : Nat\n  h : x < 1\ntheorem t : Nonempty match_1 := ⟨⟨0, by decide⟩⟩\n",
        {"statement"},
    ),
    Attack(
        "namespace-left",
        "namespace N\ntheorem t : False" + SORRY + "end N\n",
        "namespace N\nend N\ntheorem t : True := trivial\nnamespace N\nend N\n",
        {"missing"},
        "N.t",
    ),
    Attack(
        "same-short-name-elsewhere",
        "namespace N\ntheorem t : False" + SORRY + "end N\n",
        "namespace N\ntheorem t : False := sorry\nend N\ntheorem t : True := trivial\n",
        {"sorry"},
        "N.t",
    ),
    Attack(
        "private-theorem", "private theorem t : False" + SORRY, "private theorem t : True := trivial\n", {"statement"}
    ),
    Attack("private-made-public", "private theorem t : False" + SORRY, "theorem t : False := sorry\n", {"missing"}),
    Attack(
        "notation-before-the-statement",
        "theorem t : 1 + 1 = 3" + SORRY,
        'local infixl:65 (priority := 10000) " + " => fun (_ _ : Nat) => (3 : Nat)\ntheorem t : 1 + 1 = 3 := rfl\n',
        {"statement"},
    ),
    Attack(
        "instance-for-a-later-statement",
        STATEMENT + SORRY + "theorem later : (2 : Nat) + 2 = 5" + SORRY,
        STATEMENT + " := by omega\ninstance (priority := 100000) five : HAdd Nat Nat Nat := ⟨fun _ _ => 5⟩\n"
        "theorem later : (2 : Nat) + 2 = 5 := rfl\n",
        {"statement"},
    ),
    Attack(
        "later-theorem-changed",
        STATEMENT + SORRY + "theorem later : 1 = 2" + SORRY,
        STATEMENT + " := by omega\ntheorem later : 1 = 1 := rfl\n",
        {"statement"},
    ),
    Attack(
        "later-theorem-commented-out",
        STATEMENT + SORRY + "theorem later : 1 = 2" + SORRY,
        STATEMENT + " := by omega\n/-\ntheorem later : 1 = 2 := sorry\n-/\n",
        {"missing"},
    ),
    Attack("answer-hole", "def t : Nat" + SORRY, "def t : Nat := 3\n", {"answer-hole", "definition"}),
    Attack("kernel-rejects", FALSE + SORRY, FALSE + " := by decide +kernel\n", {"sorry"}),
    Attack("unsafe-proof", FALSE + SORRY, "unsafe def u : False := u\n" + FALSE + " := u\n", {"program"}),
    Attack(
        "kernel-switched-off",
        FALSE + SORRY,
        "set_option debug.skipKernelTC true\n" + FALSE + " := by decide +kernel\n",
        {"kernel-option"},
    ),
    Attack(
        "kernel-switched-off-in-quotes",
        FALSE + SORRY,
        "theorem t : False := by\n  set_option debug.«skipKernelTC» true in\n  decide +kernel\n",
        {"kernel-option"},
    ),
]


@pytest.mark.parametrize("attack", [pytest.param(a, id=a.name, marks=LEAN) for a in ATTACKS])
def test_a_cheat_is_rejected_for_what_it_is(judge, attack):
    """Each trick is rejected with the code that names it and no other."""
    verdict = judge(attack.challenge, attack.solution, attack.target)
    assert (verdict.outcome, codes(verdict), verdict.receipt) == ("rejected", attack.codes, None)


HONEST = {
    "plain": (STATEMENT + SORRY, STATEMENT + " := by\n  omega\n", "t"),
    "term": (STATEMENT + SORRY, STATEMENT + " := Nat.add_comm a b\n", "t"),
    "helper": (STATEMENT + SORRY, "theorem h (a : Nat) : a = a := rfl\n" + STATEMENT + " := by omega\n", "t"),
    "classical": ("theorem t (p : Prop) : p ∨ ¬p" + SORRY, "theorem t (p : Prop) : p ∨ ¬p := Classical.em p\n", "t"),
    "private": ("private theorem t : True" + SORRY, "private theorem t : True := trivial\n", "t"),
    "namespace": (
        "namespace N\ntheorem t : True" + SORRY + "end N\n",
        "namespace N\ntheorem t : True := trivial\nend N\n",
        "N.t",
    ),
    "made-up-name": ("theorem match_1 : True" + SORRY, "theorem match_1 : True := trivial\n", "match_1"),
    "universe": (
        "theorem t {α : Sort u} (a : α) : a = a" + SORRY,
        "theorem t {β : Sort v} (b : β) : b = b := rfl\n",
        "t",
    ),
    "program-of-the-user": (
        'macro "close" : tactic => `(tactic| omega)\n' + STATEMENT + SORRY,
        'macro "close" : tactic => `(tactic| omega)\n' + STATEMENT + " := by omega\n",
        "t",
    ),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=LEAN) for name in HONEST])
def test_an_honest_proof_is_accepted_with_a_receipt(judge, name):
    """A proof of the same statement is accepted; the receipt says what was checked and by what."""
    challenge, solution, target = HONEST[name]
    verdict = judge(challenge, solution, target)
    assert (verdict.outcome, verdict.reasons) == ("accepted", ())
    paper = verdict.receipt
    assert (paper.engine, paper.targets, paper.imports) == ("embedded", (target,), ("Init",))
    assert set(paper.axioms) <= {"propext", "Classical.choice", "Quot.sound"}
    assert (
        len({paper.challenge_sha256, paper.solution_sha256, paper.challenge_olean_sha256, paper.solution_olean_sha256})
        == 4
    )
    assert paper.lean_version.startswith("4.")
    assert Receipt.model_validate_json(paper.model_dump_json()) == paper


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_receipt_names_new_helpers(judge):
    """What a solution declares besides the targets is in its receipt."""
    verdict = judge(*HONEST["helper"])
    assert "h" in verdict.receipt.new_declarations


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_module_that_the_engine_has_not(judge):
    """A missing import leaves the claim undecided."""
    verdict = judge(STATEMENT + SORRY, STATEMENT + " := by omega\n", imports=("Mathlib",))
    assert (verdict.outcome, verdict.rung) == ("undecided", "nothing")
    assert "Mathlib" in verdict.why


@pytest.mark.lean
@pytest.mark.xdist_group("gate-pool")
@pytest.mark.anyio
async def test_a_bomb_is_undecided_within_its_deadline(engine_factory):
    """A proof that never ends is cut off at the deadline, and no verdict comes of it."""
    bomb = "theorem t : (List.range 100000000).foldl (· + ·) 0 = 1"
    claim = Claim(("Init",), bomb + SORRY, bomb + " := by\n  decide +kernel\n", ("t",))
    began = time.monotonic()
    async with Pool(engine_factory, spare=False) as pool:
        verdict = await check(claim, pool, deadline=3)
    assert (verdict.outcome, verdict.rung, verdict.receipt) == ("undecided", "nothing", None)
    assert "timed-out" in verdict.why
    assert time.monotonic() - began < 60


class Broken:
    """An engine whose `compile` does what it is told."""

    identity = Identity("broken", "0", "0")

    def __init__(self, behaviour):
        self.behaviour = behaviour

    async def compile(self, header, body, target, *, deadline):
        return self.behaviour(target)


def _raises(error):
    def behave(_target):
        raise error

    return behave


def _writes(data):
    def behave(target):
        target.write_bytes(data)
        return Compilation("done", target)

    return behave


BROKEN = {
    "died": lambda _: Compilation("lost", detail="it died"),
    "timed-out": lambda _: Compilation("timed-out", detail="the deadline passed"),
    "out-of-memory": lambda _: Compilation("out-of-memory", detail="no memory"),
    "raises": _raises(EngineLost("it could not be started")),
    "refuses": _raises(EngineRefused("unknown module prefix 'Mathlib'")),
    "wrote-nothing": lambda target: Compilation("done", target),
    "wrote-an-empty-file": _writes(b""),
    "wrote-garbage": _writes(b"olean\x02" + bytes(200)),
    "disk-full": _raises(OSError(28, "No space left on device")),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.anyio
async def test_an_engine_that_fails_leaves_the_claim_undecided(name):
    """Whatever keeps an artefact from being made or read is no verdict."""
    claim = Claim(("Init",), STATEMENT + SORRY, STATEMENT + " := by omega\n", ("t",))
    verdict = await check(claim, OneEngine(Broken(BROKEN[name])), deadline=1)
    assert (verdict.outcome, verdict.receipt, bool(verdict.why)) == ("undecided", None, True)


def _paper():
    return receipt(
        identity=Identity("x", "4", "0"),
        imports=(),
        targets=("t",),
        challenge="",
        solution="",
        artefacts=("", ""),
        axioms=(),
        new_declarations=(),
        seconds=0,
    )


@pytest.mark.parametrize("seal", [None, object(), True])
def test_only_the_gate_accepts(seal):
    """Nobody else can make an accepted verdict, nor turn another one into it."""
    with pytest.raises(TypeError, match="only the gate"):
        Verdict("accepted", rung="compared", receipt=_paper(), seal=seal)
    other = Verdict("undecided", why="?")
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(other, outcome="accepted")
    with pytest.raises(dataclasses.FrozenInstanceError):
        other.outcome = "accepted"
    assert not other.accepted


@pytest.mark.anyio
async def test_a_word_that_runs_programs_is_refused_unseen():
    """A solution with a command that runs programs is rejected before any engine sees it."""
    for line in (
        "run_cmd pure ()",
        "#eval 1",
        "@[tactic foo] def f := 1",
        "theorem u : True := by run_tac pure ()",
        'elab "x" : tactic => pure ()',
    ):
        claim = Claim(("Init", "Lean"), FALSE + SORRY, f"{line}\n{FALSE} := sorry\n", ("t",))
        verdict = await check(claim, OneEngine(None), deadline=1)
        assert (verdict.outcome, codes(verdict)) == ("rejected", {"program"}), line
