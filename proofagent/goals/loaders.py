"""Goals from a statement that someone types, and from files of statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from proofagent.errors import GoalError
from proofagent.goals.commands import Command, header, split
from proofagent.goals.declarations import declared_name, full_name, namespace_at, namespaces, statement_stop
from proofagent.goals.files import NAMELESS, LeanFile, from_file, open_file, read_text
from proofagent.goals.goal import DEFAULT_IMPORTS, Goal
from proofagent.goals.lexer import BOM, Kind, code, scan, sorries, where

MAX_STATEMENT = 1_000_000
"""Characters."""
MAX_LINE_BYTES = 5_000_000

_PROPOSITIONS = frozenset(["theorem", "lemma", "example"])
_OTHERS = frozenset(["def", "abbrev", "instance", "opaque"])
_OPEN_BODIES: tuple[list[str], ...] = ([], [":="], [":=", "by"], [":=", "sorry"], [":=", "by", "sorry"])


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no goal, and why; `line` counts from 1. It is 0 where the message says itself where that is."""

    line: int
    message: str


def from_statement(text: str, imports: Sequence[str] = DEFAULT_IMPORTS) -> Goal:
    """The goal that a Lean text states, to be proved after ` := by`.

    The text is a theorem, lemma, example (or, without any of these, a definition or instance) up to its type, with or
    without a trailing `:=`, `:= by`, `:= sorry` or `:= by sorry`; or a bare proposition, which is read as
    ``theorem goal : TEXT``. Imports may stand before it, and are added to `imports`; other commands may, and become the
    preamble; `open … in` and its like are part of the statement. Line ends become line feeds.

    Raises GoalError if the text is empty, longer than a million characters, not proper Unicode text, has a comment
    or string that does not end, states nothing, has a proof already or `sorry` in the statement, or if anything
    follows the statement.
    """
    text = _clean(text)
    head = header(text)
    found = list(split(text, head.end))
    while found and found[-1].keyword == "end":  # it closes what the preamble opened
        found.pop()
    if not found:
        raise GoalError("there is no statement")
    index = _goal_index(found)
    command = found[index]
    if index + 1 < len(found):
        raise GoalError("something follows the statement", where=where(text, found[index + 1].start))
    bare = not command.known
    name, statement = _statement(text, command, bare=bare)
    return Goal(
        name=name if bare or name == NAMELESS else full_name(namespaces(text, found)[index], name),
        statement=statement,
        imports=_modules((*imports, *head.imports)),
        preamble=text[head.end : command.start].strip() + "\n" if index else "",
    )


def from_jsonl(path: Path) -> Iterator[Goal | BadLine]:
    """The goals of a file with one JSON object a line, one after the other; a line that is no goal is a `BadLine`.

    Fields: `name` (the full name that the statement declares), `statement` (as in `from_statement`, without imports
    or other commands), `imports` (else `Init`), `preamble` and `origin` (else empty). Unknown fields are ignored, so
    that benchmarks may carry their own; blank lines are skipped; names may repeat, and the origin has the line.
    An `example` is called `_example` like everywhere, and its `name` is in its origin.

    Lines of other benchmarks are read too: where there is no `statement`, `formal_statement` (miniF2F, FATE and others)
    or `lean4_formalization` (ProofNet) is a whole text as in `from_statement`, imports and other commands included,
    which `header` (`lean4_src_header`) stands before; the goal is called what the text declares.

    Raises GoalError, at the first goal, if the file cannot be read.
    """
    with open_file(path) as file:
        for number, line in enumerate(_lines(file), start=1):
            data = line.removeprefix(BOM.encode()) if number == 1 else line
            if not data.strip():
                continue
            try:
                yield _from_line(data, f"{path.name}:{number}")
            except GoalError as error:
                yield BadLine(number, str(error))


def from_folder(folder: Path) -> Iterator[Goal | BadLine]:
    """The holes of the Lean files below `folder`, file by file, as in `files_of`."""
    for found in files_of(folder):
        if isinstance(found, BadLine):
            yield found
        else:
            yield from found[1]


