"""Printed Lean terms as tokens with nothing local in them, and the shape of what they say.

Two terms that differ in the names of their variables, in brackets or in the size of a number have the same tokens
here. Everything is read from text: what the printer leaves out is not seen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from proofagent.errors import GoalError
from proofagent.goals.lexer import Kind, Token, code, components

MOST_CHARACTERS = 4_000
"""So much of a term is looked at: what comes later in one that is longer says nothing new."""
_OPERATORS = frozenset("+-*/%^&|<>=!~$∘•")
_OPENS, _CLOSES = frozenset("([{⟨⦃⟦"), frozenset(")]}⟩⦄⟧")
_BINDERS = frozenset(["∀", "∃", "∃!", "fun", "λ", "Σ", "Π", "∑", "∏", "⋃", "⋂"])
_BINDS_UNTIL = frozenset([",", "=>", "↦", "∈", "<", ">", "≤", "≥", "≠", "⊆"])
_IFF, _ARROW, _OR, _AND = "↔", "→", "∨", "∧"
_CONNECTIVES = (_IFF, _ARROW, _OR, _AND)
RELATIONS = frozenset("= ≠ < ≤ > ≥ ∣ ∈ ∉ ⊆ ⊂ ≡ ≍ ≈ ∼ == != <+ <+~".split())  # noqa: SIM905 - it is a list of signs
# From loose to tight, as Lean's precedences have them.
_FUNCTIONS = (("<|", "$"), ("||",), ("&&",), ("++", "::"), ("+", "-"), ("*", "/", "%", "•"), ("^",), ("∘",))
_DIGITS = re.compile(r"\d+")
_DEEPEST = 3


def local_heads(variables: Sequence[tuple[str, str]]) -> dict[str, str]:
    """By name what stands for a variable: the head of its type, `$Nat` for one of type `Nat`.

    `variables` are names with types, in the order of the state; a later one of the same name hides an earlier one.
    """
    return {name: f"${head_of(type_)}" for name, type_ in variables}


def head_of(type_: str) -> str:
    """The first name or sign of a type: `List` for `List Nat`, `→` for functions, `Type` for any universe."""
    found = shape(tokens(type_, {}))
    return "Type" if found == "Sort" else found


def tokens(text: str, locals_: Mapping[str, str]) -> list[str]:
    """The tokens of a term, blanks and closed strings left out, with `locals_` and bound variables put in general.

    Brackets stay, because shapes need them. Text that no lexer takes is cut at its blanks.
    """
    try:
        found = list(_joined(code(text[:MOST_CHARACTERS])))
    except GoalError:
        return text[:MOST_CHARACTERS].split()
    names = dict(locals_) | _bound([token.text for token in found])
    return [part for token in found if token.text != "✝" for part in _general(token, names)]


def _joined(found: Iterator[Token]) -> Iterator[Token]:
    """Signs that touch each other are one: the lexer knows a few of them only."""
    last: Token | None = None
    for token in found:
        sign = token.kind is Kind.SYMBOL and all(character in _OPERATORS for character in token.text)
        if last is not None and sign and last.end == token.start:
            last = Token(Kind.SYMBOL, last.text + token.text, last.start)
            continue
        if last is not None:
            yield last
        last = token if sign else None
        if not sign:
            yield token
    if last is not None:
        yield last


def _bound(found: Sequence[str]) -> dict[str, str]:
    """The variables that a term binds: `$Nat` where the binder says so, `$_` where it does not."""
    names: dict[str, str] = {}
    for at, text in enumerate(found):
        if text not in _BINDERS:
            continue
        group: list[str] = []
        for place in range(at + 1, min(at + 40, len(found))):
            inner = found[place]
            if inner == ":":
                following = (word for word in found[place + 1 : place + 4] if word not in _OPENS)
                names |= dict.fromkeys(group, f"${next(following, '_')}")
                group = []
            elif inner in _BINDS_UNTIL:
                names |= dict.fromkeys(group, "$_")
                break
            elif inner[0].isalpha() or inner[0] == "_":
                group.append(inner)
    return names


def _general(token: Token, names: Mapping[str, str]) -> Iterator[str]:
    match token.kind:
        case Kind.NUMBER:
            yield _number(token.text)
        case Kind.STRING | Kind.CHAR:
            yield f"#{token.kind}"
        case Kind.IDENTIFIER:
            first, *fields = components(token.text)
            if first in names:
                yield names[first]
                yield from (f".{field}" for field in fields)
            else:
                yield token.text
        case _:
            yield token.text


def _number(text: str) -> str:
    """A class of numbers: proofs about 0, 1 and 2 differ from each other, those about 17 and 19 do not."""
    if not _DIGITS.fullmatch(text):
        return "#number"
    return text if text in ("0", "1", "2") else "#small" if len(text) == 1 else "#large"


def shape(found: Sequence[str], depth: int = 0) -> str:
    """What a term says, in outline: `∀ _ = _`, `_ ∧ _`, `¬`, the head of an application, or `$Nat` for a variable."""
    found = _unwrapped(found)
    if not found or depth > _DEEPEST:
        return "_"
    if found[0] in _BINDERS:
        return f"{found[0]} {shape(_body(found), depth + 1)}"
    top = _top(found)
    for connective in _CONNECTIVES:
        if connective in top:
            return connective if connective == _ARROW else f"_ {connective} _"
    if found[0] == "¬":
        return f"¬ {shape(found[1:], depth + 1)}"
    return next((f"_ {sign} _" for sign in top if sign in RELATIONS), top_function(found))


def sides(found: Sequence[str]) -> tuple[str, str, str] | None:
    """Of a relation, the heads of both sides with its sign between them; None of anything else."""
    found = _unwrapped(found)
    if not shape(found).startswith("_ "):
        return None
    depth = 0
    for place, sign in enumerate(found):
        depth += (sign in _OPENS) - (sign in _CLOSES)
        if not depth and sign in RELATIONS:
            return top_function(found[:place]), sign, top_function(found[place + 1 :])
    return None


def top_function(found: Sequence[str]) -> str:
    """What a term is made with last: the loosest sign that stands in no bracket, else its first token."""
    found = _unwrapped(found)
    top = _top(found)
    # The sign that a term begins with has one side only: -x.
    top = top[1:] if found and top[:1] == [found[0]] else top
    for signs in _FUNCTIONS:
        if sign := next((sign for sign in top if sign in signs), ""):
            return sign
    return next((token for token in found if token not in _OPENS), "_")


def _top(found: Sequence[str]) -> list[str]:
    """The tokens that stand in no bracket, up to the first binder: what follows that belongs to it."""
    top: list[str] = []
    depth = 0
    for text in found:
        if text in _CLOSES:
            depth -= 1
        elif text in _OPENS:
            depth += 1
        elif not depth:
            if text in _BINDERS:
                break
            top.append(text)
    return top


def _body(found: Sequence[str]) -> Sequence[str]:
    """What stands behind the binder that a term begins with."""
    depth = 0
    for place, text in enumerate(found):
        depth += (text in _OPENS) - (text in _CLOSES)
        if not depth and text in (",", "=>", "↦"):
            return found[place + 1 :]
    return ()


def _unwrapped(found: Sequence[str]) -> Sequence[str]:
    """A term without the brackets around all of it."""
    while len(found) > 1 and found[0] == "(" and found[-1] == ")":
        depth = 0
        for text in found[:-1]:
            depth += (text in _OPENS) - (text in _CLOSES)
            if not depth:
                return found
        found = found[1:-1]
    return found
