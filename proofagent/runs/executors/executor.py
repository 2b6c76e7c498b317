"""Where the attempts of a batch are made: the contract of all executors."""

from collections.abc import Sequence
from typing import Protocol

from proofagent.runs.work import Health, Hearing, Work


class Executor(Protocol):
    """Makes attempts, `jobs` of them at a time at most; more callers wait.

    An async context manager opens one; nothing is left running after it.
    """

    @property
    def jobs(self) -> int: ...

    async def attempt(self, work: Work, hear: Hearing) -> None:
        """Make one attempt; `hear` is told of everything about it, in order, and of nothing after this returns.

        Where it is cancelled, what was found by then is told. Raises `WorkerLost` where whoever worked on it is gone,
        and as `open_bench` does where nobody can be found who would.
        """
        ...

    def health(self) -> Sequence[Health]:
        """How the workers are, as far as it is known."""
        ...
