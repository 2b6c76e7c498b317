"""Whatever a field holds, as a value that every log and trace can carry: bounded, readable, without secrets."""

import itertools
import math
import re
import reprlib
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

Plain = str | int | float | bool | list[str] | list[int] | list[float] | list[bool]

_MOST_CHARACTERS = 2_000
_MOST_ITEMS, _MOST_IN_A_LIST = 50, 200
_LONGEST_SECRET = 4_096
_LEAST_SECRET = 8
_UNREADABLE = "(cannot be shown)"
# What gives orders to a terminal, ends a line for some reader, or is no text in UTF-8.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH(?!OR)|HEADERS")

_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = _MOST_CHARACTERS


class Cleaner:
    """Makes plain values; wherever a secret stands in a text, `[key]` takes its place.

    Secrets are the values of the variables that sound like one, and what it is told.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._known: set[str] = set()
        self._secrets: re.Pattern[str] | None = None
        named = [value for name, value in environment.items() if _SECRET_NAMES.search(name.upper())]
        # A list of headers or of keys is rarely repeated as a whole, or with its escapes.
        parts = [part for value in named for part in re.split(r"[,;=\s]+", f"{value} {unquote(value)}")]
        self.hide([*named, *parts])

    def hide(self, secrets: Iterable[str]) -> None:
        """Know more secrets; what is shorter than any key is none."""
        self._known |= {secret for secret in secrets if len(secret) >= _LEAST_SECRET}
        longest_first = sorted(self._known, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def fields(self, fields: Mapping[str, object]) -> dict[str, Plain]:
        """All fields that say something, plain."""
        return {name: self.plain(value) for name, value in fields.items() if value is not None}

    def plain(self, value: object) -> Plain:
        """`value` as it is where it is plain already, and as text otherwise; never raises."""
        try:
            if isinstance(value, list | tuple | set | frozenset):
                return self._listed(value)
            return self._one(value)
        except Exception:  # noqa: BLE001  objects may do anything when they are looked at
            return _UNREADABLE

    def _one(self, value: object) -> str | int | float | bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
            return int(value)
        if isinstance(value, float) and math.isfinite(value):
            return float(f"{value:.6g}")
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, BaseException):
            return self.text(f"{type(value).__name__}: {value}")
        return self.text(_SHORT.repr(value))

    def _listed(self, values: Iterable[object]) -> Plain:
        """As a list of one type, since traces know no others."""
        plain = [self._one(value) for value in itertools.islice(values, _MOST_ITEMS)]
        for kind in (bool, int, float):
            if plain and all(type(value) is kind for value in plain):
                return plain  # type: ignore[return-value]  # just checked
        return [str(value)[:_MOST_IN_A_LIST] for value in plain]

    def text(self, value: str) -> str:
        """A text without secrets and controls, cut off where it is long."""
        whole = str.__str__(value)  # of a subclass, what it really is
        # A secret across the place where it is cut off is still seen whole.
        text = whole[: _MOST_CHARACTERS + _LONGEST_SECRET]
        if self._secrets is not None:
            text = self._secrets.sub("[key]", text)
        text = _CONTROLS.sub("\ufffd", text)
        if len(text) <= _MOST_CHARACTERS:
            return text
        return f"{text[:_MOST_CHARACTERS]}… ({len(whole):,} characters)"
