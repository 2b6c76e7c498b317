"""A native Lean, run anew for every text: slow and simple, for final checks and where nothing else works.

`lean --json` prints one message a line and, with `-o`, writes the compiled module; a text with errors gives none
(src/Lean/Elab/Frontend.lean, `runFrontend`). The text is the header, its imports first, and then the body, whose
positions are counted anew.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anyio
from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.child import kill_group, open_process
from proofagent.lean.embedded.protocol import LeanMessage, message
from proofagent.lean.engine import (
    OUT_OF_MEANS,
    Compilation,
    Declaration,
    Elaboration,
    Header,
    Identity,
    Message,
    Refusal,
    Replay,
    Status,
)
from proofagent.lean.limits import limit
from proofagent.lean.machine import cores_here
from proofagent.lean.snapshots import OPTION, Snapshots
from proofagent.lean.toolchain import Document, Lean, document, out_of_memory

_VERSION = re.compile(r"Lean \(version ([^\s,]+)(?:, [^\s,]+)?, commit ([0-9a-f]+)")
_SOURCE = "Text.lean"
"""A file in the folder where Lean runs: it writes artefacts of no others."""
_REPLAY = Path(__file__).with_name("replay.lean")
_START_SECONDS = 60.0
_HELP_SECONDS = 10.0
_TAIL_BYTES = 4_000
_MOST_OUTPUT = 256 << 20
_CPU_SLACK_SECONDS = 30


class BatchEngine:
    """Runs of one native Lean. Use `start`; see `Engine` for the contract.

    What it does otherwise: a text with errors has no artefact; nothing is kept warm but headers on disk, where this
    version can (`snapshots`), so that `prepare` only tries the header; and declarations are replayed by a program of
    ours that the same Lean runs (`replay.lean`).
    """

    def __init__(self, lean: Lean, identity: Identity) -> None:
        self._lean = lean
        self._identity = identity
        self._lock = anyio.Lock()
        self._closed = False
        self._snapshots = Snapshots(lean, identity)
        self._saves: bool | None = None
        """Whether this version can save headers, once it is known."""

    @classmethod
    async def start(cls, lean: Lean) -> "BatchEngine":
        """Ask the program what it is. Raises `EngineLost` where it is no Lean."""
        ended = await _run([str(lean.program), "--version"], {}, lean.memory, _START_SECONDS)
        found = _VERSION.search(ended.out.decode("utf-8", "replace"))
        if ended.status != "done" or found is None:
            raise EngineLost(f"{lean.program} is no Lean", detail=ended.tail)
        return cls(lean, Identity("batch", found[1], found[2]))

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def healthy(self) -> bool:
        return not self._closed

    @property
    def memory(self) -> int:
        """Nothing is kept between two texts."""
        return 0

    @property
    def libraries(self) -> tuple[Path, ...]:
        return self._lean.libraries

    def closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        return self._lean.closure(imports)

    async def prepare(self, header: Header, *, deadline: float) -> Elaboration:
        async with self._lock:
            return await self._elaborated(document(header, None), [], deadline)

    async def elaborate(self, header: Header, body: str, *, deadline: float) -> Elaboration:
        async with self._lock:
            key = await self._snapshot(header)
            words = [] if key is None else self._snapshots.options(key)
            outcome = await self._elaborated(document(header, body), words, deadline)
            if key is not None and outcome.status == "done":
                self._snapshots.keep(key)
            elif key is not None and outcome.status == "lost":
                self._snapshots.forget(key)
                outcome = await self._elaborated(document(header, body), [], deadline)
            return outcome

    async def compile(self, header: Header, body: str, target: Path, *, deadline: float) -> Compilation:
        if not await anyio.Path(target.parent).is_dir():
            raise EngineRefused(f"cannot be written: {target}")
        async with self._lock:
            made = await self._elaborated(document(header, body), _output(target), deadline)
        path = target if made.status == "done" and await anyio.Path(target).exists() else None
        return Compilation(made.status, path, made.messages, made.seconds, made.detail)

    async def replay(self, imports: tuple[str, ...], lines: str, target: Path, *, deadline: float) -> Replay:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="proofagent-batch-") as folder:
            declarations, written = anyio.Path(folder, "declarations"), anyio.Path(folder, "taken.olean")
            await declarations.write_bytes(lines.encode("utf-8", "replace"))
            command = [str(self._lean.program), "--run", str(_REPLAY), str(declarations), str(written), *imports]
            async with self._lock:
                ended = await self._started(command, deadline, folder)
            seconds = time.monotonic() - began
            if ended.status != "done":
                return Replay(ended.status, seconds=seconds, detail=ended.tail)
            if ended.code != 0:
                raise EngineRefused(f"the replay failed: {_last_line(ended)}")
            refused = _refused(ended.out)
            if refused is None or not await written.exists():
                return Replay("lost", seconds=seconds, detail=f"the replay was not finished\n{ended.tail}")
            await anyio.to_thread.run_sync(shutil.move, written, target)
        return Replay("done", target, refused, seconds)

    async def inspect(self, *_: object, **__: object) -> list[Declaration]:
        raise EngineRefused("a native Lean says nothing of its declarations; compile, and read the artefact")

    async def aclose(self) -> None:
        self._closed = True
        self._snapshots.close()

    async def _elaborated(self, whole: Document, options: Sequence[str], deadline: float) -> Elaboration:
        """What Lean says of a text; raises `EngineRefused` where an import does not exist."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="proofagent-batch-") as folder:
            # A lone surrogate is no character of a file; Lean would see as many errors as it has bytes.
            await anyio.Path(folder, _SOURCE).write_bytes(whole.text.encode("utf-8", "replace"))
            command = [str(self._lean.program), "--json", *options, _SOURCE]
            ended = await self._started(command, deadline, folder)
        found = [] if ended.status != "done" else _messages(ended.out)
        seconds = time.monotonic() - began
        if ended.status == "done" and ended.code not in (0, 1):
            return Elaboration("lost", seconds=seconds, detail=f"Lean ended with {ended.code}\n{ended.tail}")
        if ended.code == 1 and not any(m.severity == "error" for m in found):
            return Elaboration("lost", seconds=seconds, detail=f"Lean failed without a message\n{ended.tail}")
        detail = ended.tail if ended.status != "done" else ""
        return Elaboration(ended.status, whole.asked_about(found), seconds, detail)

    async def _snapshot(self, header: Header) -> str | None:
        """The key of the header's snapshot, None where there can be none."""
        if self._saves is None:
            ended = await self._started([str(self._lean.program), "--help"], _HELP_SECONDS, None)
            self._saves = OPTION.encode() in ended.out
        if not self._saves:
            return None
        try:
            return await anyio.to_thread.run_sync(self._snapshots.key, header, document(header, "").text)
        except (EngineRefused, OSError):
            return None  # what is missing, Lean says better

    async def _started(self, command: Sequence[str], deadline: float, folder: str | None) -> "_Ended":
        if self._closed:
            return _Ended("lost", 0, b"", "this engine was closed")
        return await _run(command, self._lean.environment, self._lean.memory, deadline, folder)


