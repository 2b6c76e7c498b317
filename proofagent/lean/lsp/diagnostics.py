"""What a Lean server says of a document, by version.

Lean publishes all diagnostics of a version again and again while they come in, and answers
`textDocument/waitForDiagnostics` when that version has been told of in full (src/Lean/Data/Lsp/Extra.lean). Those of
other versions and documents are stale and dropped: silence, or what was said before, is never taken for an answer.
"""

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from proofagent.errors import EngineLost
from proofagent.lean.engine import Message, Position, Severity

PUBLISHED = "textDocument/publishDiagnostics"
_SEVERITIES: dict[int, Severity] = {1: "error", 2: "warning", 3: "info", 4: "info"}


class _Place(BaseModel):
    """`character` counts UTF-16 units."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    line: int
    character: int


class _Range(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    start: _Place
    end: _Place


class _Diagnostic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    range: _Range
    fullRange: _Range | None = None  # noqa: N815  Lean's spelling; `range` is cut to one line
    severity: int = 1
    """Where none is given the protocol leaves it to us; an error is the safe reading."""
    message: str
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
        self._said: list[_Diagnostic] = []

    def hear(self, method: str, params: JsonValue) -> None:
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
            self._said = [*(self._said if published.isIncremental else ()), *published.diagnostics]

    def messages(self, text: str) -> tuple[Message, ...]:
        """What was said of `text`, in the order of the places. Raises `EngineLost` where a place is not in it."""
        lines = text.split("\n")
        found = [_message(each, lines) for each in self._said if not each.isSilent]
        return tuple(sorted(found, key=lambda message: (message.start.line, message.start.column)))


def _message(said: _Diagnostic, lines: list[str]) -> Message:
    place = said.fullRange or said.range
    severity = _SEVERITIES.get(said.severity)
    if severity is None:
        raise EngineLost(f"a diagnostic of severity {said.severity}")
    # The protocol has no kinds; this one is told by its words in any case.
    kind = "hasSorry" if severity == "warning" and said.message.startswith("declaration uses") else ""
    return Message(severity, said.message, _position(place.start, lines), _position(place.end, lines), kind)


def _position(place: _Place, lines: list[str]) -> Position:
    if not 0 <= place.line <= len(lines) or place.character < 0:
        raise EngineLost(f"a diagnostic at line {place.line + 1}, where there is no text")
    line = lines[place.line] if place.line < len(lines) else ""
    if line.isascii():
        return Position(place.line + 1, min(place.character, len(line)))
    units = line.encode("utf-16-le", "surrogatepass")[: 2 * place.character]
    return Position(place.line + 1, len(units.decode("utf-16-le", "ignore")))
