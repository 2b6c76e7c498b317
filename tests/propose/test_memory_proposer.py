"""What is remembered of proofs, and what is proposed from it."""

import math

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import normalized, tactics
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Proposer, Query
from proofagent.propose.content import refusal
from proofagent.propose.memory.abstraction import Abstract
from proofagent.propose.memory.features import features, similarity, weight
from proofagent.propose.memory.index import Index
from proofagent.propose.memory.memory import Memory, MemoryProposer
from proofagent.propose.memory.steps import MemoryStep, proof_steps, remembered
from proofagent.propose.memory.store import Row, Store
from proofagent.propose.portfolio import Portfolio

GOAL = Goal("t", "theorem t")
OTHER = Goal("u", "theorem u")


def state(text: str) -> ProofState:
    return ProofState(parse_goals(text))


ADDING = state("a : Nat\nh : 0 < a\n⊢ a + 0 = a")
SIMILAR = state("n : Nat\nxs : List Nat\n⊢ n + 0 = n")
LESS_SIMILAR = state("a b : Nat\n⊢ a * b < 3 ∨ a + 1 = b")


def proved(*steps: tuple[ProofState, str], goal: Goal = GOAL, memory: Memory | None = None) -> Memory:
    """A memory of proofs of one step each."""
    memory = Memory() if memory is None else memory
    for at, tactic in steps:
        graph = ProofGraph(at)
        graph.add_step(0, tactic, ())
        memory.remember(graph, goal)
    return memory


def asked(memory: Memory | MemoryProposer, at: ProofState, goal: Goal = OTHER, **options) -> list[Candidate]:
    proposer = memory if isinstance(memory, MemoryProposer) else MemoryProposer(memory)
    return anyio.run(proposer.propose, Query(goal, at, **{"wave": 1, **options}))


def texts(*args, **options) -> list[str]:
    return [candidate.tactic for candidate in asked(*args, **options)]


def test_an_empty_memory_proposes_nothing():
    """There is nothing to be near to."""
    assert asked(Memory(), ADDING) == []


def test_it_is_a_proposer():
    """It keeps the protocol: waves from cheap to dear, candidates with priors, nothing after the last wave."""
    proposer: Proposer = MemoryProposer(proved((ADDING, "exact Nat.add_zero a")))
    assert list(proposer.waves) == [-0.05, 0.35]
    for candidate in anyio.run(proposer.propose, Query(GOAL, SIMILAR, wave=1)):
        assert normalized(candidate.tactic) == candidate.tactic
        assert candidate.origin == "memory"
        assert math.log(0.02) <= candidate.log_prior < 0
    assert anyio.run(proposer.propose, Query(GOAL, SIMILAR, wave=2)) == []


def test_what_proved_a_state_is_proposed_at_a_similar_one():
    """With the names that are there now."""
    assert texts(proved((ADDING, "exact Nat.add_zero a")), SIMILAR) == ["exact Nat.add_zero n"]


def test_the_tactic_of_the_nearest_state_comes_first():
    """Similarity decides, and the likelihood says so."""
    memory = proved((ADDING, "exact Nat.add_zero a"), (LESS_SIMILAR, "exact foo"))
    first, second = asked(MemoryProposer(memory, near=0.0), SIMILAR)
    assert (first.tactic, second.tactic) == ("exact Nat.add_zero n", "exact foo")
    assert first.log_prior > second.log_prior


def test_states_that_are_not_near_say_nothing():
    """What is remembered of another kind of goal costs no time here."""
    assert asked(proved((LESS_SIMILAR, "exact foo")), SIMILAR) == []


def test_many_votes_count_more_than_one():
    """Of states that are alike the tactic that helped most of them is the first."""
    steps = [(state(f"a : Nat\n⊢ a + {n} = {n} + a"), "foo" if n == 5 else "bar") for n in range(3, 9)]
    assert texts(proved(*steps), state("k : Nat\n⊢ k + 9 = 9 + k")) == ["bar", "foo"]


def test_what_is_proved_in_a_run_is_known_in_it():
    """A proposer that was there before knows what the memory learns."""
    memory = Memory()
    proposer = MemoryProposer(memory)
    assert texts(proposer, SIMILAR) == []
    proved((ADDING, "exact Nat.add_zero a"), memory=memory)
    assert texts(proposer, SIMILAR) == ["exact Nat.add_zero n"]


def test_what_is_nearly_sure_comes_before_all_else():
    """At a state that looks the same, but not at one that is only similar."""
    memory = proved((ADDING, "exact Nat.add_zero a"))
    same = state("k : Nat\nh : 0 < k\n⊢ k + 0 = k")
    assert texts(memory, same, wave=0) == ["exact Nat.add_zero k"]
    far = state("k m : Nat\nh : m < 3 ∧ k = 0\n⊢ k + 0 = m ∨ k = 5")
    assert texts(memory, far, wave=0) == []
    assert texts(MemoryProposer(memory, near=0.0), far)


