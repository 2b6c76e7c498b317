"""Lean files: their holes as goals, proofs put back in their place, and the file written again.

Nothing but the holes changes: byte order mark, line ends and every space of the rest stay as they are.
"""

import difflib
import os
import re
import stat
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from proofagent.errors import GoalError
from proofagent.goals.commands import DECLARATIONS, Command, Header, header, split
from proofagent.goals.declarations import declared_name, full_name, inner, namespaces, statement_stop
from proofagent.goals.goal import Goal, HolePosition
from proofagent.goals.lexer import BOM, Token, code, components, sorries, where

MAX_FILE_BYTES = 20_000_000
MAX_GOAL_CHARACTERS = 200_000_000
"""Each goal has its own copy of what stands before it: many holes in a huge file would not fit into memory."""

NAMELESS = "_example"


@dataclass(frozen=True, slots=True)
class LeanFile:
    """A file as it was read."""

    path: Path
    text: str
    """All of it, byte order mark and line ends included."""
    newline: str
    r"""``\n`` or ``\r\n``, whichever most of its lines end with."""
    ignored: tuple[HolePosition, ...] = ()
    """`sorry`s that are no goals: in statements, where nothing can be proved, and outside declarations."""


def from_file(path: Path, *, only: str | None = None) -> tuple[LeanFile, list[Goal]]:
    """Every `sorry` in the body of a declaration as a goal, in the order of the file.

    ``text[:header.end] + preamble + statement + lead + "sorry" + tail`` is the file up to the end of the declaration,
    carriage returns included. Imports are the file's, behind the `Init` that Lean adds unless it says `prelude`.
    A mutual block is one declaration with the name of the member that the hole is in. `only` keeps the declarations
    of that full name or that last component.

    Raises GoalError, with the position as far as there is one, if the file cannot be read, is not UTF-8 text, is
    longer than 20 MB, has a comment or string that does not end, has no goal, or has no goal of the name `only`.
    """
    text = read_text(path)
    try:
        holes, others, names = _Reader(path, text, header(text)).read(only)
    except GoalError as error:
        if not error.where:
            raise GoalError(str(error), where=str(path)) from None
        raise GoalError(str(error).removeprefix(error.where + ": "), where=f"{path}:{error.where}") from None
    if not holes:
        raise GoalError(_why_none(only, names, others), where=str(path))
    crlf = text.count("\r\n")
    newline = "\r\n" if 2 * crlf > text.count("\n") else "\n"
    return LeanFile(path, text, newline, tuple(others)), holes


def place(file: LeanFile, proofs: Mapping[HolePosition, str]) -> str:
    """The file's text with each proof in the place of its `sorry`; line breaks in proofs become the file's.

    Raises GoalError for a position that is not of this file or where no `sorry` stands.
    """
    spans = {(token.start, token.end) for token in sorries(file.text)} if proofs else set()
    pieces: list[str] = []
    done = 0
    for position, proof in sorted(proofs.items(), key=lambda item: item[0].start):
        if position.path != str(file.path) or (position.start, position.end) not in spans or position.start < done:
            raise GoalError("no `sorry` stands here", where=f"{position.path}:{position.line}:{position.column}")
        pieces += [file.text[done : position.start], re.sub(r"\r?\n", lambda _: file.newline, proof)]
        done = position.end
    return "".join([*pieces, file.text[done:]])


def write_atomically(path: Path, text: str) -> None:
    """Write `text` as UTF-8, line ends as they are: whoever reads sees the old file or the new one, never a part.

    The mode of an existing file is kept, and a symbolic link stays one. Raises GoalError if it cannot be written.
    """
    try:
        target = path.resolve()
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".proofagent-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GoalError(f"cannot be written: {error.strerror or error}", where=str(path)) from error
    except UnicodeEncodeError as error:
        raise GoalError("cannot be written: half a surrogate pair", where=where(text, error.start)) from error


