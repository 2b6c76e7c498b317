"""The journal of a batch: one event a line, appended and never changed, and the only truth about the run.

Everything else (what is left to do, what it cost, how many were proved) is read from it. How an attempt ended is on the
disk before the next is begun, so that a kill, a full disk or a power cut loses at most the attempt that was running; a
last line that was cut off is recognised by its missing end, and taken away by whoever goes on.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Literal

import anyio
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from proofagent.errors import ProofAgentError, UsageError
from proofagent.goals.goal import Goal
from proofagent.runs.calls import CallModel, CostModel
from proofagent.runs.results import GoalResult
from proofagent.runs.searched import SearchModel

SCHEMA = 1
NAME = "journal.jsonl"
_LOCK = "lock"
_MOST_LINE = 256 << 20
_MOST_UNSYNCED = 16 << 20


class JournalError(ProofAgentError):
    """A journal cannot be read or written; what is in it is left as it is."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: float = Field(default_factory=lambda: round(time.time(), 3))
    """Seconds since 1970."""


class BatchConfig(BaseModel):
    """What decides how goals are worked on: a run that goes on has the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goals: str
    goals_sha256: str
    """Of the file, or of a folder's Lean files with their names."""

    engine: str
    lean: str
    seconds: float
    first_seconds: float
    candidates: int
    heartbeats: int
    strategy: str
    keep: int
    prefer: str
    models: tuple[str, ...] = ()
    means: str = ""
    """What else is asked of models and lemmas, as one line."""

    def changes(self, other: "BatchConfig") -> dict[str, tuple[str, str]]:
        """The fields in which `other` differs, with both values."""
        ours, theirs = self.model_dump(), other.model_dump()
        return {name: (str(ours[name]), str(theirs[name])) for name in ours if ours[name] != theirs[name]}


class Started(_Event):
    """A run was begun."""

    event: Literal["started"] = "started"
    schema_version: Literal[1] = 1
    config: BatchConfig


class Resumed(_Event):
    """Another process went on; `changed` are fields of the configuration that were changed by force."""

    event: Literal["resumed"] = "resumed"
    config: BatchConfig
    changed: dict[str, tuple[str, str]] = {}


class Known(_Event):
    """A goal, once, before its first attempt. `digest` is its name from now on."""

    event: Literal["goal"] = "goal"
    digest: str
    name: str
    origin: str
    statement: str
    imports: tuple[str, ...]
    preamble: str


class Bad(_Event):
    """A line of the source that is no goal."""

    event: Literal["bad"] = "bad"
    line: int
    message: str


class Began(_Event):
    """An attempt was begun, with so many seconds."""

    event: Literal["began"] = "began"
    digest: str
    seconds: float
    attempt: str = ""
    """A name of its own, by which what comes of it is known: none of that counts twice."""


class Called(_Event):
    """A model was asked for a goal, and this is what it cost: written when its answer came."""

    event: Literal["called"] = "called"
    digest: str
    attempt: str = ""
    bench: str = ""
    """Whose money it was."""

    call: CallModel


class Charged(_Event):
    """What a bench has spent on models since it was opened: calls that were cut off, too, which no `called` has."""

    event: Literal["charged"] = "charged"
    bench: str
    cost: CostModel


class Ended(_Event):
    """An attempt was ended. Calls are not in the result once more."""

    event: Literal["ended"] = "ended"
    digest: str
    seconds: float
    """The budget of the attempt."""

    attempt: str = ""
    worker: str = ""
    """Who worked on it, where there are several."""

    result: GoalResult
    search: SearchModel | None = None
    """What was looked at; None where the search never began."""


class Lost(_Event):
    """The worker of an attempt is gone, and with it what the attempt had; the goal is tried again elsewhere."""

    event: Literal["lost"] = "lost"
    digest: str
    attempt: str
    why: str


class Stopped(_Event):
    """The process ended in an orderly way: the batch is done, or why it is not."""

    event: Literal["stopped"] = "stopped"
    why: Literal["done", "interrupted", "out-of-time", "out-of-candidates"]


Event = Annotated[
    Started | Resumed | Known | Bad | Began | Called | Charged | Ended | Lost | Stopped, Field(discriminator="event")
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def read_events(folder: Path) -> Iterator[Event]:
    """The events of a run, one after the other, in constant memory; a last line that was cut off is none.

    Raises `JournalError` where there is no journal, or a line that is whole cannot be read.
    """
    path = folder / NAME
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_whole_lines(file), start=1):
                yield event_of(line, f"{path}:{number}")
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror or error}") from error


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(_MOST_LINE):
        if not line.endswith(b"\n"):
            return
        yield line


def event_of(line: bytes, place: str) -> Event:
    """The event of a line, which `place` names. Raises `JournalError` where it is none."""
    try:
        return _EVENT.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise JournalError(f"{place}: no event of version {SCHEMA}: {first['msg']}") from None


