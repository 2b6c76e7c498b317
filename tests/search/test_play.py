"""Blocks of tactics played step by step: on the toy prover in a search, and on tables of goals. No Lean."""

from collections.abc import Mapping, Sequence

import anyio
import pytest

from proofagent.proof.graph import ROOT, Frame
from proofagent.proof.script import holes, render
from proofagent.propose.base import Candidate, Query
from proofagent.propose.blocks import has_hole, steps
from proofagent.search.loop import search
from proofagent.search.play import play
from proofagent.search.prover import TacticResult
from proofagent.search.settings import SearchResult
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver, check
from proofagent.types import Budget


class Blocks(ToyProposer):
    """Proposes `block` at the root, and in later waves the usual steps everywhere where there are any."""

    def __init__(self, block: str, *usual: str) -> None:
        super().__init__(((), usual))
        self.block = block

    async def propose(self, query: Query) -> list[Candidate]:
        found = await super().propose(query)
        first = query.wave == 0 and not query.path
        return [Candidate(self.block, block=True, origin="block"), *found] if first else found


def run(prover: ToyProver, block: str, *usual: str) -> SearchResult:
    """The search with `block`; whatever it says, no toy goal is called proved that is not."""

    async def main() -> SearchResult:
        return await search(
            TOY_GOAL,
            prover,
            Blocks(block, *usual),
            Budget(seconds=30.0, candidates=500),
            observe=lambda graph, _: graph.check(),
            clock=ToyClock(),
        )

    result = anyio.run(main)
    result.graph.check()
    assert (result.end == "complete") == (holes(result.script) == 0)
    return result


def targets(result: SearchResult, status: str) -> set[str]:
    """What is to be shown at the goals of this status."""
    return {node.state.main.target for node in result.graph.goals.values() if node.status == status}


def taken(result: SearchResult) -> list[tuple[str, str]]:
    """The steps, each with the target that it was taken at, in their order."""
    goals = result.graph.goals
    return [(goals[step.goal].state.main.target, step.tactic) for step in result.graph.steps.values()]


def test_a_block_that_works_as_a_whole_is_one_step() -> None:
    """It is given to the prover once, and not cut."""
    prover = ToyProver(4)
    result = run(prover, "halve\nhalve\ndone")
    assert result.end == "complete"
    assert prover.applied == ["halve\nhalve\ndone"]
    assert [step.tactic for step in result.graph.steps.values()] == ["halve\nhalve\ndone"]


def test_a_block_that_fails_as_a_whole_is_taken_step_by_step() -> None:
    """In its order, the whole of it first; what comes before the step that fails is kept."""
    prover = ToyProver(12)
    result = run(prover, "halve\nhalve\nhalve\ndone")
    assert prover.applied == ["halve\nhalve\nhalve\ndone", "halve", "halve", "halve"]
    assert taken(result) == [("12", "halve"), ("6", "halve")]
    assert "halve\nhalve\nhalve\ndone" in result.graph.root.failures
    assert result.end == "exhausted"


def test_the_search_goes_on_where_a_block_broke_off() -> None:
    """From the goal that its last good step left."""
    result = run(ToyProver(12), "halve\nhalve\nhalve\ndone", "dec", "done")
    assert result.end == "complete"
    assert render(result.script) == "halve\nhalve\ndec\ndec\ndone"
    assert check(12, result.script)


def test_a_hole_becomes_a_goal() -> None:
    """What the block leaves to prove is left to the search, and the rest of it is not asked for again."""
    prover = ToyProver(9)
    result = run(prover, "split 5 4\n· sorry\n· halve\n  halve\n  done", "dec", "done")
    assert taken(result)[:4] == [("9", "split 5 4"), ("4", "halve"), ("2", "halve"), ("1", "done")]
    assert result.end == "complete"
    assert check(9, result.script)


