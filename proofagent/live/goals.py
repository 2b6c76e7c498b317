"""The goals of a run, a page of them at a time, and one of them with its proof."""

from pydantic import BaseModel, ConfigDict

from proofagent.live.follow import Follower
from proofagent.runs.progress import Progress, Standing

MOST_ROWS = 500


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalRow(_Model):
    """How a goal stands; see `runs.progress.Standing`."""

    digest: str
    name: str
    origin: str
    outcome: str
    """`open` where no attempt has ended."""

    seconds: float
    tried: float
    candidates: int
    attempts: int
    lost: int
    tokens: int
    dollars: float
    why: str


class GoalRows(_Model):
    """Some of those that fit the question, from `offset` on, of `total`."""

    offset: int
    total: int
    goals: tuple[GoalRow, ...]


class GoalDetail(_Model):
    """A goal with its text."""

    goal: GoalRow
    statement: str
    """Up to where the proof begins; empty where the journal has it no more."""

    proof: str | None
    """Of the goal, in the place of its hole; where it is refuted, the theorem that says so."""


def goal_rows(progress: Progress, outcome: str, text: str, offset: int, limit: int) -> GoalRows:
    """Goals with that outcome and that text in their name or origin, where these are not empty."""
    wanted = text.casefold()
    found = [
        standing
        for standing in progress.standings.values()
        if (not outcome or (standing.outcome or "open") == outcome)
        and (not wanted or wanted in standing.name.casefold() or wanted in standing.origin.casefold())
    ]
    rows = tuple(map(_row, found[offset : offset + limit]))
    return GoalRows(offset=offset, total=len(found), goals=rows)


def goal_detail(follower: Follower, digest: str) -> GoalDetail | None:
    """None where there is no such goal."""
    standing = follower.progress.standings.get(digest)
    if standing is None:
        return None
    return GoalDetail(goal=_row(standing), statement=follower.statement(digest), proof=standing.proof)


def _row(standing: Standing) -> GoalRow:
    return GoalRow(
        digest=standing.digest,
        name=standing.name,
        origin=standing.origin,
        outcome=standing.outcome or "open",
        seconds=round(standing.seconds, 3),
        tried=standing.tried,
        candidates=standing.candidates,
        attempts=standing.attempts,
        lost=standing.lost,
        tokens=standing.cost.tokens,
        dollars=standing.cost.dollars,
        why=standing.why,
    )
