"""The other end of `processes`: a process with a bench, `python -m proofagent.runs.executors.worker SOCKET`.

It ends when its socket does, whatever becomes of who started it, and its engines end with it.
"""

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import anyio

from proofagent.errors import EngineLost, ProofAgentError, WorkerLost, first_of
from proofagent.lean.stream import Stream
from proofagent.runs.bench import Bench, open_bench
from proofagent.runs.executors.frames import Begin, Cancel, Failed, Frame, Frames, Open, Over, Said
from proofagent.runs.work import Heard

_HEALTH_SECONDS = 1.0


async def serve(frames: Frames) -> None:
    """Do what the frames say until there are no more."""
    opened = await frames.receive()
    if not isinstance(opened, Open):
        return
    try:
        async with open_bench(opened.plan, opened.engines, opened.name) as bench, anyio.create_task_group() as group:
            desk = _Desk(bench, frames)
            group.start_soon(desk.tell)
            group.start_soon(desk.beat)
            while (frame := await frames.receive()) is not None:
                if isinstance(frame, Begin):
                    desk.scopes[frame.number] = anyio.CancelScope()
                    group.start_soon(desk.work, frame)
                elif isinstance(frame, Cancel) and frame.number in desk.scopes:
                    desk.scopes[frame.number].cancel()
            group.cancel_scope.cancel()
    except* ProofAgentError as errors:
        error = first_of(errors)
        assert isinstance(error, ProofAgentError)
        with suppress(WorkerLost):  # nobody may be there who would hear it
            await frames.send(Failed(None, error))


class _Desk:
    """Works on what was begun, and says what is heard of it in the order in which it was heard."""

    def __init__(self, bench: Bench, frames: Frames) -> None:
        self._bench, self._frames = bench, frames
        self._said, self._to_say = anyio.create_memory_object_stream[Frame](float("inf"))
        self.scopes: dict[int, anyio.CancelScope] = {}

    async def work(self, begin: Begin) -> None:
        last: Frame = Over(begin.number)
        try:
            with self.scopes[begin.number]:
                await self._bench.attempt(begin.work, self._hearing(begin.number))
        except ProofAgentError as error:
            last = Failed(begin.number, error)
        except Exception as error:  # noqa: BLE001  whatever it is, the others' attempts go on
            last = Failed(begin.number, EngineLost(f"{type(error).__name__}: {error}"))
        finally:
            del self.scopes[begin.number]
            self._said.send_nowait(last)

    async def tell(self) -> None:
        """Send what is to be said."""
        async for frame in self._to_say:
            await self._frames.send(frame)

    async def beat(self) -> None:
        """Say every now and then how this process is: whoever hears nothing takes it for dead."""
        while True:
            self._said.send_nowait(Said(None, self._bench.health()))
            await anyio.sleep(_HEALTH_SECONDS)

    def _hearing(self, number: int) -> Callable[[Heard], None]:
        return lambda heard: self._said.send_nowait(Said(number, heard))


def main(descriptor: int) -> None:
    """Serve the socket of this number."""
    # Ctrl-C in a terminal goes to all processes there; what ends is for the batch to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    anyio.run(serve, Frames(Stream(socket.socket(fileno=descriptor))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