@pytest.mark.parametrize(
    "block",
    [
        *("sorry", "(sorry)", "exact sorry", "· sorry", "next => sorry", "next h => sorry", "case part0 => sorry"),
        *("all_goals sorry", "try sorry", "halve\nsorry", "halve\n(sorry)", "halve\n· sorry", "halve <;> sorry"),
        *("sorry <;> done", "sorry\n<;> done", "halve; sorry", "case x | y => sorry", "have h : P := by sorry\ndone"),
        *("split 3 1\n· sorry\n· done", "split 3 1\ncase part0 =>\n  dec\n  sorry\ncase part1 => sorry", "admit"),
        *(
            "-- sorry",
            "/- sorry -/",
            "halve -- sorry",
            "·",
            "· done\n· sorry",
            "cases h with\n| a => sorry\n| b => sorry",
        ),
    ],
    ids=lambda block: block.replace("\n", "⏎"),
)
def test_a_sorry_never_counts_as_a_proof(block: str) -> None:
    """Not even with a prover that calls a goal closed when it is only admitted, as Lean does."""
    prover = Admitting(4)
    result = run(prover, block)
    assert result.end == "exhausted"
    assert targets(result, "proved") <= {"1"}
    assert not any(has_hole(step.tactic) for step in result.graph.steps.values())
    assert not any(has_hole(tactic) for tactic in prover.applied if tactic != block)
    found = run(Admitting(4), block, "halve", "dec", "done")
    assert found.end == "complete"
    assert check(4, found.script)


class Admitting(ToyProver):
    """As Lean: a `sorry` closes whatever it stands for."""

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        if "sorry" in tactic:
            self.applied.append(tactic)
            return TacticResult("ok")
        return await super().apply(frame, tactic, deadline=deadline)


@pytest.mark.parametrize("tactic", ["· done", "sorry", "·", " done", "done\n", "sorry\ndone", "· done\n· done", ""])
def test_the_toy_prover_refuses_what_is_no_step(tactic: str) -> None:
    """As an error of the candidate: the frame that it was given was right."""
    result = run(ToyProver(1), tactic)
    assert result.end == ("complete" if "done" in tactic and "sorry" not in tactic else "exhausted")

    async def main() -> TacticResult:
        return await ToyProver(1).apply(result.graph.frame(ROOT), tactic, deadline=1.0)

    assert anyio.run(main).status == "error"


def test_a_broken_frame_is_still_a_bug() -> None:
    """Of the caller, whatever the candidate."""

    async def main() -> TacticResult:
        return await ToyProver(1).apply(Frame("  · ", "", 0), "done", deadline=1.0)

    with pytest.raises(AssertionError):
        anyio.run(main)


def test_cases_are_played_at_the_goals_that_they_name() -> None:
    """In any order, and a step behind them has what is left."""
    result = run(ToyProver(9), "split 2 4 3\ncase part2 => sorry\ncase part1 =>\n  halve\n  sorry\nhalve\ndone", "none")
    assert taken(result) == [("9", "split 2 4 3"), ("4", "halve"), ("2", "halve"), ("1", "done")]
    assert targets(result, "open") | targets(result, "failed") == {"9", "3"}


def test_the_lines_of_a_join_are_one_step() -> None:
    """A `<;>` below its tactic is no step of its own; here it fails with it."""
    prover = ToyProver(6)
    run(prover, "halve\ndec\n<;> done")
    assert prover.applied == ["halve\ndec\n<;> done", "halve", "dec\n  <;> done"]


class Table:
    """Goals by number, with what each tactic leaves of them; everything else fails. Goal 0 is the first."""

    def __init__(self, rules: Mapping[tuple[int, str], Sequence[int]], tags: Mapping[int, str] | None = None) -> None:
        self.rules, self.tags = rules, tags or {}
        self.taken: list[tuple[int, str]] = []

    async def take(self, goal: int, tactic: str) -> tuple[int, ...] | None:
        self.taken.append((goal, tactic))
        found = self.rules.get((goal, tactic))
        return None if found is None else tuple(found)

    def play(self, block: str, *goals: int) -> bool:
        async def main() -> bool:
            return await play(steps(block), goals or (0,), self.take, lambda goal: self.tags.get(goal, ""))

        return anyio.run(main)


def test_a_claim_leaves_the_goal_that_goes_on_first() -> None:
    """Its proof is played on the goal behind, and what follows it on the goal before."""
    table = Table({(0, "have h : P := ?_"): [1, 2], (2, "intro x"): [3], (3, "simp"): [], (1, "exact h"): []})
    assert table.play("have h : P := by\n  intro x\n  simp\nexact h")
    assert table.taken == [(0, "have h : P := ?_"), (2, "intro x"), (3, "simp"), (1, "exact h")]


