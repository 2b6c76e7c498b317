"""Proposals that come of asking Lean: one elaboration a round, in which every `simp` says what it used."""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence

from proofagent.goals.lexer import Lines
from proofagent.lean.engine import Message
from proofagent.minimize.edits import Edit, Edits, Place, apply
from proofagent.minimize.passes.base import Script
from proofagent.minimize.passes.suggested import questions, suggested

Elaborated = Callable[[str, str], Awaitable[tuple[Message, ...]]]
"""What Lean says of a command that stands behind a text."""

Read = Callable[[Iterable[Message]], Sequence[str]]
"""The tactics that messages suggest."""


class SimpAdvice:
    """An `Adviser` that asks `elaborated` once and has `read` find what Lean suggests."""

    def __init__(self, elaborated: Elaborated, read: Read) -> None:
        self._elaborated, self._read = elaborated, read

    async def advise(self, script: Script, place: Place) -> Sequence[Edits]:
        """What `simp?` and its like report, in the place of each call."""
        marks = questions(script)
        if not marks:
            return ()
        asking = [Edit(mark.start - place.start, mark.end - place.start, mark.text) for mark in marks]
        command = apply(script.text[place.start : place.end], asking)
        lines, answers = Lines(command), dict[int, list[str]]()
        # Where each mark stands in what Lean was given: those before it moved it.
        moved = [edit.start + number for number, edit in enumerate(asking)]
        for message in await self._elaborated(script.text[: place.start], command):
            at = lines.offset(message.start.line, message.start.column)
            if at is not None and (said := self._read([message])):
                answers.setdefault(place.start + at - bisect_left(moved, at), []).extend(said)
        return tuple(suggested(script, answers))
