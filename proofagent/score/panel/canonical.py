"""The text that judges see: without comments, strings and names in which somebody could speak to them.

A proof is data. What a reader needs of it is kept: structure, lemmas, and names that are names. A short name can still
spell an order (`a_wins`); nothing tells that from a name, so the exam asks judges whether they obey one.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from proofagent.goals.lexer import BLANK, Kind, Token, column, components, scan

STRING = '"…"'
LONGEST_PART = 32
LONGEST_NAME = 64
MOST_PARTS = 6
"""Names of the library and of mathlib stay below these with few exceptions; sentences do not."""
MOST_INDENT = 100

_DROPPED = BLANK | {Kind.DOC}
_WORDS = frozenset([Kind.IDENTIFIER, Kind.NUMBER])
# Characters that are invisible, turn the direction of others, or mean nothing to anybody.
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn"])


def canonical(texts: Sequence[str]) -> tuple[str, ...]:
    """`texts` as judges see them; what a name becomes is the same in all of them, whatever their order.

    Comments are dropped, also those of documentation; strings become `"…"`; names that are long, have many parts or are
    quoted become `x1`, `x2` …; lines keep their indentation and nothing else of their white space. Idempotent.
    Raises `GoalError` where a comment or a string does not end.
    """
    read = [list(scan(text)) for text in texts]
    renamed = _renaming(token.text for tokens in read for token in tokens if token.kind is Kind.IDENTIFIER)
    return tuple(_rendered(text, tokens, renamed) for text, tokens in zip(texts, read, strict=True))


def _renaming(names: Iterable[str]) -> Mapping[str, str]:
    """New names for the parts of names, or for whole names, that could hold a sentence."""
    all_names = {name.lstrip("`") for name in names}
    taken = {part for name in all_names for part in components(name)}
    speaking = {name for name in all_names if len(name) > LONGEST_NAME or len(components(name)) > MOST_PARTS}
    speaking |= {part for name in all_names - speaking for part in components(name) if _may_speak(part)}
    # By the alphabet, so that the order of the texts decides nothing.
    free = (name for number in range(1, len(speaking) + len(taken) + 1) if (name := f"x{number}") not in taken)
    return dict(zip(sorted(speaking), free, strict=False))


def _may_speak(part: str) -> bool:
    return part.startswith("«") or len(part) > LONGEST_PART


@dataclass(slots=True)
class _Lines:
    """Lines as they are put together."""

    done: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def end(self) -> None:
        if self.pieces:
            self.done.append("".join(self.pieces))
        self.pieces = []


def _rendered(text: str, tokens: Sequence[Token], renamed: Mapping[str, str]) -> str:
    lines = _Lines()
    last: Token | None = None
    for token in tokens:
        if token.kind in _DROPPED:
            if "\n" in token.text:
                lines.end()
            last = None
            continue
        shown = _shown(token, renamed)
        if not lines.pieces:
            # The column, not the blanks: a comment may stand in front.
            lines.pieces.append(" " * min(column(text, token.start), MOST_INDENT))
        elif last is None or _would_join(last, token):
            lines.pieces.append(" ")
        lines.pieces.append(shown)
        last = token
    lines.end()
    return "\n".join(lines.done)


def _would_join(last: Token, token: Token) -> bool:
    """Whether two words touch, which they do at the quotes of a name only: without the quotes they would be one."""
    return last.kind in _WORDS and token.kind in _WORDS


def _shown(token: Token, renamed: Mapping[str, str]) -> str:
    if token.kind is Kind.STRING:
        return STRING
    if token.kind is Kind.IDENTIFIER:
        name = token.text.lstrip("`")
        ticks = token.text[: len(token.text) - len(name)]
        return ticks + renamed.get(name, ".".join(_parts(name, renamed)))
    return "".join("\ufffd" if _is_hidden(character) else character for character in token.text)


def _is_hidden(character: str) -> bool:
    # A quote of names that quotes none here would quote whatever comes to stand beside it.
    return character in "«»" or unicodedata.category(character) in _UNSEEN


def _parts(name: str, renamed: Mapping[str, str]) -> Iterator[str]:
    return (renamed.get(part, part) for part in components(name))
