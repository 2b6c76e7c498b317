"""One follower for all who look: what it sees is handed to any number of them, and none waits for another."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync

from proofagent.live.follow import Follower
from proofagent.live.view import View

_SECONDS = 1.0
T = TypeVar("T")


class Feed:
    """The latest view of a run, and a number that grows with each new one.

    Whoever is slow gets the latest when it is ready, and never those between.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` where there is no run."""
        self._follower = Follower(folder)
        self._turn = anyio.Lock()
        self._news = anyio.Event()
        self._view: View | None = None
        self.number = 0
        self.text = b""
        """The view as JSON."""

        self.closed = False

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            more = await self.look()
            await anyio.sleep(0 if more else _SECONDS)

    async def look(self) -> bool:
        """See what is new; True where there is more to read."""
        more, view = await self.ask(lambda follower: (follower.look(), follower.now()))
        if view != self._view:
            self._view, self.text = view, view.model_dump_json().encode()
            self.number += 1
            self._wake()
        return more

    async def close(self) -> None:
        """Hand out how it ended, and then no more."""
        await self.look()
        self.closed = True
        self._wake()

    async def ask(self, question: Callable[[Follower], T]) -> T:
        """Ask the follower, whose turn it is alone, in a thread: a long run is long to look through."""
        async with self._turn:
            return await run_sync(question, self._follower)

    async def newer(self, number: int) -> bool:
        """Wait for a view after the one of that number; False where there will be none."""
        while self.number <= number and not self.closed:
            await self._news.wait()
        return self.number > number

    def _wake(self) -> None:
        news, self._news = self._news, anyio.Event()
        news.set()
