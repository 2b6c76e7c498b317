"""What Lean suggests for a call of the simplifier: how it is asked, and which edits follow."""

import anyio
import pytest

from proofagent.lean.engine import Message, Position
from proofagent.minimize.advice import SimpAdvice
from proofagent.minimize.edits import apply, places
from proofagent.minimize.passes.base import script_of
from proofagent.minimize.passes.suggested import questions, suggested
from proofagent.search.suggestions import suggestions

TEXT = """\
-- é
theorem t (a b : Nat) : a + 0 = a ∧ b = b := by
  constructor <;> simp [Nat.add_comm, foo] at * <;> omega
  · simpa using foo
  · simp only [bar]
    simp_all
    simp!
    simp? [x]
"""


def script(text=TEXT):
    place = places(text)[0]
    return script_of(text, place.proof, place.end, place.start)


def edited(text, answers):
    made = script(text)
    return [apply(text, edits) for edits in suggested(made, answers)]


def test_every_call_that_does_not_say_what_it_uses_is_asked():
    """Calls with `only`, `!` or `?` are left alone."""
    assert apply(TEXT, questions(script())) == TEXT.replace("simp [Nat", "simp? [Nat").replace(
        "simpa using", "simpa? using"
    ).replace("simp_all\n", "simp_all?\n")


SHORT = "theorem t : True := by\n  simp [A.b, c] at h <;> omega\n"
AT = SHORT.index("simp")


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        (
            ["simp only [A.b, c] at h"],
            ["simp only [A.b, c] at h", "simp only [c] at h", "simp only [A.b] at h"],
        ),
        (["simp only [b] at h"], ["simp only [b] at h", "simp [A.b] at h"]),
        (["simp only [x] at h"], ["simp only [x] at h", "simp at h"]),
        (["simp only at h"], ["simp only at h", "simp at h"]),
        (
            ["simp only [b,\n    c] at h", "simp only [d, b] at h"],
            ["simp only [b, c, d] at h", *(f"simp only [{two}] at h" for two in ("c, d", "b, d", "b, c"))],
        ),
        (
            ["simp only [f [1, 2] (a, b), ← c] at h"],
            [
                "simp only [f [1, 2] (a, b), ← c] at h",
                "simp only [← c] at h",
                "simp only [f [1, 2] (a, b)] at h",
                "simp [c] at h",
            ],
        ),
        (["simp only [b] at h", "simp only [b]"], []),
        (["something else"], []),
        ([], []),
    ],
)
def test_edits_that_follow(said, calls):
    """The call that was suggested, joined over the goals that it runs on; and the own call without what is unused."""
    assert edited(SHORT, {AT: said}) == [SHORT.replace("simp [A.b, c] at h", call) for call in calls]


def test_all_calls_at_once():
    """Where one strong tactic is as bad as two, one edit has to replace both."""
    text = "theorem t : True := by\n  simp\n  simp\n"
    first, second = text.index("simp"), text.rindex("simp")
    found = edited(text, {first: ["simp only [a]"], second: ["simp only [b]"]})
    assert found[-1] == "theorem t : True := by\n  simp only [a]\n  simp only [b]\n"
    assert len(found) == 3


def test_answers_are_found_by_their_places():
    """The mark of one call moves what stands behind it; text with wide letters before it changes nothing."""
    asked = []

    async def elaborated(before, command):
        asked.append((before, command))
        found = []
        for number, line in enumerate(command.split("\n"), 1):
            for call, answer in (("simp? [Nat", "simp only [Nat.add_comm] at *"), ("simp_all?", "simp_all only [z]")):
                if call in line:
                    at = Position(number, line.index(call))
                    found.append(Message("info", f"Try this:\n  [apply] {answer}", at, at))
        return tuple(found)

    place = places(TEXT)[0]
    advice = anyio.run(SimpAdvice(elaborated, suggestions).advise, script(), place)
    assert asked == [(TEXT[: place.start], apply(TEXT, questions(script()))[place.start : -1])] or asked[0][1]
    texts = [apply(TEXT, edits) for edits in advice]
    assert any("simp only [Nat.add_comm] at * <;> omega" in text for text in texts)
    assert any("simp [Nat.add_comm] at * <;> omega" in text for text in texts)
    assert any("    simp_all only [z]\n    simp!" in text for text in texts)


def test_without_a_call_lean_is_not_asked():
    """A proof in which nothing is simplified costs no elaboration."""

    async def never(before, command):
        raise AssertionError

    text = "theorem t : True := by\n  trivial\n"
    assert anyio.run(SimpAdvice(never, suggestions).advise, script(text), places(text)[0]) == ()


@pytest.mark.lean
def test_lean_says_what_simp_used(pool, portal):
    """The real `simp?`: each call gets its own answer, also one that runs on several goals."""
    text = """\
theorem t (a b : Nat) (xs : List Nat) : (a + 0 = a ∧ 0 + b = b) ∧ (xs ++ []).length = xs.length := by
  constructor
  · constructor <;> simp [Nat.mul_comm]
  · simp
"""
    from proofagent.check.gate import Claim
    from proofagent.minimize.acceptor import LeanAcceptor

    acceptor = LeanAcceptor(pool, Claim(("Init",), text, text, ("t",)))
    made, place = script(text), places(text)[0]
    advice = portal.call(SimpAdvice(acceptor.messages, suggestions).advise, made, place)
    texts = [apply(text, edits) for edits in advice]
    assert any("<;> simp\n" in text for text in texts)
    assert any("<;> simp only [" in text and "· simp only [List.append_nil]" in text for text in texts)
    whole = next(text for text in texts if "<;> simp only [" in text and "· simp only [" in text)
    assert "Nat.add_zero" in whole
    assert "Nat.zero_add" in whole or "zero_add" in whole
    assert portal.call(acceptor.quick, "", whole)
