"""Proofs made longer, as people and models make them longer; whether Lean takes them is found out elsewhere."""

import random
from collections.abc import Callable, Sequence

from proofagent.minimize.edits import Edit, apply, moved, places
from proofagent.minimize.passes.base import script_of

MARGIN = "  "
AUTOMATION = ("omega", "simp", "simp_all", "grind", "decide")


def tactics_of(text: str) -> list[str]:
    """The top tactics of a theorem's proof, as if each began in column 2."""
    place = places(text)[0]
    script = script_of(text, place.proof, place.end, place.start)
    if script.tree.opener != "by":
        return ["exact " + script.of(script.tree)]
    return [script.moved(tactic, len(MARGIN)) for tactic in script.tree.tactics]


def with_tactics(text: str, tactics: Sequence[str]) -> str:
    """The theorem with these tactics as its proof."""
    place = places(text)[0]
    proof = "".join(f"\n{MARGIN}{tactic}" for tactic in tactics)
    return apply(text, [Edit(place.proof, place.end, " by" + proof)])


Bloat = Callable[[list[str], random.Random, int], list[str]]


def _insert(tactics: list[str], rng: random.Random, useless: str) -> list[str]:
    at = rng.randrange(len(tactics))
    return [*tactics[:at], useless, *tactics[at:]]


def useless_have(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A `have` that nobody uses."""
    claim = rng.choice(["1 + 1 = 2 := by rfl", "True ∧ True := by\n    constructor\n    · trivial\n    · trivial"])
    return _insert(tactics, rng, f"have useless{number} : {claim}")


def useless_tactic(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A tactic that does nothing."""
    return _insert(tactics, rng, rng.choice(["skip", "try rfl", "show _", f"let unused{number} := 0", "refine ?_"]))


def detour(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A case distinction that is none, with the rest of the proof in each case."""
    at = rng.randrange(len(tactics))
    split = rng.choice(
        [
            f"by_cases c{number} : (0 : Nat) = 0",
            f"rcases Nat.lt_or_ge 0 {number + 1} with c{number} | c{number}",
            "cases decide ((0 : Nat) = 0)",
        ]
    )
    rest = f"\n{MARGIN * 2}".join(moved(tactic, 2) for tactic in tactics[at:])
    cases = rng.choice([(f"· {rest}", f"· {rest}"), (f"all_goals\n{MARGIN * 2}{rest}",)])
    return [*tactics[:at], split, *cases]


def wrapped(tactics: list[str], rng: random.Random, _: int) -> list[str]:
    """The last tactic, if it stands on one line, wrapped up."""
    last = tactics[-1]
    if "\n" in last or last.startswith("·"):
        return tactics
    way = rng.choice(["exact (by {})", "all_goals ({})", "first | {} | skip", "({})", "apply id\n  {}"])
    return [*tactics[:-1], way.format(last)]


def named(tactics: list[str], _: random.Random, number: int) -> list[str]:
    """`exact t` by way of a `have`."""
    last = tactics[-1]
    if "\n" in last or not last.startswith("exact "):
        return tactics
    return [*tactics[:-1], f"have key{number} := {last.removeprefix('exact ')}", f"exact key{number}"]


UNFOLDED = (
    "apply Nat.le_antisymm\n  · {0}\n  · {0}",
    "refine Eq.symm ?_\n  {0}",
    "apply Classical.byContradiction\n  intro against{1}\n  {0}",
    "refine Decidable.byContradiction fun against{1} => ?_\n  {0}",
    "suffices again{1} : _ from again{1}\n  {0}",
    "constructor\n  · {0}\n  · {0}",
    "rcases Nat.lt_trichotomy 0 {1} with c{1} | c{1} | c{1}\n  · {0}\n  · {0}\n  · {0}",
    "have step{1} : 0 ≤ {1} := by\n    omega\n  {0}",
    "refine Or.elim (Nat.le_total 0 {1}) (fun c{1} => ?_) (fun c{1} => ?_)\n  · {0}\n  · {0}",
)
"""What a proof without the automation begins like, or one by somebody who does not know how much it can do."""


def unfolded(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A closing tactic that finds its steps itself, behind steps or in cases that it does not need."""
    last = tactics[-1]
    if "\n" in last or not last.startswith(AUTOMATION):
        return tactics
    return [*tactics[:-1], rng.choice(UNFOLDED).format(last, number)]


def apart(tactics: list[str], rng: random.Random, _: int) -> list[str]:
    """The list of a `rw` or `simp`, one after the other."""
    lists = [at for at, tactic in enumerate(tactics) if tactic.startswith(("rw [", "simp [")) and tactic.endswith("]")]
    lists = [at for at in lists if ", " in tactics[at] and "\n" not in tactics[at]]
    if not lists:
        return tactics
    at = rng.choice(lists)
    head, items = tactics[at].split(" [", 1)
    single = [f"{'try ' if head == 'simp' else ''}{head} [{item}]" for item in items.removesuffix("]").split(", ")]
    return [*tactics[:at], *single, *([tactics[at]] if head == "simp" else []), *tactics[at + 1 :]]


def staged(tactics: list[str], rng: random.Random, _: int) -> list[str]:
    """A `simp` behind one that has the first of its arguments only, or behind itself."""
    calls = [at for at, tactic in enumerate(tactics) if tactic.startswith("simp ") or tactic == "simp"]
    calls = [at for at in calls if "\n" not in tactics[at] and "<;>" not in tactics[at]]
    if not calls:
        return tactics
    at = rng.choice(calls)
    call = tactics[at]
    if not (call.startswith("simp [") and call.endswith("]")):
        return [*tactics[: at + 1], f"try {call}", *tactics[at + 1 :]]
    first = call.removeprefix("simp [").removesuffix("]").split(", ")[0]
    return [*tactics[:at], f"try simp only [{first}]", *tactics[at:]]


def twice(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A closing tactic in both of two equal cases, one of which has cases of its own."""
    last = tactics[-1]
    if "\n" in last or last.startswith("·"):
        return tactics
    split = f"by_cases outer{number} : (0 : Nat) = 0"
    inner = f"· rcases Nat.lt_or_ge 0 {number + 1} with inner{number} | inner{number}\n    · {last}\n    · {last}"
    return [*tactics[:-1], split, inner, rng.choice([f"· {last}", f"all_goals {last}"])]


BLOATS: tuple[Bloat, ...] = (
    useless_have,
    useless_tactic,
    detour,
    wrapped,
    named,
    unfolded,
    unfolded,
    apart,
    staged,
    twice,
)


def bloated(text: str, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """The theorem with two to four things too many, and which they are."""
    tactics, done = tactics_of(text), list[str]()
    for number in range(rng.randint(2, 4)):
        bloat = rng.choice(BLOATS)
        longer = bloat(tactics, rng, number)
        done += [bloat.__name__] if longer != tactics else []
        tactics = longer
    return with_tactics(text, tactics), tuple(dict.fromkeys(done))
