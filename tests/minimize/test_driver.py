"""The driver: it never gets worse, statements stay, and what it gives back was accepted by the gate."""

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.check.gate import Claim
from proofagent.minimize.acceptor import LeanAcceptor, Ruling
from proofagent.minimize.driver import Minimizer, Shortened, at_k
from proofagent.minimize.edits import Edit, challenge, places
from proofagent.minimize.measure import by_tokens
from proofagent.minimize.passes import proposals
from proofagent.minimize.passes.base import script_of
from proofagent.minimize.ranking import ranked

LONG = """\
/-- Doc. -/
theorem t (a b : Nat) (h : a < b) : a ≤ b := by
  skip
  have x : a = a := by rfl
  by_cases c : a = 0
  · omega
  · omega

theorem u : True := by
  skip
  trivial
"""


class Toy:
    """Accepts a command that has every needed word; its gate refuses a file that has a forbidden one."""

    def __init__(self, needed=(), refused=(), outcome="accepted", stop=10**9):
        self.needed, self.refused, self.outcome, self.stop = needed, refused, outcome, stop
        self.seen, self.gated = [], []

    async def calibrate(self, before, command):
        pass

    async def quick(self, before, command, *, timed=True):
        await anyio.lowlevel.checkpoint()
        self.seen.append(command)
        if len(self.seen) > self.stop:
            await anyio.sleep_forever()
        return all(word in command for word in self.needed)

    async def gate(self, body):
        self.gated.append(body)
        if any(word in body for word in self.refused):
            return Ruling("rejected", "a forbidden word")
        return Ruling(self.outcome)


def minimized(body, toy, indices=(0,), seconds=None, **options):
    async def run():
        minimizer = Minimizer(body, indices, toy, **options)
        with anyio.move_on_after(seconds):
            await minimizer.run()
        await minimizer.settle()
        return minimizer

    return anyio.run(run)


def test_what_is_needed_is_all_that_stays():
    found = minimized(LONG, Toy(["by_cases c"]))
    (result,) = found.results()
    assert result.after < result.before == 21
    assert "by_cases c" in found.body
    assert "skip\n  have" not in found.body
    assert found.body.endswith(LONG[LONG.index("\n\ntheorem u") :])


def test_only_chosen_theorems_change():
    found = minimized(LONG, Toy(), indices=(1,))
    assert found.body.startswith(LONG[: LONG.index("theorem u")])
    assert [result.name for result in found.results()] == ["u"]


def test_an_original_that_the_gate_refuses_stays():
    found = minimized(LONG, Toy(refused=["by_cases"]))
    assert found.ruling.outcome == "rejected"
    assert found.body == LONG


def test_undecided_is_no_success():
    found = minimized(LONG, Toy(outcome="undecided"))
    assert (found.ruling.outcome, found.body) == ("undecided", LONG)


def test_what_the_gate_refuses_is_taken_back():
    toy = Toy(["by_cases"], refused=["<;>", "trivial\n  by", "a ≤ b := h", "(h)"])
    found = minimized(LONG, toy)
    assert found.ruling.outcome == "accepted"
    assert not any(word in found.body for word in toy.refused)
    assert found.body in toy.gated


def test_a_gate_that_refuses_all_edits_leaves_the_original():
    class Strict(Toy):
        async def gate(self, body):
            return Ruling("accepted" if body == LONG else "rejected")

    found = minimized(LONG, Strict())
    assert (found.body, found.ruling.outcome) == (LONG, "accepted")


@pytest.mark.parametrize("stop", [0, 1, 2, 3, 5, 8, 20])
def test_it_may_be_cancelled_at_any_time(stop):
    toy = Toy(["by_cases"], stop=stop)
    found = minimized(LONG, toy, seconds=0.3)
    assert found.ruling.outcome == "accepted"
    assert found.body in toy.gated
    assert found.results()[0].after <= found.results()[0].before


def test_cancelled_before_the_gate_said_anything():
    class Slow(Toy):
        async def gate(self, body):
            await anyio.sleep_forever()

    found = minimized(LONG, Slow(), seconds=0.05)
    assert (found.ruling, found.body) == (None, LONG)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_workers_change_nothing_about_the_guarantees(workers):
    toy = Toy(["by_cases", "omega"])
    found = minimized(LONG, toy, workers=workers)
    (result,) = found.results()
    assert result.after < result.before
    assert all(word in found.body for word in toy.needed)
    # Nothing is asked twice: what was decided is kept.
    assert len(toy.seen) == len(set(toy.seen))