def test_claims_inside_of_claims_keep_their_goals_apart() -> None:
    """Each `have` is proved at its own goal, be there holes or not."""
    rules = {(0, "have a : P := ?_"): [1, 2], (2, "have b : Q := ?_"): [3, 4], (4, "simp"): [], (3, "exact b"): []}
    table = Table({**rules, (1, "exact a"): []})
    assert table.play("have a : P := by\n  have b : Q := by\n    simp\n  exact b\nexact a")
    assert [goal for goal, _ in table.taken] == [0, 2, 4, 3, 1]
    open_ = Table(rules)
    assert open_.play("have a : P := by\n  have b : Q := sorry\n  sorry\nsorry")
    assert open_.taken == [(0, "have a : P := ?_"), (2, "have b : Q := ?_")]


def test_a_claim_whose_proof_fails_does_not_stop_what_follows() -> None:
    """The goal of the proof stays open; the block did not work as a whole."""
    table = Table({(0, "have h : P := ?_"): [1, 2], (1, "exact h"): []})
    assert not table.play("have h : P := by\n  intro x\n  simp\nexact h")
    assert table.taken == [(0, "have h : P := ?_"), (2, "intro x"), (1, "exact h")]


def test_a_claim_that_cannot_be_opened_is_taken_as_it_is() -> None:
    """Unless it admits: then the play ends there."""
    text = "have h : P := by\n  intro x\n  simp"
    table = Table({(0, text): [1], (1, "exact h"): []})
    assert table.play(f"{text}\nexact h")
    assert table.taken == [(0, "have h : P := ?_"), (0, text), (1, "exact h")]
    admitting = Table({(0, "have h : P := by\n  sorry"): [1], (1, "exact h"): []})
    assert not admitting.play("have h : P := by\n  sorry\nexact h")
    assert admitting.taken == [(0, "have h : P := ?_")]


def test_the_cases_of_an_induction_are_played_in_their_order() -> None:
    """Each at its goal; one that fails does not keep the next from being played."""
    block = "induction n with\n| zero => simp\n| succ n ih =>\n  rw [ih]\n  omega"
    opened = "induction n with\n  | zero => ?_\n  | succ n ih => ?_"
    rules = {(0, opened): [1, 2], (1, "simp"): [], (2, "rw [ih]"): [3], (3, "omega"): []}
    table = Table(rules)
    assert table.play(block)
    assert table.taken == [(0, opened), (1, "simp"), (2, "rw [ih]"), (3, "omega")]
    table = Table({key: rules[key] for key in rules if key != (1, "simp")})
    assert not table.play(block)
    assert [goal for goal, _ in table.taken] == [0, 1, 2, 3]


def test_a_case_with_names_gives_them_to_the_goal_that_it_names() -> None:
    """By a step of its own; without names, by one that changes nothing."""
    table = Table({(2, "rename_i x"): [3], (3, "simp"): [], (1, "skip"): [1], (1, "rfl"): []}, {1: "inl", 2: "h.inr"})
    assert table.play("case inr x =>\n  simp\n  sorry\ncase inl =>\n  rfl\n  sorry", 1, 2)
    assert table.taken == [(2, "rename_i x"), (3, "simp"), (1, "skip"), (1, "rfl")]


def test_a_step_acts_on_the_first_goal_and_a_bullet_closes_it() -> None:
    """As in Lean; goals behind it wait, also those that a bullet did not close."""
    table = Table({(0, "constructor"): [1, 2, 3], (1, "simp"): [4], (2, "omega"): [], (3, "rfl"): []})
    assert table.play("constructor\n· simp\nomega\nrfl")
    assert table.taken == [(0, "constructor"), (1, "simp"), (2, "omega"), (3, "rfl")]


def test_a_bullet_that_fails_does_not_stop_the_next() -> None:
    """A step outside of a bullet does."""
    table = Table({(0, "constructor"): [1, 2], (2, "omega"): []})
    assert not table.play("constructor\n· simp\n  rfl\n· omega")
    assert table.taken == [(0, "constructor"), (1, "simp"), (2, "omega")]
    table = Table({(0, "constructor"): [1, 2], (2, "omega"): []})
    assert not table.play("constructor\nsimp\nomega")
    assert table.taken == [(0, "constructor"), (1, "simp")]


def test_steps_behind_the_last_goal_are_not_taken() -> None:
    """There is nothing that they could be taken at."""
    table = Table({(0, "simp"): []})
    assert table.play("simp\nomega\n· rfl\nsorry")
    assert table.taken == [(0, "simp")]
