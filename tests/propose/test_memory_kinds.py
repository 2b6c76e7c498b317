"""Kinds of tactics: what is left when names are taken out, and what a memory makes of them."""

import math

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.propose.memory.abstraction import Place
from proofagent.propose.memory.kinds import kind_at
from proofagent.propose.memory.memory import Memory, MemoryProposer
from proofagent.propose.portfolio import Portfolio

LISTS = "α : Type\nxs ys : List α\nn : Nat\nh : xs.length = n\n⊢ (xs.take n ++ ys).length = n + ys.length"
OTHERS = "β : Type\nl : List β\nk : Nat\nl' : List β\n⊢ (l.drop k ++ l').length = l.length - k + l'.length"


def state(text: str) -> ProofState:
    return ProofState(parse_goals(text))


def kind(tactic: str, text: str = LISTS) -> str | None:
    return kind_at(tactic, Place.of(state(text).main))


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("omega", "omega"),
        ("rw [h]", "rw [‹_ = _›]"),
        ("rw [← List.length_take]", "rw [← ◇]"),
        ("simp [take, List.foo, List.bar]", "simp [□, ◇]"),
        ("simp_all [List.length, List.take, List.zip]", "simp_all [□, ◇]"),
        ("apply List.length_pos", "apply ◇"),
        ("exact h.symm", "exact ‹_ = _›.symm"),
        ("(induction xs <;> simp_all; done)", "(induction ‹List!› <;> simp_all; done)"),
        (
            "(induction xs generalizing n <;> simp_all [List.take]; done)",
            "(induction ‹List!› generalizing ‹Nat!› <;> simp_all [□]; done)",
        ),
        ("cases n with | zero => ?_ | succ m => ?_", "cases ‹Nat!› with | zero => ?_ | succ _ => ?_"),
        ("unfold List.take", "unfold □"),
    ],
)
def test_a_kind_has_no_names(tactic, expected):
    """Hypotheses are told by their shapes, constants by whether the target names them."""
    assert kind(tactic) == expected


@pytest.mark.parametrize("tactic", ["/- no end", '"', "x" * 3_000])
def test_what_cannot_be_read_has_no_kind(tactic):
    """It is no error."""
    assert kind(tactic) is None


@given(st.text(max_size=60))
def test_a_kind_is_a_text_or_none(tactic):
    """Nothing that is proposed makes it fail, and kinds are written in one line."""
    found = kind(tactic)
    assert found is None or found == " ".join(found.split())


def test_renaming_changes_no_kind():
    """Kinds are equal at states that differ in names."""
    renamed = LISTS.replace("xs", "as").replace("ys", "bs").replace("n ", "m ").replace("h :", "e :")
    assert kind("rw [h] at *") == kind("rw [e] at *", renamed)
    assert kind("(cases xs <;> simp [h])") == kind("(cases as <;> simp [e])", renamed)


class Saying:
    """Proposes some tactics in two waves."""

    waves = (1.0, 2.0)

    def __init__(self, *tactics: str) -> None:
        self._tactics = tactics

    async def propose(self, query: Query) -> list[Candidate]:
        half = len(self._tactics) // 2
        part = self._tactics[:half] if query.wave == 0 else self._tactics[half:]
        return [Candidate(tactic, -3.0, "others") for tactic in part]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Nothing is learned."""


def taught(*tactics: str, text: str = LISTS) -> Memory:
    memory = Memory()
    for number, tactic in enumerate(tactics):
        graph = ProofGraph(state(text))
        graph.add_step(0, tactic, ())
        memory.remember(graph, Goal(f"t{number}", "theorem t"))
    return memory


def asked(memory: Memory, *others, text: str = OTHERS, **options) -> list[Candidate]:
    proposer = MemoryProposer(memory, others, near=1.1)
    return anyio.run(proposer.propose, Query(Goal("u", "theorem u"), state(text), wave=1, **options))


def test_what_others_propose_late_comes_first_where_its_kind_helped():
    """Of all their waves, with the names and constants of this state; what is of no such kind is left to them."""
    memory = taught("(induction xs <;> simp_all [List.take]; done)", "simp_all [List.take]")
    others = Saying(
        "decide", "exfalso", "simp_all [List.drop]", "(induction l <;> simp_all [List.drop]; done)", "aesop"
    )
    found = asked(memory, others)
    assert {c.tactic for c in found} == {"simp_all [List.drop]", "(induction l <;> simp_all [List.drop]; done)"}
    assert all(c.origin == "others" and math.log(0.02) <= c.log_prior < 0 for c in found)


def test_the_kind_that_helped_most_is_the_first():
    """And it is the likelier one."""
    memory = taught("simp_all [List.take]", "rw [h]", text=LISTS)
    for n in range(3):
        graph = ProofGraph(state(LISTS.replace("+ ys.length", f"+ ys.length + {n}")))
        graph.add_step(0, "rw [h]", ())
        memory.remember(graph, Goal(f"more{n}", "theorem t"))
    late = state("β : Type\nl : List β\ne : l.length = 3\n⊢ (l.drop 1).length = 2")
    proposer = MemoryProposer(memory, [Saying("simp_all [List.drop]", "rw [e]")], near=1.1)
    first, second = anyio.run(proposer.propose, Query(Goal("u", "theorem u"), late, wave=1))
    assert (first.tactic, second.tactic) == ("rw [e]", "simp_all [List.drop]")
    assert first.log_prior > second.log_prior


def test_nothing_is_proposed_that_nobody_would_propose():
    """Far neighbours change the order only."""
    memory = taught("(induction xs <;> simp_all [List.take]; done)", "exact List.foo xs ys")
    everything = Portfolio()
    query = Query(Goal("u", "theorem u"), state(OTHERS))

    async def ask() -> tuple[set[str], list[str]]:
        all_ = {c.tactic for wave in range(6) for c in await everything.propose(Query(query.goal, query.state, wave))}
        return all_, [c.tactic for c in await MemoryProposer(memory, [everything], near=1.1).propose(query)]

    known, found = anyio.run(ask)
    assert found
    assert known.issuperset(found)


def test_what_failed_stays_failed():
    """Others leave out what failed at this state, and so does the memory."""
    memory = taught("simp_all [List.take]")
    query = {"failures": {"simp_all [List.drop]": "no"}}

    class Honest(Saying):
        async def propose(self, query: Query) -> list[Candidate]:
            return [c for c in await super().propose(query) if c.tactic not in query.failures]

    assert asked(memory, Honest("simp_all [List.drop]", "simp_all [List.length]"), **query)[0].tactic == (
        "simp_all [List.length]"
    )
