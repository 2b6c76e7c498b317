"""How large terms are, what they use how often, and what they introduce without using it."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from proofagent.errors import OleanError
from proofagent.lean.olean.constants import Constant
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.terms import (
    APPLY,
    BOUND,
    CONST,
    FORALL,
    LAMBDA,
    LET,
    META,
    NO_ALIASES,
    TERMS,
    Fields,
    Reader,
    Shapes,
    Term,
)

_WIDEST = 4_096
"""Bound variables further out than this are not followed: nobody nests binders so deep."""


_ARGUMENTS: Shapes = {**TERMS, LAMBDA: (3, (2,)), FORALL: (3, ()), LET: (4, (2, 3))}
"""Terms without the types of what they bind."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What some terms are made of. Metadata and binder names do not count, and neither does sharing in the file."""

    dag: int = 0
    """Distinct subterms, over all terms."""

    tree: int = 0
    """Subterms as often as they occur."""

    uses: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How many distinct subterms are this constant, or are applications of it, by name."""

    idle: int = 0
    """Distinct `let`s and `have`s whose variable their body does not mention."""


def sizes(terms: Iterable[tuple[Term, tuple[Name, ...]]]) -> Sizes:
    """The sizes of terms with their universe parameters, taken together. Raises `OleanError`."""
    seen, uses = set[bytes](), Counter[str]()
    tree = idle = 0
    for term, params in terms:
        reader, root = term.place
        totals, loose = dict[int, int](), dict[int, int]()
        for at, tag, fields in reader.parts(root, TERMS, ()):
            inner = [fields[place] for place in TERMS[tag][1]]
            totals[at] = sum(totals[part] for part in inner) + (tag != META)
            loose[at] = _loose(reader, tag, fields, loose)
            digest = reader.digest(at, params, NO_ALIASES)
            if tag == META or digest in seen:
                continue
            seen.add(digest)
            if tag == CONST:
                uses[str(reader.name(fields[0]))] += 1
            elif tag == APPLY and (head := _head(reader, at)):
                uses[head] += 1
            elif tag == LET:
                idle += not loose[fields[3]] & 1
        tree += totals[root]
    return Sizes(len(seen), tree, MappingProxyType(dict(uses)), idle)


def skeleton(terms: Iterable[tuple[Term, tuple[Name, ...]]], without: Container[str]) -> str:
    """What terms with their universe parameters, taken together, do: equal for proofs that differ in spelling only.

    A hash of how many distinct subterms each constant heads, types of bound variables and constants in `without` left
    out; so it does not matter what is named by a `have`, what is written in which order, and which tactic found it.
    Raises `OleanError`.
    """
    seen, uses = set[bytes](), Counter[str]()
    for term, params in terms:
        reader, root = term.place
        for at, tag, _ in reader.parts(root, _ARGUMENTS, ()):
            if tag in (CONST, APPLY) and (head := _head(reader, at)) and head not in without:
                digest = reader.digest(at, params, NO_ALIASES)
                uses[head] += digest not in seen
                seen.add(digest)
    return hashlib.sha256(repr(sorted(uses.items())).encode()).hexdigest()


def delegate(constant: Constant) -> str | None:
    """The constant of which `constant` is but another name: `fun a b => other a b`, or `other`. Raises `OleanError`."""
    if constant.value is None:
        return None
    reader, at = constant.value.place
    tag, fields = _object(reader, at)
    while tag in (LAMBDA, META):  # each step leads to a lower offset, so there is an end
        tag, fields = _object(reader, fields[1] if tag == META else fields[2])
    while tag == META or (tag == APPLY and _object(reader, fields[1])[0] == BOUND):
        tag, fields = _object(reader, fields[1] if tag == META else fields[0])
    return str(reader.name(fields[0])) if tag == CONST else None


def _object(reader: Reader, at: int) -> tuple[int, Fields]:
    tag, fields = reader.olean.constructor(at)
    if tag not in TERMS or len(fields) != TERMS[tag][0]:
        raise OleanError(f"malformed .olean file: no term at {at}")
    return tag, fields


def _head(reader: Reader, at: int) -> str:
    """The constant that is applied at `at`, or empty."""
    tag, fields = _object(reader, at)
    while tag in (APPLY, META):
        tag, fields = _object(reader, fields[0] if tag == APPLY else fields[1])
    return str(reader.name(fields[0])) if tag == CONST else ""


def _loose(reader: Reader, tag: int, fields: Fields, known: Mapping[int, int]) -> int:
    """The bound variables that a term leaves to those around it, as a set of bits."""
    if tag == BOUND:
        number = reader.olean.natural(fields[0])
        return 1 << number if number < _WIDEST else 0
    if tag in (LAMBDA, FORALL):
        return known[fields[1]] | known[fields[2]] >> 1
    if tag == LET:
        return known[fields[1]] | known[fields[2]] | known[fields[3]] >> 1
    found = 0
    for place in TERMS[tag][1]:
        found |= known[fields[place]]
    return found