def _output(target: Path) -> list[str]:
    return ["-o", str(target.absolute())]


class _RefusalModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    names: list[str]
    error: str


class _Replayed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    refused: list[_RefusalModel]


def _refused(out: bytes) -> tuple[Refusal, ...] | None:
    """What the replay says that the kernel does not take, in the words of `Replay`; None where it says nothing."""
    try:
        said = _Replayed.model_validate_json(out)
    except ValidationError:
        return None
    return tuple(Refusal(tuple(each.names), _in_short(each.error)) for each in said.refused)


def _in_short(error: str) -> str:
    """Lean's own words for a kernel that gave up, as every engine has them."""
    said = error.removeprefix("(kernel) ").partition("\n")[0]
    return next((words for words in OUT_OF_MEANS if said.startswith(words)), said)


def _last_line(ended: "_Ended") -> str:
    text = (ended.tail or ended.out.decode("utf-8", "replace")).strip()
    return text.rpartition("\n")[2]


def _messages(out: bytes) -> list[Message]:
    """The messages among the lines of an output; a program in the text may have printed others."""
    found = []
    for line in out.splitlines():
        try:
            found.append(message(LeanMessage.model_validate_json(line)))
        except ValidationError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a run ended; `tail` is the end of what it printed on standard error."""

    status: Status
    code: int
    out: bytes
    tail: str


async def _run(
    command: Sequence[str], environment: Mapping[str, str], memory: int, deadline: float, folder: str | None = None
) -> _Ended:
    """Run a program in a process group of its own, which is killed at the deadline and whenever the caller leaves."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = await open_process(command, environment=environment, output=out, errors=err, folder=folder)
        except OSError as error:
            raise EngineLost(f"{command[0]} cannot be started: {error.strerror or error}") from error
        try:
            # Should we be killed, nobody is left who would end it at the deadline.
            seconds = int(deadline * cores_here()) + _CPU_SLACK_SECONDS
            limit(process.pid, memory=memory, output=_MOST_OUTPUT, seconds=seconds)
            with anyio.move_on_after(deadline) as scope:
                await process.wait()
        finally:
            with anyio.CancelScope(shield=True):
                kill_group(process.pid)
                await process.wait()
        code = process.returncode or 0
        tail = _end(err)
        if scope.cancelled_caught:
            return _Ended("timed-out", code, b"", "the deadline passed")
        if code not in (0, 1) and out_of_memory(tail):
            return _Ended("out-of-memory", code, b"", tail)
        out.seek(0)
        return _Ended("done" if code in (0, 1) else "lost", code, out.read(), tail)


def _end(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    return file.read().decode("utf-8", "replace").strip()
