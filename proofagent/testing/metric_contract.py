"""What a metric has to stand before it may choose: changes of a proof that make it no better, or no worse either.

For metrics of ours and for those of users: `cases` makes proofs in pairs, `violations` says which pairs a metric is
fooled by. The texts are Lean's; whoever measures them needs an engine (see `tests/score/test_metric_contract.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from proofagent.score.metric import Metric

NEUTRAL = ("rename", "join", "comment", "move")
"""Changes that may make no metric better in either direction: the other one is renaming back, splitting, inlining."""
WORSE = ("useless",)
"""Changes that must not make one better."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A theorem without its name: binders, what is stated, and tactics, a line each; names are in braces."""

    binders: str
    states: str
    tactics: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Two theorems, by name, of which the second is the first one changed."""

    change: str
    old: str
    new: str


_SHAPES = (
    Shape("({a} {b} : Nat) ({h} : {a} < {b})", "{a} + {k} < {b} + {k}", ("omega",), ("a", "b", "h")),
    Shape(
        "({a} {b} : Nat)",
        "{a} + {b} + {k} = {k} + {b} + {a}",
        ("have {h} := Nat.add_comm {a} {b}", "omega"),
        ("a", "b", "h"),
    ),
    Shape(
        "({p} {q} : Prop) ({h} : {p} ∧ {q})",
        "{q} ∧ {p}",
        ("constructor", "· exact {h}.2", "· exact {h}.1"),
        ("p", "q", "h"),
    ),
    Shape("({x} : Int) ({h} : {x} = {k})", "{x} * 2 = {k} * 2", ("subst {h}", "rfl"), ("x", "h")),
    Shape(
        "({s} : List Nat)",
        "{s} ++ [] = {s}",
        ("induction {s} with", "| nil => rfl", "| cons {y} {ys} {ih} => simp"),
        ("s", "y", "ys", "ih"),
    ),
    Shape("({n} : Nat)", "{n} * 0 + {k} = {k}", ("simp",), ("n",)),
    Shape("({m} {n} : Nat) ({h} : {m} = {n})", "{n} + {k} = {m} + {k}", ("rw [{h}]",), ("m", "n", "h")),
    Shape(
        "({p} : Prop) ({h} : {p} ∨ {p})",
        "{p}",
        ("cases {h} with", "| inl {l} => exact {l}", "| inr {r} => exact {r}"),
        ("p", "h", "l", "r"),
    ),
    Shape(
        "({f} : Nat → Nat) ({h} : ∀ {z}, {f} {z} = {z})",
        "{f} {k} = {k}",
        ("have {g} := {h} {k}", "exact {g}"),
        ("f", "h", "z", "g"),
    ),
    Shape(
        "({a} {b} {c} : Nat) ({h} : {a} ≤ {b}) ({g} : {b} ≤ {c})",
        "{a} ≤ {c} + {k}",
        ("calc {a} ≤ {b} := {h}", "  _ ≤ {c} := {g}", "  _ ≤ {c} + {k} := by omega"),
        ("a", "b", "c", "h", "g"),
    ),
)
_USELESS = (
    "have useless : True := trivial",
    "have useless : 1 + 1 = 2 := rfl",
    "skip",
    "try rfl",
    "have useless := Nat.le_refl 3",
)
_NAMES = ("x", "hypothesis", "w'", "value")
_REMARKS = ("why", "because", "a note")


def cases(seed: int, shapes: Iterable[int] = range(50)) -> tuple[str, list[Case]]:
    """A Lean text with many theorems, and the pairs among them; the same for the same seed."""
    random, texts, found = Random(seed), list[str](), list[Case]()  # noqa: S311 - nothing is secret
    for number in shapes:
        shape = _SHAPES[number % len(_SHAPES)]
        values = {name: name for name in shape.names} | {"k": str(random.randrange(2, 90))}
        base = f"t{number}"
        texts.append(_theorem(base, shape, values, shape.tactics))
        for change, text in _changed(base, shape, values, random):
            name = f"{base}_{change}"
            texts.append(text)
            found.append(Case(change, base, name))
            if change in NEUTRAL:
                found.append(Case(f"{change} back", name, base))
    return "\n".join(texts), found


def violations(metric: Metric, values: Mapping[str, float | None], pairs: Iterable[Case]) -> list[Case]:
    """The pairs in which the metric, whose values are given by theorem, gets better."""
    return [case for case in pairs if metric.gain(values[case.old], values[case.new]) > 0]


def _changed(base: str, shape: Shape, values: Mapping[str, str], random: Random) -> Iterator[tuple[str, str]]:
    """Each change by name, and the theorem that it makes."""
    tactics = shape.tactics
    renamed = {name: f"{random.choice(_NAMES)}{place}" for place, name in enumerate(shape.names)}
    yield "rename", _theorem(f"{base}_rename", shape, {**values, **renamed}, tactics)
    if joined := _joined(tactics):
        yield "join", _theorem(f"{base}_join", shape, values, joined)
    noted = [f"{line}  -- {random.choice(_REMARKS)}" for line in tactics]
    yield "comment", _theorem(f"{base}_comment", shape, values, (*noted[:1], "/- more -/", *noted[1:]))
    helper = f"{base}_helper"
    first = shape.binders.split("∀")[0]
    call = " ".join([helper, *(values[name] for name in shape.names if f"{{{name}}}" in first)])
    body = random.choice((f"by exact {call}", call, f"by\n  exact {call}"))
    statement = f"{_filled(shape.binders, values)} : {_filled(shape.states, values)}"
    yield "move", f"{_theorem(helper, shape, values, tactics)}\ntheorem {base}_move {statement} :=\n  {body}\n"
    yield "useless", _theorem(f"{base}_useless", shape, values, (random.choice(_USELESS), *tactics))


def _joined(tactics: tuple[str, ...]) -> tuple[str, ...]:
    """The first two tactics in one line, where both are plain."""
    apart = ("|", "·", " ", "calc")
    plain = len(tactics) > 1 and not any(line.startswith(apart) or line.endswith("with") for line in tactics[:2])
    return (f"{tactics[0]}; {tactics[1]}", *tactics[2:]) if plain else ()


def _theorem(name: str, shape: Shape, values: Mapping[str, str], tactics: Iterable[str]) -> str:
    lines = "".join(f"  {_filled(line, values)}\n" for line in tactics if line)
    return f"theorem {name} {_filled(shape.binders, values)} : {_filled(shape.states, values)} := by\n{lines}"


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
