"""The constants that a printed proof state shows: by their names, by notation, and by the types of its variables."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from proofagent.proof.state import OpenGoal, ProofState
from proofagent.propose.premises.notation import NOTATION

_NUMERAL, _GET_ELEM = "OfNat.ofNat", "GetElem.getElem"
_SAFE_OR_PANICKING = ("]?", "]!")
_KEYWORDS = frozenset(
    ["at", "do", "else", "end", "fun", "have", "let", "match", "then", "with", "Prop", "Sort", "Type"]
)

_PART = r"(?:«[^»]*+»|[^\W\d][\w'!?✝]*+)"
_NAME = rf"{_PART}(?:\.{_PART})*+"
_WORD = "if"
# Longest first, because regular expressions take the first alternative that fits.
_SIGNS = "|".join(re.escape(sign) for sign in sorted(NOTATION.keys() - {_WORD}, key=lambda sign: (-len(sign), sign)))
_TOKEN = re.compile(
    rf"""(?P<text>"(?:[^"\\]|\\.)*+"|'(?:\\.|[^'\\])')
    | (?P<number>\.?\d++)
    | (?P<index>(?<=[\w)\]'!?✝])\[)
    | (?P<notation>{_WORD}\b|{_SIGNS})
    | (?P<name>\.?{_NAME})""",
    re.VERBOSE | re.DOTALL,
)
# Binders with a type, of which the head is looked at, and without one: `∀ x ∈ l,`, `fun x y =>`.
_TYPED = re.compile(rf"[({{⦃]((?:{_PART} )++): \(*({_NAME})?")
_BARE = re.compile(rf"(?:[∀∃λ]|\bfun|\blet|\bhave) ?({_PART}(?: {_PART})*+)")
_HEAD = re.compile(rf"\(*({_NAME})")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The constants that theorems mention, found by a whole name or by the end of one."""

    counts: Mapping[str, int]
    """In how many theorems each of them stands."""
    ends: Mapping[str, tuple[str, ...]]
    """By last component the names that end in it, the most common first."""

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Vocabulary":
        ends: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(counts, key=lambda name: (-counts[name], name)):
            ends[name.rpartition(".")[2]].append(name)
        return cls(counts, {end: tuple(names) for end, names in ends.items()})

    def whole(self, name: str, namespaces: Iterable[str]) -> Iterator[str]:
        """The constant of that name, else as `end`."""
        return iter((name,)) if name in self.counts else self.end(name, namespaces)

    def end(self, name: str, namespaces: Iterable[str]) -> Iterator[str]:
        """The constant whose name ends in `name`, if there is one: in the first of `namespaces` that has it, else the
        most common one.
        """
        inside = (full for namespace in namespaces if (full := f"{namespace}.{name}") in self.counts)
        anywhere = (full for full in self.ends.get(name.rpartition(".")[2], ()) if full.endswith(f".{name}"))
        return islice(chain(inside, anywhere), 1)


def constants(state: ProofState, vocabulary: Vocabulary) -> frozenset[str]:
    """The constants of `vocabulary` that `state` shows, in targets, hypotheses, and types of variables.

    A guess from text: what the printer leaves out (instances, implicit arguments) is not found, and a shortened name
    may be taken for another one.
    """
    shown = {constant for goal in state.goals for constant in _shown(goal, vocabulary)}
    return frozenset(shown & vocabulary.counts.keys())


def namespaces(text: str) -> tuple[str, ...]:
    """The namespaces of what notation makes in `text`, whose functions may stand behind a bracket: `(a...b).toList`."""
    signs = (match[0] for match in _TOKEN.finditer(text) if match.lastgroup == "notation")
    made = (constant for sign in signs for constant in NOTATION[sign])
    return tuple(dict.fromkeys(name.removesuffix(".mk") for name in made if name.endswith(".mk")))


def _shown(goal: OpenGoal, vocabulary: Vocabulary) -> Iterator[str]:
    variables = {h.name: _head(h.type) for h in goal.hypotheses}
    # Which instances there are says nothing about what the goal is about.
    plain = [h for h in goal.hypotheses if not h.name.startswith("inst")]
    for text in (goal.target, *(f"{h.type} {h.value or ''}" for h in plain)):
        yield from _Text(text, variables | _bound(text), vocabulary).constants()


def _head(type_: str) -> str:
    match = _HEAD.match(type_)
    return match[1] if match else ""


def _bound(text: str) -> dict[str, str]:
    """The variables that `text` binds, each with the head of its type, or "" where none is written."""
    bare = {name: "" for match in _BARE.finditer(text) for name in match[1].split()}
    return bare | {name: match[2] or "" for match in _TYPED.finditer(text) for name in match[1].split()}


@dataclass(frozen=True, slots=True)
class _Text:
    """One printed term, and the variables in it with the heads of their types."""

    text: str
    variables: Mapping[str, str]
    vocabulary: Vocabulary

    def constants(self) -> Iterator[str]:
        plain_indices = 0
        heads = tuple(dict.fromkeys((*namespaces(self.text), *self.variables.values())))
        for match in _TOKEN.finditer(self.text):
            piece = match[0]
            match match.lastgroup:
                case "name":
                    yield from self._named(piece, heads)
                case "number" if not piece.startswith("."):
                    yield _NUMERAL
                case "index":
                    plain_indices += 1
                case "notation":
                    plain_indices -= piece in _SAFE_OR_PANICKING
                    yield from NOTATION[piece]
        if plain_indices > 0:
            yield _GET_ELEM

    def _named(self, name: str, heads: Sequence[str]) -> Iterator[str]:
        """What a dotted name mentions: one constant, or functions in a row behind a variable or a bracket.

        `heads` are the namespaces that come into question.
        """
        first, _, rest = name.partition(".")
        if first in self.variables or not first:
            of_type = self.variables.get(first, "")
            for field in filter(None, rest.split(".")):
                yield from self.vocabulary.end(field, (of_type, *heads))
        elif len(name) > 1 and name not in _KEYWORDS:  # a letter is a variable, bound where nobody looked
            yield from self.vocabulary.whole(name, heads)
