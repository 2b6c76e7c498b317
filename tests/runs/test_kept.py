"""Which proofs of a goal are kept: different ones by their terms, none beaten in everything."""

from pathlib import Path

import anyio
import pytest

from proofagent.goals.files import Source
from proofagent.goals.loaders import from_statement
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Step
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.propose.team import Team
from proofagent.runs.attempt import attempt
from proofagent.runs.kept import Kept, Proof, differences
from proofagent.runs.results import result_of
from proofagent.runs.scoring import compiled, subjects_of
from proofagent.score.choice import profile_named
from proofagent.types import Budget

GRAPH = ProofGraph(ProofState(parse_goals("⊢ True")))
STATEMENT = "theorem t (p q r : Prop) (hp : p) (hq : q) (f : p → q → r) : q ∧ r"


def proof(text: str, skeleton: str = "", **values: float) -> Proof:
    return Proof(text, Step("trivial"), None, GRAPH, skeleton, values)


def texts(kept: Kept) -> list[str]:
    return [each.text for each in kept.best()]


def test_of_two_spellings_the_better_one_stays():
    """Equal skeletons are one proof, whichever came first."""
    long, short = proof("long", "a", tokens=9), proof("short", "a", tokens=3)
    for order in ((long, short), (short, long)):
        kept = Kept()
        assert [kept.add(each) for each in order] == [True, False]
        assert texts(kept) == ["short"]


def test_what_another_beats_in_everything_is_left_out():
    """The front stays, and the profile says who is the first."""
    vectors = {"a": (3, 9, 2), "b": (9, 3, 2), "c": (9, 9, 3)}
    for name, expected in (("golf", ["a", "b"]), ("didactic", ["b", "a"])):
        kept = Kept(profile_named(name))
        for text, (tokens, hardest, depth) in vectors.items():
            assert kept.add(proof(text, text, tokens=tokens, hardest=hardest, depth=depth))
        assert texts(kept) == expected
        assert len(kept) == 3


def test_what_was_not_measured_is_kept_by_its_text():
    """Where nothing could be measured, proofs are different by their words, and none beats another."""
    kept = Kept()
    assert [kept.add(proof(text)) for text in ("omega", "omega ", "simp")] == [True, False, True]
    assert kept.add(proof("measured", "a", tokens=1))
    assert texts(kept) == ["measured", "simp", "omega"]


def test_only_what_differs_is_told():
    """Measures that are equal in all proofs say nothing, and neither do those that are unknown."""
    assert differences([proof("a", tokens=1, depth=2), proof("b", tokens=2, depth=2, dag=7)]) == [
        {"tokens": 1},
        {"tokens": 2, "dag": 7},
    ]


def skeletons(portal, pool, *proofs: str) -> list[str]:
    body = "\n".join(f"{STATEMENT.replace(' t ', f' t{n} ')} := {text}\n" for n, text in enumerate(proofs))
    names = [f"t{number}" for number in range(len(proofs))]
    source = Source(Path("t.lean"), ("Init",), body)
    found = portal.call(lambda: subjects_of(source, names, pool, deadline=120))
    made, _ = portal.call(lambda: compiled(source, pool, 60))
    assert not [m for m in made.messages if m.severity == "error"]
    return [each.skeleton for each in found]


@pytest.mark.lean
def test_a_skeleton_does_not_depend_on_spelling(portal, pool):
    """Terms and tactics, names, order of steps and `have`s make no other proof; other means do."""
    same = skeletons(
        portal,
        pool,
        "⟨hq, f hp hq⟩",
        "by exact ⟨hq, f hp hq⟩",
        "And.intro hq (f hp hq)",
        "by\n  constructor\n  · assumption\n  · exact f hp hq",
        "by\n  constructor\n  case right => exact f hp hq\n  exact hq",
        "by\n  have other : r := f hp hq\n  exact ⟨hq, other⟩",
        "by\n  constructor <;> simp [hq, f hp hq]",
        "by grind",
    )
    assert len(set(same[:-1])) == 1
    assert same[-1] != same[0]


class Saying:
    """Proposes the same few tactics everywhere."""

    def __init__(self, *tactics: str) -> None:
        self.waves = [0.0]
        self._tactics = tactics

    async def propose(self, query: Query) -> list[Candidate]:
        return [Candidate(tactic) for tactic in self._tactics if tactic not in query.failures]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Nothing is learned."""


@pytest.mark.lean
def test_keep_returns_different_proofs(portal, pool):
    """One proof in three spellings is one; another one is kept beside it where it is not worse in everything."""
    spellings = ("exact ⟨hq, f hp hq⟩", "exact (⟨hq, f hp hq⟩)", "exact And.intro hq (f hp hq)")

    async def ask(*tactics: str, prefer: str):
        profile = profile_named(prefer)
        with anyio.fail_after(300):
            team = Team(Saying(*tactics))
            return await attempt(from_statement(STATEMENT), pool, team, Budget(120), keep=3, profile=profile)

    made = portal.call(lambda: ask(*spellings, "grind", prefer="golf"))
    assert made.outcome == "proved"
    assert [each.text.strip() for each in made.kept] == ["grind", "exact ⟨hq, f hp hq⟩"]
    assert all(each.verdict.accepted for each in made.kept)
    result = result_of(made)
    assert len(result.others) == 1
    assert result.qualities[0]["tokens"] < result.qualities[1]["tokens"]
    assert result.qualities[0]["burden"] > result.qualities[1]["burden"]
    made = portal.call(lambda: ask(*spellings, "grind", prefer="didactic"))
    assert made.kept[0].text.strip() == "exact ⟨hq, f hp hq⟩"