class Journal:
    """Appends to the journal of a run, which no other process may meanwhile."""

    def __init__(self, folder: Path, lock: FileLock, file: IO[bytes]) -> None:
        self.folder = folder
        self._lock = lock
        self._file = file
        self._written = self._synced = 0
        self._syncing = anyio.Lock()
        self._failed: JournalError | None = None

    @classmethod
    def open(cls, folder: Path, config: BatchConfig, *, force: bool = False) -> "Journal":
        """Begin a run in `folder`, or go on with the one that is there.

        Raises `UsageError` where another process is at it, or where it was begun with another configuration, unless
        `force` is given, which is noted; and `JournalError` where it cannot be read or written.
        """
        lock = FileLock(folder / _LOCK)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(f"{folder}: another process is at work on this run") from None
        except OSError as error:
            raise JournalError(f"{folder}: cannot be written: {error.strerror or error}") from error
        try:
            journal = cls(folder, lock, _opened(folder / NAME))
        except OSError as error:
            lock.release()
            raise JournalError(f"{folder / NAME}: cannot be written: {error.strerror or error}") from error
        try:
            last = _last_config(folder)
            changed = {} if last is None else last.changes(config)
            _demand_unchanged(folder, {} if force else changed)
            journal.write(Started(config=config) if last is None else Resumed(config=config, changed=changed))
        except BaseException:
            journal.close()
            raise
        return journal

    def write(self, event: Event, *, durable: bool = True) -> None:
        """Append an event, and wait until it and all before it are on the disk where it has to be `durable`.

        Raises `JournalError`, and nothing of it is left then.
        """
        try:
            text = event.model_dump_json()
        except ValueError:  # half of a surrogate pair, which no file can hold
            text = json.dumps(event.model_dump(mode="python"), ensure_ascii=False, default=str)
        if self._failed is not None:
            raise self._failed  # what was not written is missed by nobody then
        data, start = text.encode("utf-8", "replace") + b"\n", self._file.seek(0, os.SEEK_END)
        try:
            while data:  # a disk that gets full takes a part first
                data = data[self._file.write(data) :]
            if durable:
                os.fsync(self._file.fileno())
            self._written += 1
        except OSError as error:
            self._cut(start)
            self._failed = JournalError(f"{self.folder / NAME}: cannot be written: {error.strerror or error}")
            raise self._failed from error

    async def synced(self) -> None:
        """Wait until all that was written is on the disk: one sync serves all who wait. Raises `JournalError`."""
        wanted = self._written
        async with self._syncing:
            if self._synced < wanted:
                reached = self._written
                try:
                    await anyio.to_thread.run_sync(os.fsync, self._file.fileno())
                except OSError as error:
                    self._failed = JournalError(f"{self.folder / NAME}: cannot be written: {error.strerror or error}")
                    raise self._failed from error
                self._synced = reached

    def close(self) -> None:
        self._file.close()
        self._lock.release()

    def _cut(self, size: int) -> None:
        """Take away what was written of a line. Where even that fails, it has no end, and counts as nothing."""
        try:
            os.ftruncate(self._file.fileno(), size)
        except OSError:
            return


def _demand_unchanged(folder: Path, changed: Mapping[str, tuple[str, str]]) -> None:
    if changed:
        said = "; ".join(f"{name} was {old!r}, is {new!r}" for name, (old, new) in changed.items())
        raise UsageError(f"{folder}: this run was begun otherwise ({said}); --force goes on all the same")


def goal_event(goal: Goal) -> Known:
    return Known(
        digest=goal.digest,
        name=goal.name,
        origin=goal.origin,
        statement=goal.statement + goal.lead,
        imports=goal.imports,
        preamble=goal.preamble,
    )


def _opened(path: Path) -> IO[bytes]:
    """The journal, without a last line that was cut off."""
    # Unbuffered: what was handed over is at the system, whatever becomes of this process.
    file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)  # noqa: SIM115, PTH123
    try:
        size = file.seek(0, os.SEEK_END)
        end = _end_of_last_line(file, _before_holes(file, size))
        os.fsync(file.fileno())
        if end != size:
            file.truncate(end)
    except BaseException:
        file.close()
        raise
    return file


def _before_holes(file: IO[bytes], size: int) -> int:
    """The size without what a power cut has left of lines that were not on the disk: zeros, which no line has."""
    start = max(0, size - _MOST_UNSYNCED)
    file.seek(start)
    hole = file.read(size - start).find(b"\0")
    return size if hole < 0 else start + hole


def _end_of_last_line(file: IO[bytes], size: int) -> int:
    """Where the last line that is whole ends."""
    step = 1 << 16
    while size > 0:
        start = max(0, size - step)
        file.seek(start)
        found = file.read(size - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        size = start
    return 0


def _last_config(folder: Path) -> BatchConfig | None:
    """The configuration with which the run went on last; None where there is no run yet."""
    last = None
    for event in read_events(folder):
        if isinstance(event, Started | Resumed):
            last = event.config
    return last
