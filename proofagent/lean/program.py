"""A foreign program run to its end, for what it prints and its exit code; nothing of it is left afterwards."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from proofagent.lean.child import kill_group, open_process

_DETAIL_CHARACTERS = 2_000
_KEPT_BYTES = 256 << 10
_LAST_WORDS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: `code` is None where its time was over or it could not be started. `text` is its tail."""

    code: int | None
    text: str
    how: str


async def run(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], deadline: float) -> Ended:
    """Run to the end or to the deadline in a process group of its own, of which nothing is left afterwards.

    What a sandbox has moved out of the group dies with its parent. Raises nothing where it cannot be started.
    """
    reader, writer = os.pipe()
    tail = _Tail(reader)
    try:
        try:
            process = await open_process(command, environment=environment, output=writer, errors=writer, folder=folder)
        finally:
            os.close(writer)
    except (OSError, ValueError) as error:
        return Ended(None, "", f"cannot be started ({error})")
    try:
        with anyio.move_on_after(max(0.0, deadline)) as limit:
            await process.wait()
    finally:
        kill_group(process.pid)
        with anyio.CancelScope(shield=True):
            await process.wait()
            text = await anyio.to_thread.run_sync(tail.text)
    if limit.cancelled_caught:
        return Ended(None, text, f"was stopped after {max(0.0, deadline):.0f} s")
    code = process.returncode
    return Ended(code, text, f"exited with {code}" if code is None or code >= 0 else f"was killed by signal {-code}")


class _Tail:
    """Drains a pipe in a thread of its own and keeps the end: a flood neither blocks the writer nor fills memory."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with os.fdopen(self._reader, "rb", buffering=0) as pipe:
            while chunk := pipe.read(1 << 16):
                self._kept += chunk
                if len(self._kept) > 2 * _KEPT_BYTES:
                    del self._kept[:-_KEPT_BYTES]

    def text(self) -> str:
        """What was printed last; does not wait long for a process that has escaped with the pipe."""
        self._thread.join(_LAST_WORDS_SECONDS)
        return bytes(self._kept[-_KEPT_BYTES:]).decode("utf-8", "replace").replace("\r\n", "\n")


def shown(text: str) -> str:
    return text.strip()[-_DETAIL_CHARACTERS:] or "it printed nothing"
