"""Tactics without the names of the hypotheses that they were made for, and with those of others in their place.

`exact h₀.symm` becomes `exact □.symm` where □ is a hypothesis of the shape `_ = _`. At another state □ is each of the
hypotheses that come into question, the best first. The text around the names is kept as it is, character by character.

Names that a tactic brings in (`intro n`, `| succ n ih`, `obtain ⟨x, hx⟩`, `have h1 : …`, `fun y`) are kept, because
they are in no state that the tactic was made for. Where one is the name of a hypothesis at the new state, it gets a
number there (`n1`), all over the tactic, so that nothing is hidden that may be needed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from typing import NamedTuple

from proofagent.errors import GoalError
from proofagent.goals.lexer import Kind, Token, code, components
from proofagent.proof.state import OpenGoal
from proofagent.propose.memory import shapes
from proofagent.propose.tactics import fresh

MOST_CHARACTERS = 2_000
"""A tactic that is longer is the proof of one theorem and no step of another."""
MOST_SLOTS = 12
_MOST_SYMBOLS = 24
_MOST_WAYS = 200
_MOST_VARIABLES = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """What a name stood for. `name` and `position` (from the end: the newest is 0) decide only between equals."""

    name: str
    shape: str
    symbols: tuple[str, ...]
    in_target: bool
    position: int


@dataclass(frozen=True, slots=True)
class Abstract:
    """A tactic as its pieces, in order: text; a number of `slots` for a name that stands there; or ~n for the n-th of
    the names that it brings in.
    """

    pieces: tuple[str | int, ...]
    slots: tuple[Slot, ...] = ()
    introduced: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        numbers = [piece for piece in self.pieces if isinstance(piece, int)]
        within = range(-len(self.introduced), len(self.slots))
        if len(self.slots) > MOST_SLOTS or not all(number in within for number in numbers):
            raise ValueError("a number in a tactic stands for nothing")

    @property
    def text(self) -> str:
        """For people, and the same for tactics that differ in names of hypotheses, or in new names, only."""
        new = [f"‹new {number}›" for number in range(len(self.introduced))]
        return self.filled([f"‹{number}›" for number in range(len(self.slots))], new)

    def filled(self, names: Sequence[str], introduced: Sequence[str]) -> str:
        """The tactic with `names` in its slots and these new names."""
        return "".join(
            piece if isinstance(piece, str) else names[piece] if piece >= 0 else introduced[~piece]
            for piece in self.pieces
        )


_Ranked = tuple[tuple[str, float], ...]
"""Names of hypotheses, each with how well it fits."""


class Instance(NamedTuple):
    """A tactic for a state, and how well what its names stand for there fits, from 0 to 1."""

    tactic: str
    fit: float


@dataclass(frozen=True, slots=True)
class Place:
    """A goal as far as names are concerned: worked out once, for all tactics that are tried there."""

    slots: tuple[Slot, ...]
    """What each hypothesis that can be named is, the newest first."""
    taken: frozenset[str]
    named: frozenset[str] = frozenset()
    """Every name in the target, and its last component."""

    @classmethod
    def of(cls, goal: OpenGoal) -> "Place":
        """Of several hypotheses with one name the newest is meant."""
        variables = [(h.name, h.type) for h in goal.hypotheses]
        heads = shapes.local_heads(variables)
        said = [token.text for token in _identifiers(goal.target)]
        target = {components(name)[0] for name in said}
        found: dict[str, Slot] = {}
        for name, type_ in reversed(variables[-_MOST_VARIABLES:]):
            if name not in found and "✝" not in name:
                tokens = shapes.tokens(type_, heads)
                symbols = tuple(sorted(set(tokens))[:_MOST_SYMBOLS])
                found[name] = Slot(name, shapes.shape(tokens), symbols, name in target, len(found))
        named = frozenset((*said, *(name.rpartition(".")[2] for name in said)))
        return cls(tuple(found.values()), frozenset(h.name for h in goal.hypotheses), named)


def abstracted(tactic: str, place: Place) -> Abstract | None:
    """`tactic`, which was made for `place`, without the names of its hypotheses; None where it cannot be read,
    is too long or names too many of them.
    """
    if len(tactic) > MOST_CHARACTERS:
        return None
    try:
        found = list(code(tactic))
    except GoalError:
        return None
    slots = {slot.name: slot for slot in place.slots}
    introduced = {name: None for name in _introduced(tactic, found) if name not in place.taken}
    new = {name: ~number for number, name in enumerate(introduced)}
    numbers: dict[str, int] = {}
    pieces: list[str | int] = []
    at = 0
    for token, first in _uses(found):
        if first in slots:
            piece = numbers.setdefault(first, len(numbers))
        elif first in new:
            piece = new[first]
        elif first in place.taken:
            return None  # one of too many hypotheses, which nothing could stand for
        else:
            continue
        pieces += [tactic[at : token.start], piece]
        at = token.start + len(first)
    if len(numbers) > MOST_SLOTS:
        return None
    kept = tuple(piece for piece in (*pieces, tactic[at:]) if piece != "")
    return Abstract(kept, tuple(slots[name] for name in numbers), tuple(new))


def instances(abstract: Abstract, place: Place, most: int = 2) -> list[Instance]:
    """`abstract` at another place, the best fit first; none where a slot stands for nothing there.

    Two slots never stand for the same hypothesis. Raises nothing.
    """
    ranked = [_alike(slot, place) for slot in abstract.slots]
    needed = Counter(slot.shape for slot in abstract.slots)
    if any(len(found) < needed[slot.shape] for slot, found in zip(abstract.slots, ranked, strict=True)):
        return []
    # Equals stay in the order of the ways: the best of the first slot first.
    best = nlargest(most, islice(_ways(ranked, ()), _MOST_WAYS), key=lambda way: sum(fit for _, fit in way))
    introduced, count = _free(abstract.introduced, place.taken), len(abstract.slots)
    return [
        Instance(
            abstract.filled([name for name, _ in way], introduced),
            sum(fit for _, fit in way) / count if count else 1.0,
        )
        for way in best
    ]


def _ways(ranked: Sequence[_Ranked], chosen: _Ranked) -> Iterator[_Ranked]:
    """Every choice of different names, one of each list, the first of each list first."""
    if len(chosen) == len(ranked):
        yield chosen
        return
    for option in ranked[len(chosen)]:
        if all(option[0] != name for name, _ in chosen):
            yield from _ways(ranked, (*chosen, option))


def _free(introduced: Sequence[str], taken: frozenset[str]) -> list[str]:
    """New names, each with a number where it is taken."""
    used = {*taken, *introduced}
    return [fresh(name, used) if name in taken else name for name in introduced]


def _alike(slot: Slot, place: Place) -> _Ranked:
    """The hypotheses that `slot` may stand for, the best first, each with a fit from 0 to 1.

    Only those of the same shape: `induction` over a list is none over a number, and `h.symm` needs an equation.
    """
    found = [(other.name, _fit(slot, other)) for other in place.slots if other.shape == slot.shape]
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def _fit(slot: Slot, other: Slot) -> float:
    """The symbols of the type decide, then the part in the target; names are habits, and places depend on chance."""
    mine, its = set(slot.symbols), set(other.symbols)
    symbols = len(mine & its) / len(mine | its) if mine | its else 1.0
    return (
        0.6 * symbols
        + 0.2 * (slot.in_target == other.in_target)
        + 0.12 * (slot.name == other.name)
        + 0.08 / (1 + abs(slot.position - other.position))
    )


def _identifiers(text: str) -> list[Token]:
    try:
        return [token for token in code(text[: shapes.MOST_CHARACTERS]) if token.kind is Kind.IDENTIFIER]
    except GoalError:
        return []


def _uses(found: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Names that may be local, each with its first component: not that in `.symm`, in `(n := 3)`, behind a backtick."""
    for at, token in enumerate(found):
        if token.kind is not Kind.IDENTIFIER or token.text.startswith("`"):
            continue
        before = found[at - 1] if at else None
        after = found[at + 1].text if at + 1 < len(found) else ""
        field = before is not None and before.text == "." and before.end == token.start
        argument = before is not None and before.text == "(" and after == ":="
        if not field and not argument:
            yield token, components(token.text)[0]


