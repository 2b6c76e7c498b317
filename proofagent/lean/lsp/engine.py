"""The `lsp` engine: a native Lean's language server, warm from one text to the next.

It only guides: what is to be kept is compiled by a plain run of the same Lean (`batch`).
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio

from proofagent.errors import EngineLost
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Compilation, Declaration, Elaboration, Header, Identity, Replay
from proofagent.lean.lsp.server import OutOfMemory, Server
from proofagent.lean.toolchain import Document, Lean, document, out_of_memory

_START_SECONDS = 60.0
_IMPORT_SECONDS = 300.0
"""For a header that was not there before; all of Mathlib is gigabytes to be read from a cold disk."""
_CALM_SECONDS = 3.0


class LspEngine:
    """One language server. Use `start`; see `Engine` for the contract.

    What it does otherwise: a deadline that passes or a caller who is cancelled costs neither the engine nor its
    imports, as long as Lean stops when it is told to; a server that dies is started again for the next text. `compile`,
    `replay` and `inspect` are those of a plain run.
    """

    def __init__(self, lean: Lean, batch: BatchEngine) -> None:
        self._lean = lean
        self._batch = batch
        self._identity = Identity("lsp", batch.identity.version, batch.identity.commit, batch.identity.library)
        self._lock = anyio.Lock()
        self._server: Server | None = None
        self._header: Header | None = None
        self._of_header = Elaboration("done")
        self._closed = False

    @classmethod
    async def start(cls, lean: Lean) -> "LspEngine":
        """Ask the program what it is; its server is started for the first text. Raises `EngineLost`."""
        return cls(lean, await BatchEngine.start(lean))

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def healthy(self) -> bool:
        return not self._closed

    @property
    def memory(self) -> int:
        return self._server.resident if self._server is not None else 0

    @property
    def libraries(self) -> tuple[Path, ...]:
        return self._lean.libraries

    def closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        return self._lean.closure(imports)

    async def prepare(self, header: Header, *, deadline: float) -> Elaboration:
        async with self._lock:
            return await self._prepared(header, deadline)

    async def elaborate(self, header: Header, body: str, *, deadline: float) -> Elaboration:
        async with self._lock:
            before = await self._prepared(header, _IMPORT_SECONDS)
            if before.status != "done":
                return before
            return await self._settled(header, document(header, body), deadline)

    async def compile(self, header: Header, body: str, target: Path, *, deadline: float) -> Compilation:
        return await self._batch.compile(header, body, target, deadline=deadline)

    async def replay(self, imports: tuple[str, ...], lines: str, target: Path, *, deadline: float) -> Replay:
        return await self._batch.replay(imports, lines, target, deadline=deadline)

    async def inspect(self, header: Header, body: str, names: Sequence[str], *, deadline: float) -> list[Declaration]:
        return await self._batch.inspect(header, body, names, deadline=deadline)

    async def aclose(self) -> None:
        self._closed = True
        await self._stop()
        await self._batch.aclose()

    async def _prepared(self, header: Header, deadline: float) -> Elaboration:
        """Have Lean elaborate the header alone, if it has not, so that a body's time is its own."""
        if header != self._header or self._server is None or not self._server.usable:
            self._header = None
            self._of_header = await self._settled(header, document(header, None), deadline)
            if self._of_header.status == "done":
                self._header = header
        return self._of_header

    async def _settled(self, header: Header, whole: Document, seconds: float) -> Elaboration:
        """What Lean says of a text. Raises `EngineRefused` where an import does not exist."""
        if self._closed:
            return Elaboration("lost", detail="this engine was closed")
        began = time.monotonic()
        said = server = None
        try:
            server = await self._running()
            with anyio.move_on_after(seconds):
                said = await server.settle(_key(header), whole.text)
            if said is None:
                await self._calm(server, header)
        except EngineLost as error:
            await self._stop()  # and what it printed is all there
            tail = server.tail if server is not None else error.detail
            no_memory = isinstance(error, OutOfMemory) or out_of_memory(tail)
            detail = "\n".join(dict.fromkeys(filter(None, (str(error), error.detail, tail))))
            return Elaboration(
                "out-of-memory" if no_memory else "lost", seconds=time.monotonic() - began, detail=detail
            )
        except BaseException:  # whoever asked is cancelled
            if server is not None:
                await self._calm(server, header)
            raise
        taken = time.monotonic() - began
        if said is None:
            return Elaboration("timed-out", seconds=taken, detail="the deadline passed")
        return Elaboration("done", whole.asked_about(said), taken)

    async def _running(self) -> Server:
        if self._server is not None and not self._server.usable:
            await self._stop()
        if self._server is None:
            server = await Server.start(self._lean, deadline=_START_SECONDS)
            if self._closed:  # meanwhile
                await server.aclose()
                raise EngineLost("this engine was closed")
            self._server = server
        return self._server

    async def _calm(self, server: Server, header: Header) -> None:
        """Have Lean give up what it is at, by a text without it; one that does not is stopped."""
        calm = False
        with anyio.CancelScope(shield=True), anyio.move_on_after(_CALM_SECONDS), suppress(EngineLost):
            if server.usable:
                await server.settle(_key(header), document(header, None).text)
                calm = True
        if not calm:
            await self._stop()

    async def _stop(self) -> None:
        server, self._server, self._header = self._server, None, None
        if server is not None:
            await server.aclose()


def _key(header: Header) -> object:
    """What the worker of a document cannot change: Lean imports once."""
    return header.imports, document(header, None).text if not header.imports else ""
