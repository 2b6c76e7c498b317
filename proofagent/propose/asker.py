"""Asking models on behalf of one goal's proposers: all of them at once, and every call is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio

from proofagent.llm.chat import Answer, Call, ChatModel, Failure, FailureKind, Prompt

Purpose = Literal["whole", "repair", "sketch", "step", "refute"]

# After these another request to the same model would end the same way.
_FINAL: frozenset[FailureKind] = frozenset(
    ["unauthorized", "out-of-credit", "over-budget", "offline", "unreachable", "bad-request"]
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with its name in the trace (`c1`, `c2` … for the goal, `r1` … against it) and what it was for."""

    id: str
    purpose: Purpose
    call: Call


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, who gave it in which call, and the weight of its author."""

    text: str
    model: str
    call: str
    weight: float


@dataclass(slots=True)
class Panel:
    """The models of a run. One that cannot be asked any more is left alone, for the reason that it gave."""

    models: Sequence[ChatModel]
    given_up: dict[str, Failure] = field(default_factory=dict)

    @property
    def able(self) -> list[ChatModel]:
        return [model for model in self.models if model.id not in self.given_up]


class Asker:
    """Asks the models of `panel`, for one goal; `calls` are all that were made, in an order that repeats.

    Calls are named with `mark` and a number; `heard` is told of each when its turn in that order comes.
    """

    def __init__(self, panel: Panel, mark: str = "c", heard: Callable[[Asked], None] = lambda _asked: None) -> None:
        self._panel, self._mark, self._heard = panel, mark, heard
        self.calls: list[Asked] = []

    @property
    def able(self) -> bool:
        """Whether any model can be asked at all."""
        return bool(self._panel.able)

    async def ask(self, purpose: Purpose, prompts: Sequence[tuple[Prompt, str]]) -> list[Given]:
        """Ask each prompt of the model that it names, or of every model where it names none; all at once.

        The answers come by prompt, then by model. Refusals and failures give no answer; their calls are kept.
        """
        todo = [(prompt, model) for prompt, only in prompts for model in self._panel.able if only in ("", model.id)]
        found: list[tuple[Call, ...]] = [()] * len(todo)

        async def one(place: int, prompt: Prompt, model: ChatModel) -> None:
            found[place] = await model.ask(prompt)

        try:
            async with anyio.create_task_group() as group:
                for place, (prompt, model) in enumerate(todo):
                    group.start_soon(one, place, prompt, model)
        finally:
            # Also what came in before an interruption was paid for.
            given = [
                text
                for (_, model), calls in zip(todo, found, strict=True)
                for text in self._kept(purpose, model, calls)
            ]
        return given

    def _kept(self, purpose: Purpose, model: ChatModel, calls: Sequence[Call]) -> list[Given]:
        given = list[Given]()
        for call in calls:
            asked = Asked(f"{self._mark}{len(self.calls) + 1}", purpose, call)
            self.calls.append(asked)
            self._heard(asked)
            if call.failure is not None and call.failure.kind in _FINAL:
                self._panel.given_up.setdefault(model.id, call.failure)
            given += [Given(a.text, model.id, asked.id, model.weight) for a in call.answers if _useful(a)]
        return given


def _useful(answer: Answer) -> bool:
    return answer.end != "refused" and bool(answer.text.strip())
