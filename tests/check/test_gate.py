"""What the gate does with what engines give it; which solutions it refuses is shown in tests/attacks."""

import dataclasses
import time
from contextlib import asynccontextmanager

import pytest

from proofagent.check.gate import Claim, Verdict, check, claim_of
from proofagent.check.policy import Policy
from proofagent.check.receipt import Evidence, Receipt, sha256
from proofagent.check.rechecks import installed
from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.engine import Compilation, Identity, Refusal, Replay
from proofagent.lean.pool import Pool

STATEMENT = "theorem t (a b : Nat) : a + b = b + a"
SORRY = " := sorry\n"
PROOF = " := Nat.add_comm a b\n"
LEAN = [pytest.mark.lean, pytest.mark.xdist_group("gate")]


def claim(solution=STATEMENT + PROOF, challenge=STATEMENT + SORRY, imports=("Init",), **more):
    return Claim(imports, challenge, solution, **more)


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


@dataclasses.dataclass
class Engines:
    """A pool that hands out what it was given: the suspect, then the judge."""

    judge: object
    suspect: object

    @asynccontextmanager
    async def fresh(self, *_headers):
        yield self.suspect, self.judge


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_an_accepted_claim_has_a_receipt(ask):
    """The receipt says what was checked, by what, and with which result, and survives JSON."""
    helper = "theorem h (a : Nat) : a = a := rfl\n"
    verdict = ask(claim(helper + STATEMENT + " := by omega\n"))
    paper = verdict.receipt
    rung = "rechecked" if installed() else "compared"
    assert (verdict.outcome, verdict.rung, verdict.reasons) == ("accepted", rung, ())
    assert (paper.outcome, paper.engine, paper.targets, paper.imports) == ("accepted", "embedded", ("t",), ("Init",))
    assert "h" in paper.new_declarations
    assert paper.axioms == ()
    assert paper.solution_sha256 == sha256(helper + STATEMENT + " := by omega\n")
    assert len({paper.challenge_olean_sha256, paper.solution_olean_sha256, paper.replayed_olean_sha256}) == 3
    assert len(paper.library_sha256) == 64
    assert "lean4#14577" in paper.kernel_bugs
    assert paper.seconds.whole > 0
    assert Receipt.model_validate_json(paper.model_dump_json()) == paper


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize("solution", [STATEMENT + PROOF, STATEMENT + SORRY, STATEMENT + " := by rfl\n"])
def test_a_receipt_can_be_confirmed(ask, solution):
    """The same claim, made from the receipt and the texts, has the same receipt, files byte for byte included."""
    first = ask(claim(solution)).receipt
    evidence = Evidence(receipt=first, challenge=STATEMENT + SORRY, solution=solution)
    again = ask(claim_of(Evidence.model_validate_json(evidence.model_dump_json()))).receipt
    assert first.differences(again) == ()
    assert set(first.differences(ask(claim(STATEMENT + " := by simp +arith\n")).receipt)) >= {"solution_sha256"}


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_reasons_have_places(ask):
    """Each reason names the code, the declaration, and where it stands in the solution."""
    verdict = ask(claim("\naxiom no : False\n\n" + STATEMENT + " := by\n  exact no.elim\n"))
    assert {(r.code, r.declaration, r.position) for r in verdict.reasons} == {
        ("axiom", "no", (2, 0)),
    }
    assert verdict.receipt.reasons[0].line == 2


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize(
    ("imports", "permitted", "outcome"),
    [
        (("Init",), (), "accepted"),
        (("Init", "Init.Data.List.Lemmas"), (), "accepted"),
        (("Init", "Std.Data.HashMap"), (), "rejected"),
        (("Init", "Std.Data.HashMap"), ("Std",), "accepted"),
        (("Init", "Nowhere"), (), "rejected"),
        (("Init", "Nowhere"), ("Nowhere",), "undecided"),
    ],
)
def test_imports_of_the_solution(ask, imports, permitted, outcome):
    """A solution may import what the challenge brings anyway, and what is permitted."""
    policy = Policy(imports=frozenset(permitted))
    verdict = ask(claim(solution_imports=imports, policy=policy))
    assert (verdict.outcome, codes(verdict)) == (outcome, {"imports"} if outcome == "rejected" else set())


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_module_that_the_engine_has_not(ask):
    """A missing import of the challenge leaves the claim undecided."""
    verdict = ask(claim(imports=("Init", "Mathlib")))
    assert (verdict.outcome, verdict.rung) == ("undecided", "nothing")
    assert "Mathlib" in verdict.why


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize(
    "challenge", [STATEMENT + PROOF, "theorem t : nonsense := sorry\n", "example : 1 = 1 := sorry\n"]
)
def test_a_challenge_that_leaves_nothing_to_prove(ask, challenge):
    """Without a hole there is no claim, and what Lean said of the challenge is passed on."""
    verdict = ask(claim(challenge=challenge))
    assert verdict.outcome == "undecided"
    assert "nothing to prove" in verdict.why
    assert ("nonsense" in challenge) == ("nonsense" in verdict.why)


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize(("target", "word"), [("u", "does not declare u"), ("done", "has no `sorry`")])
def test_a_target_that_is_no_hole_of_the_challenge(ask, target, word):
    """Who asks for what the challenge does not ask has made a mistake; the solution is not to blame."""
    proved = "theorem done : True := trivial\n"
    verdict = ask(claim(proved + STATEMENT + PROOF, proved + STATEMENT + SORRY, targets=("t", target)))
    assert (verdict.outcome, word in verdict.why) == ("undecided", True)


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize(("targets", "outcome"), [(("t",), "accepted"), (None, "rejected"), (("t", "u"), "rejected")])
def test_some_of_the_holes(ask, targets, outcome):
    """What is not asked for may stay open."""
    more = "theorem u : 1 + 1 = 2" + SORRY
    verdict = ask(claim(STATEMENT + PROOF + more, STATEMENT + SORRY + more, targets=targets))
    assert verdict.outcome == outcome


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_what_the_suspect_wrote_is_not_believed(ask):
    """An artefact with a wrong proof, which the suspect's own kernel never saw, is refused by the judge's."""

    async def forged(engine, header, body, target, *, deadline):
        made = await engine.compile(header, body, target, deadline=deadline)
        target.write_bytes(target.read_bytes().replace(b"add_comm", b"mul_comm"))
        return made

    verdict = ask(claim(), suspect={"compile": forged})
    assert (verdict.outcome, verdict.rung) == ("rejected", "compiled")
    assert [(r.code, r.declaration) for r in verdict.reasons] == [("kernel", "t")]


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_kernel_that_gives_up_has_not_judged(ask):
    """Where the judge's kernel runs out of means, the claim is undecided."""

    async def weary(_engine, _imports, _lines, target, *, deadline):
        return Replay("done", target, (Refusal(("t",), "deep recursion"),))

    verdict = ask(claim(), judge={"replay": weary})
    assert (verdict.outcome, verdict.rung) == ("undecided", "compiled")
    assert "deep recursion" in verdict.why


