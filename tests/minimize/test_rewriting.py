"""Whole proofs from models: what they are asked, which answers are tried, and that hostile ones change nothing."""

import anyio
import pytest

from proofagent.check.gate import Claim
from proofagent.llm.chat import Failure
from proofagent.minimize.acceptor import LeanAcceptor, Ruling
from proofagent.minimize.driver import Minimizer
from proofagent.minimize.edits import apply, challenge, places
from proofagent.minimize.measure import by_profile
from proofagent.minimize.passes.base import script_of
from proofagent.minimize.rewriting import MOST_CHARACTERS, Rewriting, wanted
from proofagent.propose.asker import Panel
from proofagent.propose.prompts import load_prompts
from proofagent.score.choice import profiles
from proofagent.testing.scripted import ScriptedModel

GOLF = profiles()["golf"]
TEXT = """\
def two := 2

namespace A
  /-- Doc. -/
  theorem t (a b : Nat) (h : a < b) : a ≤ b := by
    have key : a < b := h
    exact Nat.le_of_lt key
  -- behind
end A
"""


def advised(*replies, text=TEXT, times=1, samples=4, heard=lambda *_: None):
    """The texts that a model's answers lead to, and the model."""
    model = ScriptedModel(
        lambda _: list(replies) if not isinstance(replies[0], Failure) else replies[0], samples=samples
    )
    rewriting = Rewriting(Panel([model]), load_prompts(), GOLF, ("Init",), heard)
    place = places(text)[0]
    script = script_of(text, place.proof, place.end, place.start)
    for _ in range(times):
        edits = anyio.run(rewriting.advise, script, place)
    return [apply(text, each, start=place.proof, end=place.end) for each in edits], model


def fenced(proof):
    return f"I think so.\n\n```lean4\n{proof}\n```\n"


def test_what_a_model_is_asked():
    """The statement with what is before it, the proof as it is, and what the profile asks; in one request."""
    _, model = advised(fenced("omega"))
    (question,) = model.questions
    for part in (
        "def two := 2",
        "theorem t (a b : Nat) (h : a < b) : a ≤ b := by",
        "exact Nat.le_of_lt key",
        GOLF.about,
    ):
        assert part in question.text
    assert "-- behind" not in question.text
    assert wanted(GOLF) in question.text


def test_an_answer_is_one_edit_for_the_whole_proof():
    """Each different proof, in the column of the theorem; the statement and the comments around stay."""
    texts, _ = advised(
        fenced("omega"), "Do this: " + fenced("intro\nomega"), fenced("omega"), fenced("theorem t := h.le")
    )
    head, tail = TEXT[: TEXT.index(" by\n")], "\n  -- behind\nend A\n"
    assert texts == [f"{head} by\n    {proof}{tail}" for proof in ("omega", "intro\n    omega", "exact h.le")]


HOSTILE = [
    fenced("sorry"),
    fenced("admit"),
    fenced("native_decide"),
    fenced("exact sorryAx _"),
    fenced("trivial\nend A\naxiom cheat : False\nnamespace A"),
    fenced("exact cheat.elim\naxiom cheat : False"),
    fenced("set_option debug.skipKernelTC true in decide"),
    fenced("run_tac Lean.Elab.admitGoal"),
    fenced('exact "'),
    fenced("exact (h"),
    fenced("open Lean in #eval 1"),
    "",
    "No.",
    "\x00\ud800",
    "```" * 5_000,
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_a_model_may_not_write_is_not_tried(answer):
    """What admits, declares, commands or does not end is left out before Lean sees it."""
    assert advised(answer)[0] == []


def test_a_proof_of_another_statement_is_only_a_proof():
    """A statement in an answer is not taken over: its proof is tried for the theorem as it stands."""
    (text,) = advised(fenced("theorem t : True := by\n  trivial"))[0]
    assert text == TEXT[: TEXT.index(" by\n")] + " by\n    trivial\n  -- behind\nend A\n"


@pytest.mark.parametrize("kind", ["unreachable", "over-budget", "unauthorized"])
def test_a_model_that_cannot_be_asked_is_left_alone(kind):
    """It is heard of once, for the theorem, and no edit comes of it."""
    heard = []
    texts, model = advised(Failure(kind, "no"), times=3, heard=lambda *call: heard.append(call))
    assert (texts, len(model.questions)) == ([], 1)
    ((name, asked),) = heard
    assert (name, asked.purpose, asked.call.failure.kind) == ("A.t", "shorten", kind)


def test_a_huge_proof_is_not_sent():
    """A model is not paid for what it cannot shorten."""
    text = "theorem t : True := by\n" + "  have : 1 = 1 := rfl\n" * (MOST_CHARACTERS // 10) + "  trivial\n"
    texts, model = advised(fenced("trivial"), text=text)
    assert (texts, model.questions) == ([], [])


class Believing:
    """Takes every candidate; its gate takes nothing but the original."""

    def __init__(self, body):
        self.body = body

    async def calibrate(self, before, command):
        pass

    async def quick(self, before, command, *, timed=True):
        return True

    async def gate(self, body):
        return Ruling("accepted" if body == self.body else "rejected", "another statement")


def test_the_gate_has_the_last_word_about_a_model():
    """Where everything else was deceived, what is given back is the original."""
    model = ScriptedModel(lambda _: [fenced("trivial")])
    rewriting = Rewriting(Panel([model]), load_prompts(), GOLF, ("Init",))

    async def run():
        minimizer = Minimizer(TEXT, (0,), Believing(TEXT), late=[rewriting])
        await minimizer.run()
        await minimizer.settle()
        return minimizer

    found = anyio.run(run)
    assert found.body == TEXT
    assert found.ruling.outcome == "accepted"


@pytest.mark.lean
def test_lean_takes_the_one_that_is_a_proof(pool, portal):
    """Among hostile and wrong answers the right one is found, tried by Lean and accepted by the gate."""
    text = (
        "theorem t (u : Nat → Nat) (h : ∀ n, u (n + 1) = u n) : u 2 = u 0 := by\n  rw [h 1, show u 1 = u 0 from h 0]\n"
    )
    answers = [*HOSTILE[:8], fenced("exact h 0"), fenced("simp [h]")]
    model = ScriptedModel(lambda _: answers, samples=len(answers))
    found = places(text)
    claim = Claim(("Init",), challenge(text, found), text, ("t",))

    async def run():
        minimizer = Minimizer(
            text,
            (0,),
            LeanAcceptor(pool, claim),
            measure=by_profile(GOLF),
            late=[Rewriting(Panel([model]), load_prompts(), GOLF, ("Init",))],
        )
        await minimizer.run()
        await minimizer.settle()
        return minimizer

    made = portal.call(run)
    assert made.ruling.outcome == "accepted"
    assert made.body.startswith(text[: text.index(" by\n")])
    assert made.results()[0].after <= 5
    assert "simp" in made.body or "grind" in made.body or "rw" in made.body
