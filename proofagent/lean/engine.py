"""The contract between the project and any Lean: documents in, messages and artefacts out.

An engine elaborates text. What can go wrong with the text or with the time is a value (`Status`); an engine that
cannot do its work at all raises `EngineError`. No verdict is ever read from what an engine says: see `check.gate`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Severity = Literal["info", "warning", "error"]
Status = Literal["done", "timed-out", "out-of-memory", "lost"]


@dataclass(frozen=True, slots=True)
class Header:
    """What comes before a body and is the same for many bodies: the key by which a warm engine is used again."""

    imports: tuple[str, ...]
    preamble: str = ""
    """Trusted Lean text after the imports."""

    options: tuple[tuple[str, str], ...] = ()
    """`set_option` lines before the preamble, in order."""

    @property
    def text(self) -> str:
        """The header without its imports, ready to stand before a body."""
        options = "".join(f"set_option {name} {value}\n" for name, value in self.options)
        return options + self.preamble


@dataclass(frozen=True, slots=True)
class Position:
    """`line` counts from 1, `column` from 0 in code points, both in the body alone."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message of Lean about a body."""

    severity: Severity
    text: str
    start: Position
    end: Position
    kind: str = ""
    """Lean's own tag (`trace`, `hasSorry`, `unsolvedGoals` ...); empty where it gives none."""


@dataclass(frozen=True, slots=True)
class Elaboration:
    """What became of one body. Unless `status` is "done", `messages` is empty and `detail` says what happened."""

    status: Status
    messages: tuple[Message, ...] = ()
    seconds: float = 0.0
    detail: str = ""

    @property
    def errors(self) -> tuple[Message, ...]:
        return tuple(m for m in self.messages if m.severity == "error")


@dataclass(frozen=True, slots=True)
class Compilation:
    """An elaborated body and the `.olean` with its new declarations; `path` is None unless `status` is "done".

    Messages may hold errors: Lean writes what it could add. The artefact decides, not the messages.
    """

    status: Status
    path: Path | None = None
    messages: tuple[Message, ...] = ()
    seconds: float = 0.0
    detail: str = ""


OUT_OF_MEANS = frozenset({"deterministic timeout", "excessive memory", "deep recursion", "interrupted"})
"""What a kernel says where it gave up: that is no judgement of the declaration."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the kernel did not take: the declarations, and why, in Lean's own distinction of errors."""

    names: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Declarations that were given to the kernel one by one, and the `.olean` of those that it took.

    `path` is None and `refused` is empty unless `status` is "done".
    """

    status: Status
    path: Path | None = None
    refused: tuple[Refusal, ...] = ()
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an engine knows of a constant; sizes count distinct subterms. `kind` is None where it does not exist."""

    kind: str | None
    type_size: int = 0
    value_size: int | None = None
    constants: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """Which Lean this is; a receipt names it."""

    engine: str
    version: str
    commit: str
    library: str = ""
    """SHA-256 of the compiled library that it imports from; empty where that is not known."""

    sandboxed: bool = False
    """Whether a text that runs programs can do no harm."""

    partial_library: bool = False
    """Whether declarations of the library mention others that are not part of it: see `lean.kernel.exported`."""


class Engine(Protocol):
    """One Lean. Methods run one after another; a second caller waits."""

    @property
    def identity(self) -> Identity: ...

    @property
    def healthy(self) -> bool:
        """False once a deadline passed or the process died: only `aclose` is of use then."""
        ...

    @property
    def memory(self) -> int:
        """Bytes of Lean's heap after the last request; an engine that grows past a limit is replaced."""
        ...

    @property
    def libraries(self) -> tuple[Path, ...]:
        """The folders of compiled modules that it imports from, the first that has a module before the others."""
        ...

    def closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        """All modules that `imports` bring, themselves included. Raises `EngineRefused` where one does not exist."""
        ...

    async def prepare(self, header: Header, *, deadline: float) -> Elaboration:
        """Import and elaborate `header`, so that the next body under it starts at once; messages are the header's.

        Raises `EngineRefused` where an import does not exist for this engine.
        """
        ...

    async def elaborate(self, header: Header, body: str, *, deadline: float) -> Elaboration:
        """Elaborate `body` after `header`; nothing of it is seen by later bodies. `deadline` is in seconds."""
        ...

    async def compile(self, header: Header, body: str, target: Path, *, deadline: float) -> Compilation:
        """Elaborate and write the `.olean` of header and body (without the imports) to `target`."""
        ...

    async def replay(self, imports: tuple[str, ...], lines: str, target: Path, *, deadline: float) -> Replay:
        """Give the declarations `lines` (`olean.export`) to the kernel and write those that it takes to `target`.

        Nothing is elaborated: what the declarations are made from, and by whom, plays no part.
        Raises `EngineRefused` where the lines make no sense.
        """
        ...

    async def inspect(self, header: Header, body: str, names: Sequence[str], *, deadline: float) -> list[Declaration]:
        """Elaborate and say what became of each of `names`. Raises `EngineLost` where that cannot be said."""
        ...

    async def aclose(self) -> None:
        """Stop for good, at once; nothing is left running. May be called twice."""
        ...
