"""Python values over a stream between a batch and its own worker processes, each with its length before it.

They are pickled: both ends are this program, the stream is a socket that nobody else has.
"""

import pickle
from dataclasses import dataclass

import anyio

from proofagent.errors import ProofAgentError, WorkerLost
from proofagent.lean.stream import Stream
from proofagent.runs.bench import Plan
from proofagent.runs.work import Heard, Work

_LENGTH_BYTES = 8
_MOST_BYTES = 1 << 30
_SEND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Open:
    """To a worker, first of all: what it is."""

    plan: Plan
    engines: int
    name: str


@dataclass(frozen=True, slots=True)
class Begin:
    """To a worker: make this attempt, under this number."""

    number: int
    work: Work


@dataclass(frozen=True, slots=True)
class Cancel:
    """To a worker: end the attempt of this number, with what it has."""

    number: int


@dataclass(frozen=True, slots=True)
class Said:
    """From a worker: about the attempt of this number, or about itself where that is None."""

    number: int | None
    heard: Heard


@dataclass(frozen=True, slots=True)
class Over:
    """From a worker: the attempt of this number is over."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """From a worker: why it could not be opened, or the attempt of this number not be made."""

    number: int | None
    error: ProofAgentError


Frame = Open | Begin | Cancel | Said | Over | Failed


class Frames:
    """Sends and receives frames; one task sends a frame at a time, one receives."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending = bytearray()
        self._sending = anyio.Lock()

    async def send(self, frame: Frame) -> None:
        """Raises `WorkerLost` where nobody reads any more."""
        data = pickle.dumps(frame)
        async with self._sending:
            # A frame that is cut off would spoil all that come after it.
            try:
                with anyio.fail_after(_SEND_SECONDS, shield=True):
                    await self._stream.send(len(data).to_bytes(_LENGTH_BYTES) + data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, TimeoutError) as error:
                raise WorkerLost("nobody reads at the other end") from error

    async def receive(self) -> Frame | None:
        """The next frame; None at the end, also at one in the middle of a frame. Raises `WorkerLost`."""
        length = await self._take(_LENGTH_BYTES)
        if length is None:
            return None
        if (size := int.from_bytes(length)) > _MOST_BYTES:
            raise WorkerLost("what came is no frame")
        data = await self._take(size)
        if data is None:
            return None
        try:
            frame = pickle.loads(data)  # noqa: S301  from our own process, over a socket of ours
        except Exception as error:
            raise WorkerLost(f"what came is no frame: {error}") from error
        if not isinstance(frame, Frame):
            raise WorkerLost("what came is no frame")
        return frame

    async def _take(self, size: int) -> bytes | None:
        while len(self._pending) < size:
            try:
                received = await self._stream.receive()
            except anyio.BrokenResourceError:
                return None
            if not received:
                return None
            self._pending += received
        taken = bytes(self._pending[:size])
        del self._pending[:size]
        return taken

    def close(self) -> None:
        self._stream.close()
