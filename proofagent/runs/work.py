"""What a batch hands out and what it hears of it, in this process or from another one."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from proofagent.goals.goal import Goal
from proofagent.runs.journal import Called, Charged, Ended
from proofagent.types import Budget


@dataclass(frozen=True, slots=True)
class Work:
    """The open holes of one declaration, one as a rule, each with the name of its attempt and the same budget."""

    goals: tuple[Goal, ...]
    attempts: tuple[str, ...]
    budget: Budget

    @classmethod
    def on(cls, goals: Sequence[Goal], budget: Budget) -> "Work":
        """A new try, with names that no other one has."""
        name = uuid.uuid4().hex[:16]
        return cls(tuple(goals), tuple(f"{name}.{place}" for place in range(len(goals))), budget)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pulse(_Model):
    """How far an attempt is, about once a second; it is in no journal."""

    digest: str
    attempt: str
    name: str
    worker: str = ""
    seconds: float
    budget_seconds: float
    candidates: int
    goals: int
    path: tuple[str, ...] = ()
    """The tactics on the way to where the search would most like to go on."""

    target: str = ""
    """What is open there."""


class Health(_Model):
    """How a worker is: its engines are Lean processes."""

    worker: str
    pid: int
    host: str = ""
    engines: int
    memory_bytes: int
    """Of its engines."""

    started: int
    replaced: int
    bodies: int
    lean_seconds: float


Heard = Called | Charged | Ended | Pulse | Health
Hearing = Callable[[Heard], None]
