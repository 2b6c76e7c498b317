"""The Lean files of a benchmark's repository: where they are, what is proved in them, and the answers they ask for."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path, PurePosixPath, PureWindowsPath

from proofagent.errors import GoalError
from proofagent.goals.commands import DECLARATIONS, Command, header, split
from proofagent.goals.declarations import declared_name, full_name, inner, namespaces, statement_stop
from proofagent.goals.files import NAMELESS, from_file, open_file, read_text
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import Kind, Lines, code, components, scan, sorries, where
from proofagent.goals.loaders import BadLine, lean_files
from proofagent.goals.outline import PROVED

MAX_CONFIG_BYTES = 1_000_000

_SECTION = re.compile(r"\s*\[(.*)\]")
_URL = re.compile(r'\s*url\s*=\s*"?([^\s"]+)', re.IGNORECASE)
_REMOTE = re.compile(r"(?:[a-z+]+://(?:[^@/]*@)?([^/:]+)(?::\d+)?/+|(?:[^@/:]*@)?([^/:]+):/*)(.+)")


def repository(url: str) -> str:
    """What is the same for all ways to write the address of one repository: ``github.com/owner/name``.

    User, password and port are not in it, so that it can be shown.
    """
    plain = url.strip().casefold().rstrip("/").removesuffix(".git")
    found = _REMOTE.fullmatch(plain)
    return f"{found[1] or found[2]}/{found[3]}" if found else plain


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with the files of a repository."""

    root: Path

    def __post_init__(self) -> None:
        """Raises GoalError where there is no such folder."""
        if not self.root.is_dir():
            raise GoalError("there is no such folder", where=str(self.root))

    def file(self, path: str) -> Path:
        """The Lean file that a list names, whether it is there or not.

        Raises GoalError for a path that is not relative, has `..`, is not of a Lean file, or leads out of the folder
        through a link: a list may be anybody's, and must not choose what is read.
        """
        parts = PurePosixPath(path).parts
        if "\0" in path or ".." in parts or PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor:
            raise GoalError("the path leaves the project")
        if not path.endswith(".lean"):
            raise GoalError("the path is not of a Lean file")
        target = self.root.joinpath(*parts)
        try:
            inside = target.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
            raise GoalError("the path cannot be followed") from error
        if not inside:
            raise GoalError("the path leaves the project through a link")
        return target

    def has(self, path: str) -> bool:
        """Whether the Lean file is there; errors as `file`."""
        try:
            return self.file(path).is_file()
        except OSError:  # a name that is too long
            return False

    @property
    def origin(self) -> str | None:
        """The repository that git's `origin` is, as `repository` writes it; None if that cannot be known."""
        try:
            config = _config(self.root / ".git")
        except (GoalError, OSError, ValueError):
            return None
        section = ""
        for line in config.splitlines():
            if found := _SECTION.match(line):
                section = found[1]
            elif section == 'remote "origin"' and (value := _URL.match(line)):
                return repository(value[1])
        return None


def _config(git: Path) -> str:
    """The configuration of a repository; in a work tree or a submodule, `.git` is a file that says where that is."""
    if git.is_file():
        git = git.parent / _start(git).removeprefix("gitdir:").strip()
        common = git / "commondir"
        git = git / _start(common).strip() if common.is_file() else git
    return _start(git / "config")


def _start(path: Path) -> str:
    with open_file(path) as file:
        return file.read(MAX_CONFIG_BYTES).decode(errors="replace")


def proved_goal(text: str, name: str, *, origin: str = "") -> Goal:
    """What the theorem `name` (its full name) of a file's text states, to be proved anew: see `Theorems.named`.

    Raises GoalError if there is no such theorem, or a comment or string of the text does not end.
    """
    return Theorems(text).named(name, origin=origin)


