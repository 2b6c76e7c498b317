"""The search loop on toy problems: budgets, garbage, harvesting, workers. No Lean."""

import time
from collections.abc import Sequence

import anyio
import pytest

from proofagent.errors import EngineLost
from proofagent.proof.graph import ROOT, Frame
from proofagent.proof.script import holes, normalized, render
from proofagent.proof.state import ProofState
from proofagent.propose.base import Candidate, Query
from proofagent.search.best_first import by_rank
from proofagent.search.loop import search
from proofagent.search.prover import TacticResult
from proofagent.search.settings import SearchResult, Settings, Tried
from proofagent.search.suggestions import suggestions
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver, check
from proofagent.types import Budget

USUAL = (("done", "halve"), ("dec",))


def run(prover, proposer, budget: Budget | None = None, **options) -> SearchResult:
    clock, observe = options.pop("clock", ToyClock()), options.pop("observe", lambda graph, _: graph.check())

    async def main() -> SearchResult:
        return await search(
            TOY_GOAL,
            prover,
            proposer,
            budget or Budget(seconds=30.0, candidates=2_000),
            settings=Settings(**options),
            observe=observe,
            clock=clock,
        )

    result = anyio.run(main)
    result.graph.check()
    assert (result.end == "complete") == (result.graph.root.status == "proved") == (holes(result.script) == 0)
    return result


def test_a_proof_is_found_and_holds() -> None:
    """The script of a complete search replays from the start to nothing left."""
    result = run(ToyProver(12), ToyProposer(USUAL))
    assert result.end == "complete"
    assert check(12, result.script)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("most", [1, 2, 7, 20])
def test_the_candidates_are_counted_and_bounded(most: int, workers: int) -> None:
    """No more tactics reach the prover than the budget has, with any number of workers."""
    prover = ToyProver(9_973)
    result = run(prover, ToyProposer(USUAL), Budget(candidates=most), workers=workers)
    assert result.end == "out-of-candidates"
    assert result.spent.candidates == len(prover.applied) == most


def test_the_time_is_kept() -> None:
    """Candidates get what is left of the time; none is started after it."""
    clock = ToyClock()
    prover = ToyProver(9_973, seconds=0.4, clock=clock)
    result = run(prover, ToyProposer(USUAL), Budget(seconds=3.0), clock=clock)
    assert result.end == "out-of-time"
    assert result.spent.seconds <= 3.0 + 1e-9
    assert result.spent.timeouts <= 1
    assert len(prover.applied) == 8


class Sleeper(ToyProposer):
    async def propose(self, query: Query) -> list[Candidate]:
        await anyio.sleep(60)
        return []


def test_a_proposer_that_does_not_answer_cannot_outlast_the_time() -> None:
    """The end comes with the budget, not with the answer."""
    began = time.monotonic()
    result = run(ToyProver(4), Sleeper(USUAL), Budget(seconds=0.2), clock=time.monotonic, workers=2)
    assert result.end == "out-of-time"
    assert time.monotonic() - began < 20


