"""A goal of a run by what somebody calls it: its name, or the beginning of its digest."""

from collections.abc import Iterable
from difflib import get_close_matches

from proofagent.errors import GoalError
from proofagent.report.texts import line_of
from proofagent.runs.journal import Event, Known

_LEAST_PREFIX = 4
_MOST_NAMED, _MOST_NAME = 8, 80
_MOST_COMPARED = 20_000
"""Names that are compared with a wrong one: likeness takes time."""


def find_goal(events: Iterable[Event], wanted: str, *, where: str) -> Known:
    """The goal of that full name, or with that last component, or whose digest begins so.

    Raises `GoalError` where there is none, with names that are near, and where there are several, with their digests.
    """
    goals = {event.digest: event for event in events if isinstance(event, Known)}
    named = [goal for goal in goals.values() if goal.name == wanted]
    named = named or [goal for goal in goals.values() if goal.name.rpartition(".")[2] == wanted]
    if not named and len(wanted) >= _LEAST_PREFIX:
        named = [goal for digest, goal in goals.items() if digest.startswith(wanted.lower())]
    if len(named) == 1:
        return named[0]
    if named:
        listed = ", ".join(f"{line_of(goal.name, _MOST_NAME)} {goal.digest[:12]}" for goal in named[:_MOST_NAMED])
        more = ", …" if len(named) > _MOST_NAMED else ""
        raise GoalError(
            f"`{line_of(wanted, _MOST_NAME)}` is {len(named)} goals ({listed}{more}): name one by its digest",
            where=where,
        )
    raise GoalError(f"there is no goal `{line_of(wanted, _MOST_NAME)}`; {_near(wanted, goals.values())}", where=where)


def names_of(events: Iterable[Event]) -> str:
    """The first goals of a run, for whoever named none."""
    return _few([event.name for event in events if isinstance(event, Known)])


def _near(wanted: str, goals: Iterable[Known]) -> str:
    names = list(dict.fromkeys(goal.name for goal in goals))
    within = [name for name in names if wanted and wanted.lower() in name.lower()]
    alike = get_close_matches(
        wanted[:_MOST_NAME], [name[:_MOST_NAME] for name in names[:_MOST_COMPARED]], n=5, cutoff=0.5
    )
    found = list(dict.fromkeys([*within, *alike]))
    if found:
        return f"near it are {_few(found)}"
    return f"the run has {_few(names)}" if names else "the run has no goal yet"


def _few(names: list[str]) -> str:
    few = ", ".join(line_of(name, _MOST_NAME) for name in names[:_MOST_NAMED])
    return few + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")
