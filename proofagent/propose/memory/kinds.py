"""The kind of a tactic at a goal: what is left of it when all names are taken out.

`(induction xs generalizing n <;> simp_all [List.take]; done)` is the induction over a list of the target, with another
variable kept general and a constant of the target unfolded, wherever it is tried. Tactics that name the lemmas of one
goal are no use at another one, but their kinds are.
"""

from collections.abc import Iterator

from proofagent.goals.lexer import Kind, Token, code
from proofagent.propose.memory.abstraction import Abstract, Place, abstracted

_LISTING = frozenset(["simp", "simp_all", "simpa", "dsimp", "simp_arith", "grind", "rw", "rewrite", "rwa", "erw"])
_NAMING = frozenset(["apply", "exact", "refine", "unfold", "have"])
_STOPS = frozenset(["]", ";", ")", "<;>"])
_HERE, _ELSEWHERE = "□", "◇"
"""Constants that the target names, and others."""


def kind_at(tactic: str, place: Place) -> str | None:
    """The kind of `tactic` at `place`; None where `abstracted` has nothing to say of it. Raises nothing."""
    found = abstracted(tactic, place)
    return kind_of(found, place) if found is not None else None


def kind_of(abstract: Abstract, place: Place) -> str:
    """The kind of what was made for `place`."""
    names = [f"‹{slot.shape}{'!' if slot.in_target else ''}›" for slot in abstract.slots]
    holes = [f"«{number}»" for number in range(len(names))]
    new = [f"«_{number}»" for number in range(len(abstract.introduced))]
    text = _without_constants(abstract.filled(holes, new), place.named)
    for hole, name in zip(holes, names, strict=True):
        text = text.replace(hole, name)
    for fresh in new:
        text = text.replace(fresh, "_")
    return " ".join(text.split())


def _without_constants(text: str, here: frozenset[str]) -> str:
    """Constants in the lists of `simp` and its like, and behind `apply` and its like, by where they come from."""
    pieces, done = list[str](), 0
    last = ""
    for token in _constants(list(code(text))):
        sign = _HERE if token.text in here or token.text.rpartition(".")[2] in here else _ELSEWHERE
        before = text[done : token.start]
        # A list is as good as any other of the same sort, however long it is.
        if not (before.strip() == "," and last == sign):
            pieces += [before, sign]
        done, last = token.end, sign
    return "".join([*pieces, text[done:]])


def _constants(tokens: list[Token]) -> Iterator[Token]:
    listing = naming = False
    for token in tokens:
        if token.text in _LISTING:
            listing, naming = True, False
        elif token.text in _NAMING:
            listing, naming = False, True
        elif token.text in _STOPS:
            listing = naming = False
        elif token.kind is Kind.IDENTIFIER and not token.text.startswith("«"):
            if (listing and token.text not in ("only", "at", "using")) or naming:
                yield token
            naming = False
