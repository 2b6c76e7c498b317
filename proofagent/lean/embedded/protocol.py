"""The replies of `host.cjs` as values; what does not fit is refused, never guessed at."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.lean.engine import Declaration, Message, Position, Severity

_SEVERITY: dict[str, Severity] = {"information": "info", "warning": "warning", "error": "error"}


class Reply(BaseModel):
    """What every reply has: the request's number, milliseconds spent, bytes of WebAssembly memory."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: int
    ms: float
    heap: int
    ok: bool = True

    @classmethod
    def refusal(cls, text: bytes) -> str | None:
        """The reason where `text` is a refusal."""
        try:
            return Refused.model_validate_json(text).error
        except ValidationError:
            return None


class Refused(Reply):
    error: str


class Imported(Reply):
    state: int


class _Place(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    line: int
    column: int


class LeanMessage(BaseModel):
    """A message as Lean's own `Message.toJson` writes it (`Lean.SerialMessage`)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    severity: Literal["information", "warning", "error"]
    data: str
    pos: _Place
    endPos: _Place | None = None  # noqa: N815  Lean's spelling
    kind: str = ""


class Elaborated(Reply):
    messages: list[LeanMessage]
    state: int = -1


class Kinds(Reply):
    kinds: list[str | None]


class _Refusal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    names: list[str]
    error: str


class Replayed(Reply):
    state: int
    refused: list[_Refusal]


class Written(Reply):
    bytes: int


class _Walk(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: int
    constants: list[str]


class Inspected(Reply):
    kind: str | None
    type: _Walk | None = None
    value: _Walk | None = None

    def declaration(self: Self) -> Declaration:
        parts = [part for part in (self.type, self.value) if part]
        return Declaration(
            self.kind,
            self.type.size if self.type else 0,
            self.value.size if self.value else None,
            frozenset(name for part in parts for name in part.constants),
        )


def message(raw: LeanMessage) -> Message:
    """The project's message for Lean's."""
    end = raw.endPos or raw.pos
    kind = "" if raw.kind == "[anonymous]" else raw.kind
    return Message(
        _SEVERITY[raw.severity],
        raw.data,
        Position(raw.pos.line, raw.pos.column),
        Position(end.line, end.column),
        kind,
    )
