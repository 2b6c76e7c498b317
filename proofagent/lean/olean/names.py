"""Names of Lean, and one text for each of them."""

import re
from typing import Self

# What Lean itself writes without quotes (`isIdFirst`, `isIdRest`): letters, Greek but λ Π Σ, letter-like symbols.
_LETTERS = "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03b1-\u03ba"
_LETTERS += "\u03bc-\u03fb\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
_SUBSCRIPTS = "\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_PLAIN = re.compile(f"[{_LETTERS}][{_LETTERS}{_SUBSCRIPTS}0-9'!?]*")
_ESCAPES = str.maketrans({"\\": "\\\\", "»": "\\»", "\n": "\\n"})


class Name(tuple[str | int, ...]):
    """The components of a name, outermost first; `Name.of()` is the anonymous one.

    `str` is injective: a text component that is not a plain identifier stands in « », a number stands bare. So
    `«a.b»` and `a.b` differ, and `«1»` and `1`. Inside « » a backslash escapes itself, `»` and line ends.
    """

    __slots__ = ()

    @classmethod
    def of(cls, *components: str | int) -> Self:
        return cls(components)

    def __str__(self) -> str:
        return ".".join(map(_quoted, self)) or "[anonymous]"

    def __repr__(self) -> str:
        return f"Name({self!s})"

    def bare(self) -> str:
        """The components without any quotes, as programs print it that are not Lean; two names may be the same."""
        return ".".join(map(str, self))

    def encoded(self) -> bytes:
        """Bytes that no other name has, whatever else they are joined with."""
        return b"%d." % len(self) + b"".join(map(_encoded, self))


def _quoted(component: str | int) -> str:
    if isinstance(component, int):
        return str(component)
    return component if _PLAIN.fullmatch(component) else f"«{component.translate(_ESCAPES)}»"


def _encoded(component: str | int) -> bytes:
    if isinstance(component, int):
        return b"i%d:" % component
    text = component.encode()
    return b"s%d:%b" % (len(text), text)