@pytest.mark.lean
@pytest.mark.xdist_group("gate-pool")
@pytest.mark.anyio
async def test_a_bomb_is_undecided_within_its_deadline(engine_factory):
    """A proof that never ends is cut off at the deadline, and no verdict comes of it."""
    bomb = "theorem t : (List.range 100000000).foldl (· + ·) 0 = 1"
    began = time.monotonic()
    async with Pool(engine_factory, spares=0) as pool:
        verdict = await check(claim(bomb + " := by\n  decide +kernel\n", bomb + SORRY), pool, deadline=3)
    assert (verdict.outcome, verdict.rung, verdict.receipt.outcome) == ("undecided", "nothing", "undecided")
    assert "timed-out" in verdict.why
    assert time.monotonic() - began < 60


class Broken:
    """An engine whose `compile` does what it is told."""

    identity = Identity("broken", "4.28.0-pre", "0")

    def __init__(self, behaviour):
        self.behaviour = behaviour

    async def compile(self, _header, _body, target, *, deadline):
        return self.behaviour(target)

    async def replay(self, _imports, _lines, _target, *, deadline):
        raise AssertionError("there is nothing to replay")


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
    engine = Broken(BROKEN[name])
    asked = claim(targets=("t",), policy=Policy(answers=frozenset({"answer"})))
    verdict = await check(asked, Engines(engine, engine), deadline=1)
    assert (verdict.outcome, verdict.reasons, bool(verdict.why)) == ("undecided", (), True)
    assert claim_of(Evidence(receipt=verdict.receipt, challenge=asked.challenge, solution=asked.solution)) == (
        dataclasses.replace(asked, solution_imports=("Init",))
    )
    assert (verdict.receipt.outcome, verdict.receipt.targets) == ("undecided", ("t",))


@pytest.mark.anyio
async def test_a_lean_of_which_nothing_is_known_decides_nothing():
    """A version that nobody can read may have any kernel."""
    engine = Broken(BROKEN["raises"])
    engine.identity = Identity("broken", "a fork of my own", "0")
    verdict = await check(claim(), Engines(engine, engine), deadline=1)
    assert (verdict.outcome, "a fork of my own" in verdict.why) == ("undecided", True)


BROKEN_REPLAYS = {
    "died": Replay("lost", detail="it died"),
    "timed-out": Replay("timed-out", detail="the deadline passed"),
    "raises": EngineRefused("the export has no number 7"),
    "wrote-nothing": Replay("done"),
}


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize("name", BROKEN_REPLAYS)
def test_a_replay_that_fails_leaves_the_claim_undecided(ask, name):
    """Without a replay nothing is known, whatever the suspect wrote."""

    async def replay(_engine, _imports, _lines, _target, *, deadline):
        if isinstance(BROKEN_REPLAYS[name], Exception):
            raise BROKEN_REPLAYS[name]
        return BROKEN_REPLAYS[name]

    verdict = ask(claim(), judge={"replay": replay})
    assert (verdict.outcome, verdict.rung, bool(verdict.why)) == ("undecided", "compiled", True)


@pytest.mark.parametrize("seal", [None, object(), True])
def test_only_the_gate_accepts(seal):
    """Nobody else can make an accepted verdict, nor turn another one into it."""
    paper = Receipt(
        outcome="accepted",
        rung="compared",
        challenge_sha256="",
        solution_sha256="",
        deadline_seconds=1,
        made="2026-01-01T00:00:00Z",
    )
    with pytest.raises(TypeError, match="only the gate"):
        Verdict("accepted", rung="compared", receipt=paper, seal=seal)
    other = Verdict("undecided", why="?")
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(other, outcome="accepted")
    with pytest.raises(dataclasses.FrozenInstanceError):
        other.outcome = "accepted"
    assert not other.accepted
