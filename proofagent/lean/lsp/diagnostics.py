"""What a Lean server says of a document, by version.

Lean publishes all diagnostics of a version again and again while they come in, and answers
`textDocument/waitForDiagnostics` when that version has been told of in full (src/Lean/Data/Lsp/Extra.lean). Those of
other versions and documents are stale and dropped: silence, or what was said before, is never taken for an answer.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.errors import EngineLost
from proofagent.lean.engine import Message, Position, Severity

PUBLISHED = "textDocument/publishDiagnostics"
_SEVERITIES: dict[int, Severity] = {1: "error", 2: "warning", 3: "info", 4: "info"}


# There may be a hundred thousand diagnostics: models would take ten seconds, most of them in the garbage collector.
@dataclass(frozen=True, slots=True)
class _Place:
    """`character` counts UTF-16 units."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class _Range:
    start: _Place
    end: _Place


@dataclass(frozen=True, slots=True)
class _Diagnostic:
    range: _Range
    message: str
    fullRange: _Range | None = None  # noqa: N815  Lean's spelling; `range` is cut to one line
    severity: int = 1
    """Where none is given the protocol leaves it to us; an error is the safe reading."""
    isSilent: bool = False  # noqa: N815
    """Shown in an editor's margin, and by no other front end of Lean."""


class _Published(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    uri: str
    version: int | None = None
    diagnostics: list[_Diagnostic]
    isIncremental: bool = False  # noqa: N815
    """These come on top of what was said of this version before."""


class Listener:
    """Keeps what is said of one version of one document."""

    def __init__(self, uri: str, version: int) -> None:
        self._uri = uri
        self._version = version
        self._said: list[_Diagnostic] | None = None

    def hear(self, method: str, params: object) -> None:
        """Take in a notification. Raises `EngineLost` where diagnostics of this document cannot be read."""
        if method != PUBLISHED:
            return
        try:
            published = _Published.model_validate(params)
        except ValidationError as error:
            raise EngineLost("diagnostics that nobody can read", detail=str(error)[:500]) from None
        if published.uri != self._uri:
            return
        if published.version is None:
            raise EngineLost("diagnostics without a version: they may be of another text")
        if published.version == self._version:
            if self._said is None or not published.isIncremental:
                self._said = []
            self._said += published.diagnostics

    def messages(self, text: str) -> tuple[Message, ...]:
        """What was said of `text`, in the order of the places.

        Raises `EngineLost` where a place is not in it, and where nothing was said: Lean says at least that there is
        nothing to say.
        """
        if self._said is None:
            raise EngineLost("the Lean server answered, and said nothing of this text")
        lines = text.split("\n")
        # A text with an error that is silent has failed for `lean` itself.
        found = [_message(each, lines) for each in self._said if not each.isSilent or each.severity == 1]
        return tuple(sorted(found, key=lambda message: (message.start.line, message.start.column)))


def _message(said: _Diagnostic, lines: list[str]) -> Message:
    place = said.fullRange or said.range
    severity = _SEVERITIES.get(said.severity)
    if severity is None:
        raise EngineLost(f"a diagnostic of severity {said.severity}")
    # The protocol has no kinds; this one is told by its words in any case.
    kind = "hasSorry" if severity == "warning" and said.message.startswith("declaration uses") else ""
    start, end = _position(place.start, lines), _position(place.end, lines)
    end = max(start, end, key=lambda at: (at.line, at.column))
    return Message(severity, said.message, start, end, kind)


def _position(place: _Place, lines: list[str]) -> Position:
    if not 0 <= place.line <= len(lines) or place.character < 0:
        raise EngineLost(f"a diagnostic at line {place.line + 1}, where there is no text")
    line = lines[place.line] if place.line < len(lines) else ""
    if line.isascii():
        return Position(place.line + 1, min(place.character, len(line)))
    return Position(place.line + 1, min(place.character - bisect_left(_pairs(line), place.character), len(line)))


@lru_cache(maxsize=16)
def _pairs(line: str) -> list[int]:
    """Where in UTF-16 the characters of two units begin."""
    return [at + before for before, at in enumerate(at for at, character in enumerate(line) if character > "\uffff")]
