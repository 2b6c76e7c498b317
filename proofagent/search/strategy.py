"""What a strategy is: it decides which open goal is worked on next. The loop knows none of them by name.

The strategies themselves have a file each; `strategies.py` gives them their names.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from proofagent.goals.goal import Goal
from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState


@dataclass(frozen=True, slots=True)
class Entry:
    """A goal whose `wave`-th candidates are due. `penalty` says how dear that wave is: 0 for one that costs nothing."""

    goal: int
    wave: int
    penalty: float


class Frontier(Protocol):
    """The goals of a graph that wait for work, in the order of some strategy.

    What all of them promise: an entry that can still help the root (`ProofGraph.relevant`) is given out once, sooner or
    later; one that cannot is kept until a new way makes it useful; one whose goal is settled may be dropped. The same
    calls on the same graph give the same order. The loop promises: each wave of a goal is pushed once, the next one
    not before the last was popped, and what is popped is reported as done.
    """

    def push(self, goal: int, wave: int, penalty: float) -> None:
        """Take in a goal whose `wave`-th candidates are due."""
        ...

    def pop(self) -> Entry | None:
        """The next entry that can still help; None only where none waits (another worker may bring some yet)."""
        ...

    def done(self, entry: Entry) -> None:
        """Hear that the work on `entry`, which was popped, is over; until then its goal is in work."""
        ...

    def restore(self) -> None:
        """Hear that a goal is met on a new way, or has another value: what could not help may have become useful."""
        ...


Strategy = Callable[[ProofGraph], Frontier]
"""Makes the frontier of a search from its graph, which holds the open root and grows from there."""

Value = Callable[[ProofState], float]
"""Estimates that a state can be proved, in (0, 1], before anything was tried there."""


Judge = Callable[[Goal, ProofState], Awaitable[float | None]]
"""A value that takes its time, as that of a model does; None where there is none after all. It must not raise."""


def by_size(state: ProofState) -> float:
    """Estimate that `state` can be proved, from its printed size alone: in (0, 1), smaller is likelier."""
    return 1.0 / (1.0 + len(state.key) / 200 + 0.5 * (len(state.goals) - 1))
