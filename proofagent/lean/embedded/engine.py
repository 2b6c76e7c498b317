"""The embedded engine: a WebAssembly Lean in a Node process that sees its library and a scratch folder alone."""

import tempfile
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import anyio
from pydantic import ValidationError

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.child import Child
from proofagent.lean.closure import import_closure
from proofagent.lean.embedded.node import Node
from proofagent.lean.embedded.package import Installation
from proofagent.lean.embedded.protocol import Elaborated, Imported, Inspected, Kinds, Replayed, Reply, Written, message
from proofagent.lean.engine import (
    Compilation,
    Declaration,
    Elaboration,
    Header,
    Identity,
    Refusal,
    Replay,
    Status,
)

_HOST = Path(__file__).with_name("host.cjs")
_FLAGS = (
    # The module's code was checked when it was installed: functions are validated when they are first compiled.
    "--wasm-lazy-validation",
    # Every engine optimises its own code, beside Lean: only what is really hot is worth that, and only by itself.
    "--wasm-tiering-budget=60000000",
    "--no-wasm-inlining",
)
_START_SECONDS = 60.0
_HEADERS_KEPT = 3
_HOUSEKEEPING_SECONDS = 30.0
_DETAIL_CHARACTERS = 2_000

R = TypeVar("R", bound=Reply)