class Parrot(ToyProposer):
    async def propose(self, query: Query) -> list[Candidate]:
        return [Candidate("dec"), Candidate("nonsense"), Candidate("dec ")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_proposer_that_repeats_itself_comes_to_an_end(workers: int) -> None:
    """A wave with nothing new is an empty wave."""
    prover = ToyProver(3)
    assert run(prover, Parrot(USUAL), workers=workers).end == "exhausted"
    assert sorted(prover.applied) == sorted(["dec", "nonsense"] * 3)


def test_nothing_to_propose_is_exhausted() -> None:
    """A goal without candidates fails, and the root with it."""
    result = run(ToyProver(3), ToyProposer(((), ())))
    assert (result.end, result.spent.candidates) == ("exhausted", 0)
    assert result.graph.root.status == "failed"


def test_banned_pairs_are_not_used() -> None:
    """A tactic that is banned at a state is left alone there and free elsewhere."""
    first = run(ToyProver(4), ToyProposer(USUAL))
    assert render(first.script) == "halve\nhalve\ndone"
    banned = frozenset({(first.graph.root.state.key, "halve")})
    prover = ToyProver(4)
    second = run(prover, ToyProposer(USUAL), banned=banned)
    assert render(second.script).startswith("dec")
    assert check(4, second.script)
    assert not any(step.tactic == "halve" for step in second.graph.steps_of(ROOT))
    keys = {node.state.key for node in first.graph.goals.values()}
    assert run(ToyProver(4), ToyProposer((("halve", "done"),)), banned=frozenset((k, "halve") for k in keys)).end == (
        "exhausted"
    )


class Admitting(ToyProver):
    """As Lean: calls a goal closed when it is only admitted."""

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        if any(word in tactic for word in ("sorry", "admit", "stop")):
            self.applied.append(tactic)
            return TacticResult("ok")
        return await super().apply(frame, tactic, deadline=deadline)


GARBAGE = [
    "",
    " ",
    "\n",
    "sorry",
    " sorry\n",
    "sorry\n  done",
    "exact sorry",
    "exact (sorryAx _)",
    "admit",
    "stop",
    "stop\n  done",
    "· done",
    "·",
    "done\x00",
    "\x00",
    "\x1a",
    "done -- \x1a",
    "a\tb",
    "\ud800",
    "x" * 100_000,
    "y\n" * 50_000,
    "toy_probe",
    "done\ntoy_probe",
    "split\n· done\n· done",
    "/- open",
    '"',
    "‹›∀\u202e",
]


@pytest.mark.parametrize("workers", [1, 2])
def test_garbage_is_only_failed_candidates(workers: int) -> None:
    """Whatever a proposer emits, the loop neither crashes nor calls an unproved goal complete."""
    prover = Admitting(6)
    result = run(prover, ToyProposer((GARBAGE, ("trap", *GARBAGE))), workers=workers)
    assert result.end == "exhausted"
    assert not any("sorry" in t or "admit" in t or "stop" in t or "\x00" in t for t in prover.applied)
    assert all(normalized(t) == t for t in prover.applied)
    found = run(Admitting(6), ToyProposer((GARBAGE, ("halve", "dec", "done"))), workers=workers)
    assert found.end == "complete"
    assert check(6, found.script)


def test_failed_timed_out_and_lost_candidates_are_values() -> None:
    """They are recorded with their reason and counted; the search goes on."""
    result = run(ToyProver(2), ToyProposer((("hang", "crash", "nonsense", "halve", "done"),)))
    assert result.end == "complete"
    assert set(result.graph.root.failures) == {"hang", "crash", "nonsense", "done"}
    assert (result.spent.timeouts, result.spent.engines_lost) == (2, 2)


class Broken(ToyProver):
    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        raise EngineLost("no engine can be started")


@pytest.mark.parametrize("workers", [1, 2])
def test_broken_machinery_is_an_exception_of_ours(workers: int) -> None:
    """Where no engine can be had the search raises that error itself, not a group of it."""
    with pytest.raises(EngineLost, match="no engine"):
        run(Broken(4), ToyProposer(USUAL), workers=workers)


def test_harvested_tactics_replace_the_one_that_found_them() -> None:
    """`try?` is no step; what it proposed is tried next, in its place."""
    tried: list[str] = []
    proposer = ToyProposer((("try?", "dec"),))
    result = run(ToyProver(8), proposer, observe=lambda _, t: tried.append(t.candidate.tactic))
    assert tried[:2] == ["try?", "halve"]
    assert check(8, result.script)
    assert not any(step.tactic == "try?" for step in result.graph.steps.values())
    assert result.graph.steps[0].origin == "suggested by try?"


def test_the_observer_sees_every_candidate() -> None:
    """One call a candidate that reached the prover, in order, with the step where there is one."""
    seen: list[Tried] = []
    prover, proposer = ToyProver(6), ToyProposer((("done", "hang", "halve"), ("dec", "split")))
    result = run(prover, proposer, observe=lambda _, tried: seen.append(tried))
    assert [t.candidate.tactic for t in seen] == prover.applied
    assert len(seen) == result.spent.candidates
    assert [t.step.id for t in seen if t.step] == sorted(result.graph.steps)
    assert proposer.heard == [(t.candidate.tactic, t.step is not None) for t in seen]


def test_goals_that_share_a_metavariable_are_worked_on_together() -> None:
    """They are one node until it is assigned; then they are independent."""
    result = run(ToyProver(9), ToyProposer((("done", "share"), ("swap", "pick 4"), ("halve", "dec"))))
    shared = [node for node in result.graph.goals.values() if node.state.coupled]
    assert shared
    assert all(len(node.state.goals) == 2 for node in shared)
    assert result.end == "complete"


@pytest.mark.parametrize("workers", [2, 3])
def test_no_worker_gives_up_while_another_has_candidates(workers: int) -> None:
    """With one goal in hand elsewhere, an empty frontier is no end: the slow candidate leads to the proof."""
    prover = ToyProver(4, delays={"halve": 0.05})
    result = run(prover, ToyProposer((("halve", "done"), (), ())), clock=time.monotonic, workers=workers)
    assert result.end == "complete"
    assert check(4, result.script)


@pytest.mark.parametrize("slow", ["halve", "dec", "split", "trap"])
def test_workers_lose_no_goal(slow: str) -> None:
    """However long which tactic takes, three workers try all that one worker tries before it is exhausted."""
    lists = (("halve", "trap"), ("dec", "split"))
    one, three = ToyProver(10), ToyProver(10, delays={slow: 0.003})
    first = run(one, ToyProposer(lists))
    second = run(three, ToyProposer(lists), workers=3)
    assert (first.end, second.end) == ("exhausted", "exhausted")
    assert {n.state.key for n in first.graph.goals.values()} == {n.state.key for n in second.graph.goals.values()}
    assert three.most_running > 1


def test_a_goal_that_becomes_useful_again_is_worked_on() -> None:
    """Its first step failed with a sibling and its turn was passed over; a new way to it brings it back."""

    class Rare(ToyProposer):
        async def propose(self, query: Query) -> list[Candidate]:
            self.asked.append((query.state.key, query.wave))
            table = {
                ("⊢ 9", 0): ["split 5 4"],
                ("⊢ 9", 1): ["dec"],
                ("⊢ 5", 0): [],
                ("⊢ 5", 1): [],
                ("⊢ 8", 0): ["halve"],
                ("⊢ 4", 2): ["halve"],
                ("⊢ 2", 0): ["halve"],
                ("⊢ 1", 0): ["done"],
            }
            return [Candidate(t) for t in table.get((query.state.key, query.wave), [])]

    def rank(graph, entry) -> tuple[float]:
        # 5 first, so that 4 is passed over while it is of no use.
        return ({"⊢ 5": 9.0, "⊢ 4": 5.0}.get(graph.goals[entry.goal].state.key, 1.0) - entry.penalty,)

    for workers in (1, 2):
        result = run(ToyProver(9), Rare(((),) * 3), strategy=by_rank(rank), workers=workers)
        assert result.end == "complete"
        assert render(result.script) == "dec\nhalve\nhalve\nhalve\ndone"


class Late(ToyProver):
    """Answers after the deadline of the search, as an engine may that was nearly done."""

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        await anyio.sleep(1.1)
        return await super().apply(frame, tactic, deadline=deadline)


def test_a_proof_at_the_last_moment_counts() -> None:
    """A candidate in flight when the time ends gets a moment, and its proof is not thrown away."""
    result = run(Late(1), ToyProposer((("done",),)), Budget(seconds=1.0), clock=time.monotonic)
    assert result.end == "complete"


def test_start_errors_pass_through() -> None:
    """What the prover raises at the start is raised as it is."""

    class Unstartable(ToyProver):
        async def start(self) -> ProofState:
            raise EngineLost("no start")

    with pytest.raises(EngineLost, match="no start"):
        run(Unstartable(1), ToyProposer(USUAL))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["Try this: exact h"], ("exact h",)),
        (["Try this:\n  [apply] simp only [foo]"], ("simp only [foo]",)),
        (["Try these:\n  [apply] exact a\n  [apply] simp;\n    omega"], ("exact a", "simp;\n    omega")),
        (["Try these:\n• exact a\n• exact b"], ("exact a", "exact b")),
        (["Try this: refine f ?_\n-- Remaining subgoals:\n-- ⊢ P"], ("refine f ?_",)),
        (["nothing", "Try this: "], ()),
        (["Try this: a", "Try this: a"], ("a",)),
    ],
)
def test_suggestions_of_lean_are_read(texts: Sequence[str], found: tuple[str, ...]) -> None:
    """Each wording of "Try this", without remarks and repetitions."""
    from proofagent.lean.engine import Message, Position

    at = Position(1, 0)
    assert suggestions(Message("info", text, at, at) for text in texts) == found
    assert suggestions(Message("error", text, at, at) for text in texts) == ()
