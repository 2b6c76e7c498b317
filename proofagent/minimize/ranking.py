"""In which order edits are tried, and which of them at once."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from proofagent.errors import GoalError
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import CLOSERS, Script
from proofagent.score.tokens import lean_tokens

_GROUPED = ("", " <;> ")
"""What may stand before a closing tactic in an edit that is tried together with others."""


def ranked(script: Script, proposed: Iterable[Edits]) -> list[Sequence[Edits]]:
    """What is worth a try, the largest cut in tokens first; closing tactics for one place are a group.

    A group is tried at once (`first | … | …`), and its members only where that is accepted. A tactic that stands in the
    text that it would replace is tried by itself: another member that runs out of heartbeats must not be in its way.
    """
    starts = [token.start for token in script.tokens]
    groups: dict[tuple[int, int, str], list[tuple[int, Edits]]] = {}
    found = list[tuple[int, Sequence[Edits]]]()
    for edits in dict.fromkeys(tuple(sorted(edits)) for edits in proposed):
        gain = _gain(script, starts, edits)
        if gain is None:
            continue
        key = _group(script, edits)
        if key is None:
            found.append((gain, (edits,)))
        else:
            groups.setdefault(key, []).append((gain, edits))
    for members in groups.values():
        members.sort(key=lambda member: -member[0])
        found.append((members[0][0], tuple(edits for _, edits in members)))
    found.sort(key=lambda item: -item[0])
    return [edits for _, edits in found]


def _gain(script: Script, starts: Sequence[int], edits: Edits) -> int | None:
    """How many tokens edits save, give or take the joints; None where that is less than none, or they are no edits."""
    gain, done = 0, script.start
    try:
        for edit in edits:
            if not done <= edit.start <= edit.end <= script.end:
                return None
            gain += bisect_left(starts, edit.end) - bisect_left(starts, edit.start) - lean_tokens(edit.text)
            done = edit.end
    except GoalError:
        return None
    return gain if gain >= 0 else None


def _group(script: Script, edits: Edits) -> tuple[int, int, str] | None:
    if len(edits) != 1:
        return None
    edit = edits[0]
    there = {token.text for token in script.inside(edit.start, edit.end)}
    for before in _GROUPED:
        rest = edit.text.removeprefix(before) if edit.text.startswith(before) else ""
        if (rest in CLOSERS and rest not in there) or (
            rest.startswith("exact ") and rest.count(" ") == 1 and rest.isascii()
        ):
            return edit.start, edit.end, before
    return None


def choice(group: Sequence[Edits]) -> Edit:
    """One edit that does what any of a group's does."""
    edit, before = group[0][0], _GROUPED[1] if group[0][0].text.startswith(_GROUPED[1]) else ""
    # Names first: a tactic that runs out of heartbeats ends the whole attempt.
    options = " | ".join(sorted((edits[0].text.removeprefix(before) for edits in group), key=_by_cost))
    return Edit(edit.start, edit.end, f"{before}(first | {options})")


def _by_cost(closer: str) -> int:
    return CLOSERS.index(closer) if closer in CLOSERS else -1