def test_where_closers_did_nothing_stronger_is_sure():
    """A closer that proved similar states comes first itself; after the closers it is not proposed again."""
    same = state("k : Nat\nh : 0 < k\n⊢ k + 0 = k")
    memory = proved(*((ADDING, tactic) for tactic in ("omega", "exact foo a")))
    for number in range(5):
        proved((state(f"a : Nat\nh : {number} < a\n⊢ a + 0 = a"), "omega"), memory=memory)
    proposer = MemoryProposer(memory, [Portfolio()])
    assert texts(proposer, same, wave=0)[:1] == ["omega"]
    assert not {"omega", "simp"} & set(texts(proposer, same))


def test_what_failed_here_is_not_proposed():
    """Failures are left out and do not take places."""
    steps = [(ADDING, f"foo{n}") for n in range(30)]
    failures = {f"foo{n}": "no" for n in range(25)}
    assert texts(proved(*steps), SIMILAR, failures=failures) == [f"foo{n}" for n in range(29, 24, -1)]


def test_at_most_five_come_in_an_order_that_repeats():
    """The order is the same in every run."""
    steps = [(state(f"a b : Nat\nh : a = b\n⊢ a + {n % 7} = f{n % 3} b"), f"foo{n % 20} h") for n in range(60)]
    found = asked(proved(*steps), state("x y z : Nat\ne : x = y\ne' : y = z\n⊢ x + 3 = f1 z"))
    assert len(found) == 5
    assert found == asked(proved(*steps), state("x y z : Nat\ne : x = y\ne' : y = z\n⊢ x + 3 = f1 z"))
    assert [c.log_prior for c in found] == sorted((c.log_prior for c in found), reverse=True)


def test_what_works_in_the_run_comes_first():
    """Lean's answers to candidates of the memory count, those to others do not."""
    proposer = MemoryProposer(proved((ADDING, "foo a"), (ADDING, "bar a")))
    first, second = asked(proposer, SIMILAR)
    for _ in range(3):
        proposer.learn(first, worked=False)
        proposer.learn(second, worked=True)
        proposer.learn(Candidate("omega", 0.0, "closer"), worked=False)
    assert texts(proposer, SIMILAR) == [second.tactic, first.tactic]


def test_what_was_learned_is_saved_for_other_runs(tmp_path):
    """Counts are in the file after `save`, once."""
    memory = proved((ADDING, "foo a"), memory=Memory.open(tmp_path / "m"))
    proposer = MemoryProposer(memory)
    proposer.learn(asked(proposer, SIMILAR)[0], worked=True)
    memory.save()
    memory.save()
    assert [(row.uses, row.successes) for row in Store(tmp_path / "m").rows()] == [(1, 1)]


def test_another_process_is_heard_after_a_refresh(tmp_path):
    """Two memories share a file; each row is there once."""
    here, there = Memory.open(tmp_path / "m"), Memory.open(tmp_path / "m")
    proved((ADDING, "exact Nat.add_zero a"), memory=there)
    assert texts(here, SIMILAR) == []
    assert here.refresh() == 1
    assert here.refresh() == there.refresh() == 0
    assert texts(here, SIMILAR) == ["exact Nat.add_zero n"]
    assert Memory.open(tmp_path / "m").rows == 1


def test_the_same_proof_twice_counts_once():
    """A goal that is proved again teaches nothing new."""
    memory = proved((ADDING, "foo"))
    assert proved((ADDING, "foo"), memory=memory).rows == 1
    assert proved((ADDING, "bar"), memory=memory).rows == 2


@pytest.mark.parametrize(
    "tactic",
    [
        *("exact sorry", "native_decide", "simp; end Foo", "run_tac x", "simp?", "exact \ud800", "foo /- open"),
        *("x" * 3000, "intro n h", "intros"),
    ],
)
def test_what_may_not_be_tried_is_not_remembered(tactic):
    """Refused by `content.refusal`, advice instead of a step, too long, or of no use elsewhere."""
    assert remembered(ADDING, tactic, GOAL) is None
    assert remembered(ADDING, "intro n; omega", GOAL) is not None


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["sorry", "#eval 1", "end", "«", '"'])), max_size=5))
def test_nothing_is_proposed_that_content_refuses(pieces):
    """Whoever wrote the rows: what is proposed may be tried."""
    memory = Memory()
    memory.add([MemoryStep("d", "t", tuple(sorted(features(ADDING))), Abstract(tuple(pieces)))])
    for candidate in asked(memory, ADDING):
        assert not refusal(candidate.tactic)
        assert normalized(candidate.tactic) == candidate.tactic