WORDS = ["skip", "have x : a = a := by rfl", "exact h", "· omega", "constructor", "simp [a, b]", "-- note", "rw [a]"]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7), st.sets(st.sampled_from(["rfl", "omega", "[a", "h"])))
def test_it_never_gets_worse_and_the_statement_stays(lines, needed):
    head = "-- é\ntheorem t (a b : Nat) (h : a < b) : a ≤ b :="
    body = head + " by" + "".join(f"\n  {line}" for line in [*lines, "exact h"]) + "\n\n-- behind\ndef d := 1\n"
    found = minimized(body, Toy(needed))
    before, after = (text[len(head) : text.index("\n\n-- behind")] for text in (body, found.body))
    assert found.body.startswith(head)
    assert found.body.endswith("\n\n-- behind\ndef d := 1\n")
    assert by_tokens(after) <= by_tokens(before)


def test_a_closing_tactic_that_is_there_is_tried_by_itself():
    """Where `rfl` runs out of heartbeats the whole group fails, and `all_goals omega` would stay what it is."""
    text = "theorem t (n : Nat) : 2 * n = n + n := by\n  all_goals omega\n"
    place = places(text)[0]
    order = ranked(script := script_of(text, place.proof, place.end, place.start), proposals(script))
    whole = Edit(script.tree.start, script.tree.end, "omega")
    assert ((whole,),) in order
    assert not any((whole,) in group for group in order if len(group) > 1)


def test_the_largest_cut_comes_first_and_closers_are_one_group():
    place = places(LONG)[0]
    order = ranked(script_of(LONG, place.proof, place.end, place.start), proposals(
        script_of(LONG, place.proof, place.end, place.start)))  # fmt: skip
    assert len(order[0]) == 1 or len(order[0]) > 8
    assert any(len(group) > 8 for group in order[:16])


def test_another_measure():
    found = minimized(LONG, Toy(), measure=lambda _: (0,))
    assert found.body == LONG


def test_min_and_red_at_k():
    results = [Shortened("a", 10, 2, (8, 4, 2)), Shortened("b", 10, 10)]
    assert at_k(results, 1) == (9.0, pytest.approx(0.1))
    assert at_k(results, 9) == (6.0, pytest.approx(0.4))
    assert at_k([], 1) == (0.0, 0.0)
    assert Shortened("a", 10, 5, (3,)).shortest(1) == 5  # the gate refused the shorter one


def test_a_huge_proof_ends_with_its_time():
    body = "theorem t : True := by" + "\n  have x : 1 = 1 := by simp [a]" * 400 + "\n  trivial\n"
    found = minimized(body, Toy(["trivial", "have x"]), seconds=3)
    assert found.results()[0].after <= found.results()[0].before


REAL = """\
theorem t (a b c : Nat) (f : Nat → Nat) (h : f a < b) (k : b < c) : f a < c := by
  skip
  have useless : 1 + 1 = 2 := by rfl
  by_cases d : (0 : Nat) = 0
  · exact Nat.lt_trans h k
  · exact Nat.lt_trans h k
"""


def lean_minimized(pool, portal, body):
    found = places(body)
    claim = Claim(("Init",), challenge(body, found), body, tuple(place.name for place in found))

    async def run():
        minimizer = Minimizer(body, range(len(found)), LeanAcceptor(pool, claim))
        await minimizer.run()
        await minimizer.settle()
        return minimizer

    return portal.call(run)


@pytest.mark.lean
def test_lean_shortens_a_bloated_proof(pool, portal):
    found = lean_minimized(pool, portal, REAL)
    (result,) = found.results()
    assert found.ruling.outcome == "accepted"
    assert found.ruling.receipt.outcome == "accepted"
    assert result.after <= len(["Nat.lt_trans", "h", "k"])
    assert found.body.startswith(REAL[: REAL.index(" by\n")])


@pytest.mark.lean
@pytest.mark.parametrize("body", ["theorem t : 1 = 2 := by\n  omega\n", "theorem t : 1 = 2 := by\n  skip\n  sorry\n"])
def test_lean_refuses_what_is_no_proof(pool, portal, body):
    found = lean_minimized(pool, portal, body)
    assert (found.ruling.outcome, found.body) == ("rejected", body)
