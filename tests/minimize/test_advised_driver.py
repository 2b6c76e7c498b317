"""The driver with a profile's objections, advisers and several workers; no Lean, and no model."""

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.minimize.acceptor import Ruling
from proofagent.minimize.driver import Minimizer
from proofagent.minimize.edits import Edit
from proofagent.minimize.measure import by_profile, by_tokens
from proofagent.score.choice import profiles

LONG = """\
theorem t (a b : Nat) (h : a < b) : a ≤ b := by
  skip
  have x : a = a := by rfl
  by_cases c : a = 0
  · omega
  · simp at h
    omega
"""


class Toy:
    """Accepts a command that has every needed word and no forbidden one; its gate takes everything."""

    def __init__(self, needed=(), refused=()):
        self.needed, self.refused, self.gated = needed, refused, []

    async def calibrate(self, before, command):
        pass

    async def quick(self, before, command, *, timed=True):
        await anyio.lowlevel.checkpoint()
        return all(word in command for word in self.needed) and not any(word in command for word in self.refused)

    async def gate(self, body):
        self.gated.append(body)
        return Ruling("accepted")


class Objecting:
    """A `Quality` that objects to texts with some words, and remembers what it was asked."""

    def __init__(self, *words):
        self.words, self.asked = words, []

    async def objection(self, text, *others):
        self.asked.append((text, others))
        return next((f"it has {word}" for word in self.words if word in text), "")


class Keeping(Objecting):
    """Objects to a text that has lost a word which the one before it had."""

    async def objection(self, text, *others):
        return next((f"it lost {word}" for word in self.words if word in others[0] and word not in text), "")


class Advising:
    """An `Adviser` that always says the same, and remembers the proofs that it was asked about."""

    def __init__(self, *proofs):
        self.proofs, self.asked = proofs, []

    async def advise(self, script, place):
        self.asked.append(script.text)
        return [(Edit(place.proof, script.tree.end, proof),) for proof in self.proofs]


def minimized(toy, body=LONG, **options):
    async def run():
        minimizer = Minimizer(body, (0,), toy, **options)
        await minimizer.run()
        await minimizer.settle()
        return minimizer

    return anyio.run(run)


WORDS = ["skip", "have x : a = a := by rfl", "exact h", "· omega", "constructor", "simp [a, b]", "rw [a]", "intro y"]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.sets(st.sampled_from(["rfl", "omega", "[a", "h"])),
    st.sets(st.sampled_from(["<;>", "assumption", "(", "trivial", "simp_all", "x :"])),
    st.integers(2, 6),
)
def test_the_number_of_workers_changes_nothing(lines, needed, refused, workers):
    """Several workers try ahead; what is found is what one of them finds."""
    body = "theorem t (a b : Nat) (h : a < b) : a ≤ b := by" + "".join(f"\n  {line}" for line in [*lines, "exact h"])
    toys = Toy(needed, refused), Toy(needed, refused)
    one, many = (minimized(toy, body, workers=number) for toy, number in zip(toys, (1, workers), strict=True))
    assert one.body == many.body
    assert toys[0].gated == toys[1].gated
    assert [each.variants for each in one.results()] == [each.variants for each in many.results()]


def test_what_the_profile_objects_to_is_taken_back():
    """What is given back has nothing that it objected to; the edits that it had no objection to stay."""
    quality = Objecting("<;>", "a ≤ b := by\n  omega")
    found = minimized(Toy(["omega"]), quality=quality)
    assert not any(word in found.body for word in quality.words)
    assert found.results()[0].after < found.results()[0].before
    assert set(found.refused) <= {f"it has {word}" for word in quality.words}
    assert found.refused
    assert all(others[1] == LONG for _, others in quality.asked)


def test_a_profile_that_objects_to_all_leaves_the_original():
    """After some rounds of which nothing stays a theorem is given up."""
    found = minimized(Toy(), quality=Objecting("theorem"))
    assert found.body == LONG
    assert len(found.refused) < 100


def test_an_edit_that_is_refused_does_not_take_the_others_with_it():
    """The first thing that is kept may be what the profile objects to; the rest is found without it."""
    found = minimized(
        Toy(["by_cases"]), quality=Objecting("by_cases c : a = 0 <;>", "(by", "by_cases c : a = 0\n  <;>")
    )
    assert "skip" not in found.body
    assert "have x" not in found.body


@pytest.mark.parametrize("proof", [" by sorry", " by\n  exact (h", ' "', "", " by\n  skip\n" * 99])
def test_advice_that_is_no_better_changes_nothing(proof):
    """Whatever is advised is tried like any other edit, and only where it is better."""
    alone, advised = minimized(Toy(["omega"], ["sorry"])), Advising(proof)
    found = minimized(Toy(["omega"], ["sorry"]), advisers=[advised], late=[Advising(proof)])
    assert found.body == alone.body
    assert advised.asked[0] == LONG


def test_an_adviser_cannot_leave_the_proof():
    """An edit of the statement, or of what stands behind, is no edit."""

    class Hostile:
        async def advise(self, script, place):
            return [(Edit(0, place.end, "theorem t : True := trivial"),), (Edit(place.end, place.end + 1, "x"),), ()]

    assert minimized(Toy([LONG[: LONG.index(":=")]]), advisers=[Hostile()], late=[Hostile()]).body.startswith(
        LONG[: LONG.index(" by\n")]
    )


def test_late_advisers_are_asked_once_about_a_proof():
    """They see what the passes left, and are asked again only about another proof."""
    late = Advising(" by\n  exact key", " by\n  exact no")
    found = minimized(Toy(["key"]), "theorem t : True := by\n  skip\n  exact key 1 2 3 4\n", late=[late])
    assert found.body == "theorem t : True := key\n"
    assert len(late.asked) == len(set(late.asked))
    assert "skip" not in late.asked[0]


def test_the_best_advice_is_tried_first():
    """Of several whole proofs the one that the measure prefers is kept."""
    late = Advising(" by\n  exact key 1 2", " by\n  exact key", " by\n  exact key 1")
    found = minimized(
        Toy(["exact key"]), "theorem t : True := by\n  simp [a, b, c] at h; exact key 1 2 3\n", late=[late]
    )
    assert found.results()[0].variants[-1] <= 3
    assert "key 1" not in found.body


def test_where_the_text_is_blind_advice_is_tried_all_the_same():
    """A longer proof may be what the profile wants: then the profile decides, not the length."""
    body, longer = "theorem t : True := by\n  simp\n", Advising(" by\n  simp only [foo]")
    toy = Toy(["simp"], ["_all"])
    assert minimized(toy, body, advisers=[longer]).body == body
    found = minimized(toy, body, advisers=[longer], blind=True, quality=Keeping("only [foo]"))
    assert "simp only [foo]" in found.body
    assert minimized(toy, body, advisers=[longer], blind=True, quality=Objecting("only")).body == body


def test_a_profile_may_take_a_longer_text():
    """For somebody who reads it, `simp only` is better than `simp`; for golf it is not."""
    body, advice = "theorem t : True := by\n  simp\n", [Advising(" by\n  simp only [foo]")]
    toy = Toy(["simp"], ["_all"])
    read = minimized(toy, body, advisers=advice, measure=by_profile(profiles()["didactic"]))
    assert "simp only" in read.body
    assert minimized(toy, body, advisers=advice, measure=by_profile(profiles()["golf"])).body == body
    assert minimized(toy, body, advisers=advice, measure=by_tokens).body == body