class Theorems:
    """The theorems of a file's text, whether they have proofs or not, as goals.

    In a goal, everything from the `:=`, the `where` or the first `|` on is replaced by ``:= by`` and a hole, and
    nothing comes after it but the rest of a mutual block. Doc comment, attributes and modifiers are part of the
    statement. The goal has no position, for a proof of it has no place in the file.
    """

    def __init__(self, text: str) -> None:
        """Raises GoalError where a comment or string does not end, or an import is broken."""
        head = header(text)
        self._text = text
        self._start = head.end
        self._imports = tuple(dict.fromkeys((*(() if head.prelude else ("Init",)), *head.imports)))
        self._commands = list(split(text, head.end))
        self._namespaces = namespaces(text, self._commands)
        self._lines = Lines(text)

    def named(self, name: str, *, origin: str = "") -> Goal:
        """The goal of the first theorem with this full name; GoalError if there is none."""
        other = ""
        for found, member, whole in self._declarations(range(len(self._commands))):
            if found == name and member.keyword in PROVED:
                return self._goal(name, member, whole, origin)
            if found == name:
                other = member.keyword
        raise GoalError(f"`{name}` is no theorem (`{other}`)" if other else f"there is no theorem `{name}`")

    def at(self, name: str, line: int, column: int, *, origin: str = "") -> Goal:
        """The goal of the theorem with this full name that a place is in; as everywhere, columns count from 0.

        Raises GoalError, which says where the theorem stands if it stands elsewhere.
        """
        offset = self._lines.offset(line, column)
        if offset is not None:
            index = bisect_right(self._commands, offset, key=lambda command: command.start) - 1
            for found, member, whole in self._declarations(range(max(0, index), index + 1)):
                if found == name and member.keyword in PROVED and member.start <= offset < member.end:
                    return self._goal(name, member, whole, origin)
        lines = self._places.get(name)
        elsewhere = f", but in line {min(lines, key=lambda found: abs(found - line))}" if lines else ""
        raise GoalError(f"the theorem `{name}` does not stand here{elsewhere}")

    def unproved(self, path: str) -> Iterator[tuple[Goal, frozenset[str]]]:
        """The theorems in whose bodies `sorry` stands, each with the identifiers of its statement."""
        for name, member, whole in self._declarations(range(len(self._commands))):
            stop = statement_stop(self._text, member)
            if member.keyword in PROVED and any(t.text == "sorry" for t in code(self._text, stop, member.end)):
                words = frozenset(token.text for token in code(self._text, member.at, stop))
                origin = "{}:{}:{}".format(path, *self._lines.place(member.at))
                yield self._goal(name, member, whole, origin), words

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The lines in which each name is declared: made at the first theorem that stands elsewhere."""
        places: dict[str, list[int]] = {}
        for name, member, _ in self._declarations(range(len(self._commands))):
            places.setdefault(name, []).append(self._lines.place(member.at)[0])
        return places

    def _declarations(self, indices: Sequence[int]) -> Iterator[tuple[str, Command, Command]]:
        """The full name of each declaration that has one, itself, and the mutual block that it is in, or itself."""
        for index in indices:
            whole = self._commands[index]
            for member in inner(self._text, whole) if whole.keyword == "mutual" else [whole]:
                name = declared_name(self._text, member) if member.keyword in DECLARATIONS else None
                if name:
                    yield full_name(self._namespaces[index], name), member, whole

    def _goal(self, name: str, member: Command, whole: Command, origin: str) -> Goal:
        text = self._text
        stop = statement_stop(text, member)
        solid = max(token.end for token in code(text, member.at, stop))  # a comment would swallow the `:=`
        return Goal(
            name=name,
            statement=text[whole.start : solid],
            imports=self._imports,
            preamble=text[self._start : whole.start],
            tail=text[member.end : whole.end],
            origin=origin,
        )


def from_answered_folder(folder: Path) -> Iterator[Goal | BadLine]:
    """The holes of all Lean files below `folder` as in `loaders.from_folder`, with the known answers put in.

    PutnamBench asks for answers: ``abbrev putnam_1962_a5_solution : ℕ := sorry``, and the line after it is a comment
    with the value. With `sorry` for a value nothing that is proved about it counts, and a value alone is no goal. In
    such a file, the goals are its theorems after `answered`, without positions. Definitions that stay open are
    `BadLine`s, and theorems that speak of them are left out.
    """
    for path in lean_files(folder):
        try:
            if path.is_file() and path.stat().st_size and sorries(text := read_text(path)):
                yield from _answered_goals(path, text)
        except (GoalError, OSError) as error:
            message = str(error)
            yield BadLine(0, message if str(path) in message else f"{path}: {message}")


def answered(text: str) -> str:
    """The text of a file with each answer, a line comment directly after ``… := sorry``, as its definition's value."""
    pieces: list[str] = []
    done = 0
    for _, start, end in _open_definitions(text):
        if answer := _comment_after(text, end):
            pieces += [text[done:start], answer]
            done = end
    return "".join([*pieces, text[done:]])


def _answered_goals(path: Path, text: str) -> Iterator[Goal | BadLine]:
    """The goals of one file."""
    if next(_open_definitions(text), None) is None:
        yield from from_file(path)[1]
        return
    text = answered(text)
    still_open: set[str] = set()
    for name, start, _ in _open_definitions(text):
        still_open.add(name)
        yield BadLine(0, f"{path}:{where(text, start)}: `{name}` has no value, and no comment after it has one")
    for goal, words in Theorems(text).unproved(str(path)):
        if not still_open & {start for word in words for start in accumulate(components(word), "{}.{}".format)}:
            yield goal


def _open_definitions(text: str) -> Iterator[tuple[str, int, int]]:
    """The name of each definition whose value is nothing but `sorry`, and the offsets of that value."""
    for command in split(text, header(text).end):
        if command.keyword in {"abbrev", "def"}:
            value = list(code(text, statement_stop(text, command), command.end))
            if [token.text for token in value] in ([":=", "sorry"], [":=", "by", "sorry"]):
                yield declared_name(text, command) or NAMELESS, value[1].start, value[-1].end


def _comment_after(text: str, offset: int) -> str:
    """What a line comment says that stands on the rest of this line or on the next; empty without one."""
    breaks = 0
    for token in scan(text, offset):
        breaks += token.kind is Kind.NEWLINE
        if token.kind not in {Kind.SPACE, Kind.NEWLINE} or breaks > 1:
            return token.text[2:].strip() if token.text.startswith("--") else ""
    return ""