def test_names_of_a_state_cannot_smuggle_a_command():
    """A tactic that is fine with one name and not with another is looked at once it is filled in."""
    memory = proved((state("a : Nat\n⊢ a = 1"), "exact foo a"))
    assert texts(memory, state("sorry : Nat\n⊢ sorry = 1")) == []


def test_steps_of_a_library_are_for_goals_that_import_it():
    """Mathlib's tactics are of no use without Mathlib; the core's are everywhere."""
    mathlib = Goal("m", "theorem m", ("Mathlib.Tactic.Ring",))
    memory = proved((ADDING, "ring"), goal=mathlib)
    assert texts(memory, SIMILAR) == []
    assert texts(memory, SIMILAR, goal=Goal("v", "theorem v", ("Mathlib",))) == ["ring"]
    assert texts(proved((ADDING, "foo")), SIMILAR, goal=mathlib) == ["foo"]
    lean = proved((ADDING, "bar"), goal=Goal("l", "theorem l", ("Batteries.Data.List",)))
    assert texts(lean, SIMILAR, goal=mathlib) == ["bar"]


def test_steps_with_definitions_of_a_preamble_are_for_goals_with_these():
    """`simp [double]` needs a `double`."""
    with_double = Goal("d", "theorem d", preamble="namespace A\ndef double (n : Nat) := n + n\nend A\n")
    memory = proved((ADDING, "simp [double]"), goal=with_double)
    assert texts(memory, SIMILAR) == []
    assert texts(memory, SIMILAR, goal=with_double) == ["simp [double]"]


def test_one_step_of_every_proved_goal_is_taken():
    """The one that begins the shortest proof, as in the script; goals beside it too, open ones and detours not."""
    graph = ProofGraph(state("⊢ p"))
    detour = graph.add_step(0, "detour", (state("⊢ p1"), state("⊢ p2")))
    straight = graph.add_step(0, "straight", (state("⊢ q"),))
    lost = graph.add_step(0, "lost", (state("⊢ r"), state("⊢ s")))
    for goal, tactic in ((detour.children[0], "a"), (detour.children[1], "b"), (straight.children[0], "c")):
        graph.add_step(goal, tactic, ())
    graph.add_step(lost.children[0], "d", ())
    graph.add_step(lost.children[1], "e", (state("⊢ t"),))
    found = {step.tactic for step in proof_steps(graph)}
    assert found == {"straight", "a", "b", "c", "d"}
    assert found.issuperset(tactics(graph.script()))


def test_without_the_root_proved_parts_are_remembered():
    """A run that fails teaches what it did prove."""
    graph = ProofGraph(state("⊢ p ∧ q"))
    step = graph.add_step(0, "constructor", (state("⊢ p"), state("⊢ q")))
    graph.add_step(step.children[0], "exact hp", ())
    assert [found.tactic for found in proof_steps(graph)] == ["exact hp"]


def test_long_chains_are_no_trouble():
    """Proofs of thousands of steps are measured without recursion."""
    graph = ProofGraph(state("⊢ f 0"))
    at = 0
    for number in range(1, 2000):
        at = graph.add_step(at, f"foo{number}", (state(f"⊢ f {number} = g{number}"),)).children[0]
    graph.add_step(at, "rfl", ())
    assert len(list(proof_steps(graph))) == 2000


WORDS = st.sampled_from(["ta", "tb", "tc", "b+ 1", "s_ = _", "hx", "gNat"])


@given(st.lists(st.frozensets(WORDS, min_size=1), min_size=1, max_size=8), st.frozensets(WORDS, min_size=1))
def test_the_index_finds_what_similarity_says(places, asked_for):
    """The nearest of the index are those of the pure function, in its order, with its numbers."""
    steps = [MemoryStep(str(n), "t", tuple(sorted(found)), Abstract((str(n),))) for n, found in enumerate(places)]
    index = Index(Row(0, step) for step in steps)
    found = index.nearest(asked_for, lambda _: True)
    states = set(places)
    weights = {
        word: weight(word, len(states), sum(word in other for other in states)) for word in asked_for.union(*states)
    }
    for near in found:
        assert near.similarity == pytest.approx(similarity(asked_for, near.row.step.features, weights))
    assert {near.row.step.digest for near in found} == {
        step.digest for step in steps if asked_for & frozenset(step.features)
    }
    assert [near.similarity for near in found] == sorted((near.similarity for near in found), reverse=True)


def test_equal_states_have_similarity_one():
    """However many rows there are."""
    memory = proved((ADDING, "foo"), *((state(f"⊢ {n} = f{n}"), "bar") for n in range(50)))
    assert memory.nearest(ADDING, OTHER)[0].similarity == 1.0