class EmbeddedEngine:
    """One Node process. Use `start`; see `Engine` for the contract."""

    def __init__(self, child: Child, scratch: tempfile.TemporaryDirectory[str], installation: Installation) -> None:
        self._child = child
        self._scratch = scratch
        self._library = installation.library
        lean, commit, library = (
            installation.lean_version,
            installation.lean_commit,
            installation.manifest.library_sha256,
        )
        self._identity = Identity("embedded", lean, commit, library, sandboxed=True, partial_library=True)
        self._lock = anyio.Lock()
        self._imports: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self._headers: OrderedDict[Header, tuple[int, Elaboration]] = OrderedDict()
        self._heap = 0

    @classmethod
    async def start(cls, installation: Installation, node: Node) -> "EmbeddedEngine":
        """Start a process and wait until Lean is initialised (about a second). Raises `EngineLost`."""
        scratch = tempfile.TemporaryDirectory(prefix="proofagent-", ignore_cleanup_errors=True)
        command = [str(node.path), *_FLAGS, str(_HOST), str(installation.glue), str(installation.library), scratch.name]
        try:
            # The environment is empty: keys and tokens of the user are no business of a document.
            child = await Child.start(command, environment={}, deadline=_START_SECONDS)
        except BaseException:
            scratch.cleanup()
            raise
        return cls(child, scratch, installation)

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def healthy(self) -> bool:
        return self._child.alive

    @property
    def memory(self) -> int:
        return self._heap

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def libraries(self) -> tuple[Path, ...]:
        return (self._library,)

    def closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        return import_closure(self.libraries, imports)

    async def prepare(self, header: Header, *, deadline: float) -> Elaboration:
        async with self._lock:
            try:
                return (await self._state(header, time.monotonic() + deadline))[1]
            except (TimeoutError, EngineLost) as error:
                return Elaboration(self._status(error), detail=self._detail(error))

    async def elaborate(self, header: Header, body: str, *, deadline: float) -> Elaboration:
        async with self._lock:
            try:
                state, _ = await self._state(header, time.monotonic() + _START_SECONDS)
                reply = await self._ask(Elaborated, deadline, op="elaborate", state=state, source=body)
            except (TimeoutError, EngineLost) as error:
                return Elaboration(self._status(error), detail=self._detail(error))
        return Elaboration("done", tuple(message(m) for m in reply.messages), reply.ms / 1000)

    async def compile(self, header: Header, body: str, target: Path, *, deadline: float) -> Compilation:
        async with self._lock:
            try:
                state, _ = await self._state(header, time.monotonic() + _START_SECONDS)
                async with self._kept(state, body, deadline) as reply:
                    await self._ask(Written, deadline, op="write", state=reply.state, path=str(target))
            except (TimeoutError, EngineLost) as error:
                return Compilation(self._status(error), detail=self._detail(error))
        return Compilation("done", target, tuple(message(m) for m in reply.messages), reply.ms / 1000)

    async def replay(self, imports: tuple[str, ...], lines: str, target: Path, *, deadline: float) -> Replay:
        async with self._lock:
            try:
                base = await self._base(imports, time.monotonic() + _START_SECONDS)
                reply = await self._ask(Replayed, deadline, op="replay", state=base, lines=lines)
                try:
                    await self._ask(Written, deadline, op="write", state=reply.state, path=str(target))
                finally:
                    await self._drop(reply.state)
            except (TimeoutError, EngineLost) as error:
                return Replay(self._status(error), detail=self._detail(error))
        refused = tuple(Refusal(tuple(r.names), r.error) for r in reply.refused)
        return Replay("done", target, refused, reply.ms / 1000)

    async def inspect(self, header: Header, body: str, names: Sequence[str], *, deadline: float) -> list[Declaration]:
        async with self._lock:
            try:
                state, _ = await self._state(header, time.monotonic() + _START_SECONDS)
                async with self._kept(state, body, deadline) as reply:
                    found = [
                        await self._ask(Inspected, deadline, op="inspect", state=reply.state, name=name)
                        for name in names
                    ]
            except TimeoutError as error:
                raise EngineLost("the Lean process did not answer in time", detail=self._child.tail) from error
        return [item.declaration() for item in found]

    async def kinds(self, modules: Sequence[str], names: Sequence[str], *, deadline: float) -> list[str | None]:
        """What kind of constant each name is in the library, None where it is none; in words of `Declaration.kind`.

        Raises `TimeoutError`, `EngineLost` and `EngineRefused`.
        """
        async with self._lock:
            return (await self._ask(Kinds, deadline, op="kinds", modules=modules, names=names)).kinds

    async def aclose(self) -> None:
        try:
            await self._child.aclose()
        finally:
            self._scratch.cleanup()

    @asynccontextmanager
    async def _kept(self, state: int, body: str, deadline: float) -> AsyncIterator[Elaborated]:
        """Elaborate `body` and keep its state as long as the context lasts."""
        reply = await self._ask(Elaborated, deadline, op="elaborate", state=state, source=body, keep=True)
        try:
            yield reply
        finally:
            await self._drop(reply.state)

    async def _drop(self, state: int) -> None:
        if self._child.alive:
            await self._ask(Reply, _HOUSEKEEPING_SECONDS, op="drop", state=state)

    async def _state(self, header: Header, until: float) -> tuple[int, Elaboration]:
        """The handle of `header`'s state and what Lean said of it; kept for the headers used last."""
        if header in self._headers:
            self._headers.move_to_end(header)
            return self._headers[header]
        base = await self._base(header.imports, until)
        reply = await self._ask(
            Elaborated, until - time.monotonic(), op="elaborate", state=base, source=header.text, keep=True
        )
        outcome = Elaboration("done", tuple(message(m) for m in reply.messages), reply.ms / 1000)
        self._headers[header] = (reply.state, outcome)
        if len(self._headers) > _HEADERS_KEPT:
            _, (oldest, _) = self._headers.popitem(last=False)
            await self._ask(Reply, _HOUSEKEEPING_SECONDS, op="drop", state=oldest)
        return self._headers[header]

    async def _base(self, imports: tuple[str, ...], until: float) -> int:
        if imports not in self._imports:
            reply = await self._ask(Imported, until - time.monotonic(), op="import", modules=imports)
            self._imports[imports] = reply.state
        return self._imports[imports]

    async def _ask(self, kind: type[R], deadline: float, **fields: object) -> R:
        text = await self._child.request(fields, deadline=max(deadline, 0.0))
        try:
            reply = kind.model_validate_json(text)
        except ValidationError as error:
            if (refusal := Reply.refusal(text)) is not None:
                raise EngineRefused(refusal) from None
            await self._child.aclose()
            raise EngineLost(
                "the Lean process answered what nobody can read", detail=str(error)[:_DETAIL_CHARACTERS]
            ) from error
        self._heap = reply.heap
        return reply

    def _status(self, error: TimeoutError | EngineLost) -> Status:
        if isinstance(error, TimeoutError):
            return "timed-out"
        return "out-of-memory" if "memory" in self._child.tail.lower() else "lost"

    def _detail(self, error: TimeoutError | EngineLost) -> str:
        if isinstance(error, TimeoutError):
            return "the deadline passed"
        return "\n".join(filter(None, (str(error), error.detail)))
