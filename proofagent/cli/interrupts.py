"""Ctrl-C: what runs is cancelled, and what it found until then is kept by whoever asked."""

import signal
from collections.abc import Awaitable, Callable

import anyio


async def until_interrupted(work: Callable[[], Awaitable[None]]) -> bool:
    """Run `work` to its end; True where Ctrl-C, or a request to end, cancelled it before."""
    interrupted = False
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                nonlocal interrupted
                async for _ in signals:
                    interrupted = True
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            await work()
            group.cancel_scope.cancel()
    return interrupted


async def until_told_twice(work: Callable[[], Awaitable[None]], told: Callable[[], None]) -> bool:
    """Run `work` to its end; the first Ctrl-C calls `told`, so that it may come to one, the second cancels it.

    True where either came.
    """
    times = 0
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                nonlocal times
                async for _ in signals:
                    times += 1
                    if times == 1:
                        told()
                    else:
                        group.cancel_scope.cancel()

            group.start_soon(watch)
            await work()
            group.cancel_scope.cancel()
    return times > 0
