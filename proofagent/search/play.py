"""Playing a block of tactics on the proof graph: every step that works is kept, also where the block as a whole fails.

Lean's own rules for a sequence of tactics: each acts on the first goal that is left, a `·` closes the first, `case`
names one. Where a step fails its goal stays open for the search, and blocks beside it are played on.
"""

from collections.abc import Awaitable, Callable, Sequence

from proofagent.propose.blocks import Bullet, Hole, Part, Tactic

Take = Callable[[int, str], Awaitable[tuple[int, ...] | None]]
"""(goal, tactic) -> the goals that it leaves, or None where it fails."""

CaseOf = Callable[[int], str]
"""The tag of a goal, as `case` names it."""


async def play(parts: Sequence[Part], goals: Sequence[int], take: Take, case_of: CaseOf) -> bool:
    """Play `parts` on `goals`; True where every step worked, whether or not they leave goals."""
    left, whole = list(goals), True
    for part in parts:
        if not left:
            return whole
        if isinstance(part, Hole):
            left.pop(0)
        elif isinstance(part, Bullet):
            whole = await play(part.steps, [left.pop(0)], take, case_of) and whole
        else:
            place = _place(part, left, case_of)
            found = await _step(part, left[place], take, case_of)
            if found is None:
                return False
            children, worked = found
            left[place : place + 1] = children
            whole = worked and whole
    return whole


async def _step(part: Tactic, goal: int, take: Take, case_of: CaseOf) -> tuple[Sequence[int], bool] | None:
    """Take one step; the goals that are left to the steps after it, and whether all inside it worked."""
    if part.opened:
        children = await take(goal, part.opened)
        if children is not None and len(children) >= len(part.parts):
            whole, rest = True, children[len(part.parts) :]
            if part.aside:
                rest, children = children[: -len(part.parts)], children[-len(part.parts) :]
            for inner, child in zip(part.parts, children, strict=False):
                whole = await play(inner, [child], take, case_of) and whole
            return rest, whole
    if part.admits:
        return None
    children = await take(goal, part.text)
    return None if children is None else (children, True)


def _place(part: Tactic, goals: Sequence[int], case_of: CaseOf) -> int:
    """Which of `goals` the step is for: the first, or the one that `case` names by the end of its tag."""
    if part.case:
        for place, goal in enumerate(goals):
            tag = case_of(goal)
            if tag == part.case or tag.endswith("." + part.case):
                return place
    return 0