_PATTERNS = frozenset(["intro", "intros", "rintro", "obtain", "with", "rename_i", "next", "ext", "funext", "|", "fun"])
"""After these come names that are new, and patterns of such, until something else comes."""
_ONE_NAME = frozenset(["have", "let", "set", "by_cases", "suffices", "λ", "∀", "∃", "generalize"])
"""After these comes one, if any."""
_IN_PATTERNS = frozenset(["⟨", "⟩", "(", ")", ",", "|", "-", "@", "_", "⦃", "⦄", "{", "}", "rfl"])
_ENDS = frozenset(["at", "using", "generalizing", "by", "from", "only"])
"""Words that end them, as every sign does that is in no pattern."""


def _introduced(tactic: str, found: Sequence[Token]) -> Iterator[str]:
    """The names that a tactic brings in, some of them perhaps several times.

    Of `| succ n ih`, `succ` is the constructor. What is taken for a name by mistake, as the `rfl` of other patterns
    would be, makes tactics alike that are not, so that names end with the line.
    """
    for at, token in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        if following is None or "\n" in tactic[token.end : following.start]:
            continue
        if token.text in _ONE_NAME:
            if _is_new(following):
                yield following.text
        elif token.text in _PATTERNS and following.text != "|":
            line = tactic.find("\n", token.end)
            for inner in islice(found, at + (2 if token.text == "|" else 1), None):
                if line >= 0 and inner.start > line:
                    break
                if inner.text not in _IN_PATTERNS:
                    if not _is_new(inner):
                        break
                    yield inner.text
    if found and found[0].text == "generalize" and _is_new(found[-1]):
        yield found[-1].text


def _is_new(token: Token) -> bool:
    name = token.text
    known = name in _PATTERNS or name in _ONE_NAME or name in _ENDS
    return token.kind is Kind.IDENTIFIER and not known and "." not in name and not name.startswith("`")