def lean_files(folder: Path) -> Iterator[Path]:
    """The Lean files below `folder` in the order of their paths, without those of hidden folders (`.lake`)."""
    for path in sorted(folder.rglob("*.lean")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def files_of(folder: Path, word: str = "sorry") -> Iterator[tuple[LeanFile, list[Goal]] | BadLine]:
    """The Lean files below `folder` that have holes and `word` in them, in the order of their paths, as `from_file`.

    Hidden folders (`.lake`) are left out; a file that cannot be read is a `BadLine`. Links to folders are not
    followed. Nothing raises: a folder that cannot be listed has no files.
    """
    for path in lean_files(folder):
        try:
            if path.is_file() and path.stat().st_size and word in (text := read_text(path)) and sorries(text):
                yield from_file(path)
        except (GoalError, OSError) as error:
            message = str(error).removeprefix(f"{path}: ")
            yield BadLine(0, message if str(path) in message else f"{path}: {message}")


def _as_text(value: object) -> object:
    """FATE numbers its problems."""
    return str(value) if type(value) is int else value


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    name: Annotated[str, BeforeValidator(_as_text)] = Field(
        validation_alias=AliasChoices("name", "full_name", "problem_id", "id")
    )
    statement: str | None = None
    imports: list[str] = list(DEFAULT_IMPORTS)
    preamble: str = ""
    origin: str = ""
    formal: str | None = Field(None, validation_alias=AliasChoices("formal_statement", "lean4_formalization"))
    header: str = Field("", validation_alias=AliasChoices("header", "lean4_src_header"))


def _from_line(data: bytes, place: str) -> Goal:
    if len(data) > MAX_LINE_BYTES:
        raise GoalError(f"longer than {MAX_LINE_BYTES // 1_000_000} MB")
    try:
        line = _Line.model_validate_json(data.decode())
    except UnicodeDecodeError as error:
        raise GoalError(f"not UTF-8 text (byte {error.start})") from error
    except ValidationError as error:
        raise GoalError(_first_error(error)) from error
    if line.statement is not None:
        return _of_own(line, line.statement, place)
    if line.formal is None:
        raise GoalError("statement: Field required")
    goal = from_statement(f"{line.header}\n{line.formal}", line.imports)
    return replace(goal, origin=f"{line.origin} ({place} {line.name})".strip())


def _of_own(line: _Line, statement: str, place: str) -> Goal:
    preamble = _clean(line.preamble) if line.preamble.strip() else ""
    if header(preamble).imports:
        raise GoalError("imports stand in `imports`, not in the preamble")
    goal = from_statement(statement, line.imports)
    if goal.preamble or header(statement).imports:
        raise GoalError("the statement has other commands before it: they stand in `preamble`")
    name = goal.name
    if name != NAMELESS:
        name = full_name(namespace_at(preamble, len(preamble), list(split(preamble))), _as_written(goal))
        if name != line.name:
            raise GoalError(f"the statement declares `{name}`, not `{line.name}`")
    label = f" {line.name}" if name == NAMELESS else ""
    return Goal(
        name=name,
        statement=goal.statement,
        imports=goal.imports,
        preamble=preamble.rstrip() + "\n" if preamble else "",
        origin=f"{line.origin} ({place}{label})".strip(),
    )


def _as_written(goal: Goal) -> str:
    """The name in the statement, where ``_root_.`` may still stand."""
    return declared_name(goal.statement, next(split(goal.statement))) or NAMELESS


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else str(first["msg"])


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, so much that this can be seen."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES + 1)


def _clean(text: str) -> str:
    """The text with line feeds for line ends, if Lean can read it."""
    if len(text) > MAX_STATEMENT:
        raise GoalError(f"the text is longer than {MAX_STATEMENT} characters")
    if "\0" in text:
        raise GoalError("a NUL character stands here", where=where(text, text.index("\0")))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise GoalError("half a surrogate pair stands here", where=where(text, error.start)) from error
    text = text.removeprefix(BOM).replace("\r\n", "\n")
    if not text.strip():
        raise GoalError("the text is empty")
    return text


def _goal_index(found: Sequence[Command]) -> int:
    """Which command states the goal."""
    if not found[0].known and found[0].at == found[0].start:
        return 0
    for index, command in enumerate(found):
        if command.keyword in _PROPOSITIONS:
            return index
    if found[-1].keyword in _OTHERS:
        return len(found) - 1
    raise GoalError("there is no theorem, lemma, example or bare proposition")


def _statement(text: str, command: Command, *, bare: bool) -> tuple[str, str]:
    """The name as written, and the statement without its body and without blanks and comments at its end."""
    stop = statement_stop(text, command)
    body = [token.text for token in code(text, stop, command.end)]
    if body not in _OPEN_BODIES:
        raise GoalError("there is a proof or value already; only `:= by sorry` may stand", where=where(text, stop))
    words = list(code(text, command.start, stop))
    for token in words:
        if token.text == "sorry":
            raise GoalError("`sorry` stands in the statement", where=where(text, token.start))
    if bare:
        if not words:
            raise GoalError("there is no statement", where=where(text, command.start))
        return "goal", "theorem goal : " + text[command.start : words[-1].end]
    name = declared_name(text, command)
    if name is None and command.keyword not in {"example", "instance"}:
        raise GoalError(f"`{command.keyword}` has no name", where=where(text, command.at))
    if not any(token.text == ":" for token in words):
        raise GoalError(f"`{command.keyword}` has no type", where=where(text, command.at))
    return name or NAMELESS, text[command.start : words[-1].end]


def _modules(names: Sequence[str]) -> tuple[str, ...]:
    """The names without repetitions; only names, for they become lines of Lean text."""
    for name in names:
        kinds = [token.kind for token in scan(name[:1000])]
        if kinds != [Kind.IDENTIFIER] or name.startswith("`") or len(name) > 1000:
            raise GoalError(f"not the name of a module: {name[:100]!r}")
    return tuple(dict.fromkeys(names))
