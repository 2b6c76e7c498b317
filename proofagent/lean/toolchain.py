"""A native Lean: which program it is, what it reads, and how texts are laid out for it."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from proofagent.errors import EngineRefused
from proofagent.lean.closure import import_closure, module_file
from proofagent.lean.engine import Header, Message, Position

_BARRIER = "section\nend\n"
"""Two commands that mean nothing, behind which Lean takes no more imports."""
_OWN_HEADER = re.compile(r"\s*(?:prelude|module|import|public|meta)\b")
_NO_MEMORY = re.compile(r"out of memory|std::bad_alloc|excessive memory|cannot allocate", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lean:
    """A native Lean: its program, and where compiled modules are beside its own library."""

    program: Path
    search_path: tuple[Path, ...] = ()
    memory: int = 32 << 30
    """Bytes of addresses that one process may have; compiled modules are mapped, so this is more than it uses."""

    resident: int = 8 << 30
    """Bytes of memory that one process may really have."""

    @property
    def environment(self) -> dict[str, str]:
        """All that the process gets to see of ours: keys and tokens of the user are no business of a document."""
        path = os.pathsep.join(str(each.absolute()) for each in self.search_path)
        return {"LEAN_PATH": path} if path else {}

    def closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        """As `Engine.closure`."""
        return import_closure(self.libraries, imports)

    def file(self, module: str) -> Path:
        """The compiled file of a module. Raises `EngineRefused` where there is none."""
        return module_file(self.libraries, module)

    @property
    def libraries(self) -> tuple[Path, ...]:
        """The folders of compiled modules, its own library's the last."""
        return *self.search_path, self.program.resolve().parent.parent / "lib" / "lean"


@dataclass(frozen=True, slots=True)
class Document:
    """A text for Lean, of which the lines behind the first `before` are asked about."""

    text: str
    before: int
    imports: int
    """The lines that are nothing but imports of ours."""

    def asked_about(self, said: Iterable[Message]) -> tuple[Message, ...]:
        """The messages about these lines, with places counted in them.

        Raises `EngineRefused` where the imports failed, one that does not exist or two that contradict each other: Lean
        elaborates nothing then, and silence about these lines means nothing.
        """
        kept = []
        for message in said:
            if message.severity == "error" and self._of_imports(message):
                raise EngineRefused(message.text.partition("\n")[0])
            if message.start.line > self.before:
                start, end = (Position(at.line - self.before, at.column) for at in (message.start, message.end))
                kept.append(Message(message.severity, message.text, start, end, message.kind))
        return tuple(kept)

    def _of_imports(self, error: Message) -> bool:
        """Whether Lean speaks of the imports: in their lines, or, of what they are together, at the very beginning."""
        return error.start.line <= self.imports or error.start == error.end == Position(1, 0)


def document(header: Header, body: str | None) -> Document:
    """Imports, options, preamble and body as one text, to ask about the body, or, where there is none, the header.

    A body can import nothing, whatever it begins with.
    """
    text = header.text
    if text and not text.endswith("\n"):
        text += "\n"
    imports = "".join(f"import {module}\n" for module in header.imports)
    if _OWN_HEADER.match(text):  # trusted, and has to stand first
        parts = (imports, text + _BARRIER, body or "")
    else:
        parts = (imports + _BARRIER, text, body or "")
    before = "".join(parts[: 1 if body is None else 2]).count("\n")
    return Document("".join(parts), before, len(header.imports))


def out_of_memory(said: str) -> bool:
    """Whether what a process printed last speaks of memory."""
    return _NO_MEMORY.search(said) is not None
