"""Asking models on behalf of one goal's proposers: all of them at once, and every call is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio

from proofagent.llm.chat import Answer, Call, ChatModel, Failure, FailureKind, Prompt

Purpose = Literal["whole", "repair", "sketch", "step", "refute", "judge", "shorten"]

# After these another request to the same model would end the same way.
_FINAL: frozenset[FailureKind] = frozenset(["unauthorized", "out-of-credit", "over-budget", "offline"])
# These may be gone with the next goal.
_FOR_GOAL: frozenset[FailureKind] = frozenset(["unreachable", "bad-request"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with its name in the trace and what it was for.

    Questions are `c1`, `c2` … for the goal and `r1` … against it; further calls for one question are `c1.2`, `c1.3` …
    """

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
    """Asks the models of `panel`, for one goal. Questions are named `mark` and a number; `heard` hears of calls."""

    def __init__(self, panel: Panel, mark: str = "c", heard: Callable[[Asked], None] = lambda _asked: None) -> None:
        self._panel, self._mark, self._heard = panel, mark, heard
        self._questions: list[list[Asked]] = []
        self._left_alone: set[str] = set()

    @property
    def calls(self) -> list[Asked]:
        """All calls so far, by the order of the questions, whichever was answered first."""
        return [asked for question in self._questions for asked in question]

    @property
    def able(self) -> bool:
        """Whether any model can be asked at all."""
        return bool(self._models)

    @property
    def _models(self) -> list[ChatModel]:
        return [model for model in self._panel.able if model.id not in self._left_alone]

    async def ask(self, purpose: Purpose, prompts: Sequence[tuple[Prompt, str]]) -> list[Given]:
        """Ask each prompt of the model that it names, or of every model where it names none; all at once.

        The answers come by prompt, then by model. Refusals and failures give no answer; their calls are kept.
        """
        todo = [(prompt, model) for prompt, only in prompts for model in self._models if only in ("", model.id)]
        found: list[tuple[Call, ...]] = [()] * len(todo)
        self._questions.append([])
        number = len(self._questions)

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
                for text in self._kept(number, purpose, model, calls)
            ]
        return given

    def _kept(self, number: int, purpose: Purpose, model: ChatModel, calls: Sequence[Call]) -> list[Given]:
        given, question = list[Given](), self._questions[number - 1]
        for call in calls:
            further = f".{len(question) + 1}" if question else ""
            asked = Asked(f"{self._mark}{number}{further}", purpose, call)
            question.append(asked)
            self._heard(asked)
            if call.failure is not None and call.failure.kind in _FINAL:
                self._panel.given_up.setdefault(model.id, call.failure)
            if call.failure is not None and call.failure.kind in _FOR_GOAL:
                self._left_alone.add(model.id)
            given += [Given(a.text, model.id, asked.id, model.weight) for a in call.answers if _useful(a)]
        return given


def _useful(answer: Answer) -> bool:
    return answer.end != "refused" and bool(answer.text.strip())