def open_file(path: Path) -> BinaryIO:
    """The bytes of a regular file, which never blocks; GoalError if there is none or it cannot be opened."""
    try:
        if path.exists() and not path.is_file():
            raise GoalError("a directory, not a file" if path.is_dir() else "not a regular file", where=str(path))
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise GoalError(f"cannot be read: {reason}", where=str(path)) from error


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file as an engine takes it."""

    path: Path
    imports: tuple[str, ...]
    """With the `Init` that Lean adds."""
    body: str
    """The text without its header, in whose place blank lines stand: lines keep their numbers."""


def source(path: Path) -> Source:
    """Read a file that needs nothing but the modules that it imports.

    Raises `GoalError` where it cannot be read, its header is broken, or it says `module` or `prelude`.
    """
    text = read_text(path)
    try:
        head = header(text)
    except GoalError as error:
        raise GoalError(str(error).removeprefix(error.where + ": "), where=f"{path}:{error.where}") from None
    if head.module or head.prelude:
        raise GoalError("a file with `module` or `prelude` needs a native Lean", where=str(path))
    body = "\n" * text.count("\n", 0, head.end) + text[head.end :].removeprefix(BOM)
    return Source(path, tuple(dict.fromkeys(("Init", *head.imports))), body)


def read_text(path: Path) -> str:
    with open_file(path) as file:
        try:
            data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise GoalError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if len(data) > MAX_FILE_BYTES:
        raise GoalError(f"longer than {MAX_FILE_BYTES // 1_000_000} MB", where=str(path))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise GoalError("not UTF-8 text", where=f"{path}:{where(before, len(before))}") from error
    if "\0" in text:
        raise GoalError("a binary file (it has a NUL byte)", where=f"{path}:{where(text, text.index(chr(0)))}")
    if not text.removeprefix("\ufeff").strip():
        raise GoalError("the file is empty", where=str(path))
    return text


@dataclass(frozen=True, slots=True)
class _Body:
    """A declaration: ``text[start:end]``, whose statement ends at `statement_end`."""

    start: int
    statement_end: int
    end: int


class _Reader:
    """Finds the goals of one text."""

    def __init__(self, path: Path, text: str, head: Header) -> None:
        self._path, self._text, self._head = path, text, head
        self._imports = tuple(dict.fromkeys((*(() if head.prelude else ("Init",)), *head.imports)))
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._characters = 0

    def read(self, only: str | None) -> tuple[list[Goal], list[HolePosition], list[str]]:
        """The goals, the other `sorry`s, and the full names of all declarations."""
        text = self._text
        tokens = sorries(text)
        goals: list[Goal] = []
        others: list[HolePosition] = []
        names: list[str] = []
        next_token = 0
        for name, member, whole in self._declarations():
            if name:
                names.append(name)
            outside, next_token = _until(tokens, next_token, member.start)
            inside, next_token = _until(tokens, next_token, member.end)
            others += [self._position(token) for token in outside]
            if not inside or (only is not None and not _is_called(name or NAMELESS, only)):
                continue
            stop = statement_stop(text, member)
            others += [self._position(token) for token in inside if token.start < stop]
            holes = [token for token in inside if token.start >= stop]
            if holes:
                solid = max((token.end for token in code(text, member.at, stop)), default=stop)
                goals += self._goals(name or NAMELESS, _Body(whole.start, solid, whole.end), holes)
        others += [self._position(token) for token in tokens[next_token:]]
        return goals, sorted(others, key=lambda position: position.start), names

    def _declarations(self) -> Iterator[tuple[str | None, Command, Command]]:
        """Each declaration with its full name and the command that it is part of: itself, or a mutual block."""
        text = self._text
        found = list(split(text, self._head.end))
        for command, namespace in zip(found, namespaces(text, found), strict=True):
            for member in inner(text, command) if command.keyword == "mutual" else [command]:
                if member.keyword in DECLARATIONS:
                    name = declared_name(text, member)
                    yield full_name(namespace, name) if name else None, member, command

    def _goals(self, name: str, body: _Body, holes: Sequence[Token]) -> Iterator[Goal]:
        text = self._text
        self._characters += body.start + len(holes) * (body.end - body.start)
        if self._characters > MAX_GOAL_CHARACTERS:
            raise GoalError("too many goals for a file of this length: choose declarations by name")
        preamble = text[self._head.end : body.start]
        statement = text[body.start : body.statement_end]
        for hole in holes:
            position = self._position(hole)
            yield Goal(
                name=name,
                statement=statement,
                imports=self._imports,
                preamble=preamble,
                lead=text[body.statement_end : hole.start],
                tail=text[hole.end : body.end],
                position=position,
                origin=f"{position.path}:{position.line}:{position.column}",
            )

    def _position(self, token: Token) -> HolePosition:
        line = bisect_right(self._lines, token.start)
        return HolePosition(str(self._path), token.start, token.end, line, token.start - self._lines[line - 1])


def _until(tokens: Sequence[Token], start: int, offset: int) -> tuple[Sequence[Token], int]:
    """The tokens from index `start` on that begin before `offset`, and the index of the next."""
    stop = start
    while stop < len(tokens) and tokens[stop].start < offset:
        stop += 1
    return tokens[start:stop], stop


def _is_called(name: str, wanted: str) -> bool:
    return wanted in {name, components(name)[-1]}


def _why_none(only: str | None, names: Sequence[str], others: Sequence[HolePosition]) -> str:
    if only is None:
        first = f"; the one in line {others[0].line} is not in the body of a declaration" if others else ""
        return "there is no `sorry` to prove" + first
    if any(_is_called(name, only) for name in names):
        return f"`{only}` has no `sorry` to prove"
    last = {components(name)[-1]: name for name in names}
    close = difflib.get_close_matches(only, [*names, *last], n=5)
    similar = ", ".join(f"`{name}`" for name in dict.fromkeys(last.get(name, name) for name in close))
    return f"there is no declaration `{only}`" + (f"; close: {similar}" if similar else "")
