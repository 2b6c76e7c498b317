"""What a file without its header consists of: its commands with the names that they declare."""

from collections.abc import Iterator
from dataclasses import dataclass

from proofagent.goals.commands import DECLARATIONS, split
from proofagent.goals.declarations import declared_name, full_name, namespaces, statement_stop

PROVED = frozenset(["theorem", "lemma"])


@dataclass(frozen=True, slots=True)
class Part:
    """A command: `text` stands at `start`; `name` is the full name that it declares, or empty."""

    start: int
    text: str
    keyword: str
    at: int
    """Where the keyword stands in `text`."""
    name: str
    stop: int
    """Where a statement ends in `text`; its end where nothing is declared."""

    @property
    def end(self) -> int:
        """Where it ends in the file."""
        return self.start + len(self.text)

    @property
    def proves(self) -> bool:
        return self.keyword in PROVED

    @property
    def statement(self) -> str:
        return self.text[: self.stop].rstrip()

    @property
    def body_start(self) -> int:
        """Where the body begins in `text`, behind its `:=` if there is one."""
        return self.stop + len(":=") if self.text.startswith(":=", self.stop) else self.stop


def outline(body: str) -> Iterator[Part]:
    """The commands of a text that has no header. Raises `GoalError` where a comment or string does not end."""
    found = list(split(body))
    for command, namespace in zip(found, namespaces(body, found), strict=True):
        name = declared_name(body, command) if command.keyword in DECLARATIONS else None
        stop = statement_stop(body, command) if name else command.end
        text = body[command.start : command.end]
        full = full_name(namespace, name) if name else ""
        at = command.at - command.start
        yield Part(command.start, text, command.keyword, at, full, stop - command.start)
