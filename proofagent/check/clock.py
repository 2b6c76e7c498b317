"""Work that may take long, for hostile input say, and must neither hold up the event loop nor outlive its time."""

import time
from collections.abc import Callable
from typing import TypeVar

import anyio

from proofagent.lean.olean import Tick

T = TypeVar("T")


async def in_time(work: Callable[[Tick], T], deadline: float, why: str) -> T:
    """What `work` makes in a thread; raises `TimeoutError` with the words `why` after `deadline` seconds."""
    until = time.monotonic() + deadline

    def tick() -> None:
        if time.monotonic() > until:
            raise TimeoutError(why)

    with anyio.move_on_after(deadline):
        return await anyio.to_thread.run_sync(work, tick, abandon_on_cancel=True)
    raise TimeoutError(why)
