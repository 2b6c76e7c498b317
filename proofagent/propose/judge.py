"""A model's opinion of a goal, as a value. It ranks what is worked on next, and has no say in what is proved."""

import re
import statistics

from proofagent.goals.goal import Goal
from proofagent.llm.chat import Prompt
from proofagent.proof.state import ProofState
from proofagent.propose import briefing
from proofagent.propose.asker import Asker
from proofagent.propose.base import Query
from proofagent.propose.prompts import Prompts

_NUMBER = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?")
_OUT_OF = re.compile(r"\s*(?:/|out of)\s*100\b")
_LEAST, _MOST = 0.02, 0.98
_BEST = 100


class ModelJudge:
    """Asks the models of `asker` how likely a goal is to be proved; of several opinions the median counts."""

    def __init__(self, asker: Asker, prompts: Prompts) -> None:
        self._asker, self._prompts = asker, prompts

    async def __call__(self, goal: Goal, state: ProofState) -> float | None:
        """A value in [0.02, 0.98], so that nothing is given up for an opinion; None where no model has one."""
        values = {
            "library": self._prompts.library(goal.imports),
            "theorem": briefing.theorem(goal),
            "state": briefing.state(Query(goal, state)),
        }
        prompt = Prompt(self._prompts.fill("judge", values))
        given = await self._asker.ask("judge", [(prompt, "")])
        marks = [mark for answer in given if (mark := read_mark(answer.text)) is not None]
        return min(_MOST, max(_LEAST, statistics.median(marks) / _BEST)) if marks else None


def read_mark(text: str) -> float | None:
    """The number from 0 to 100 that an answer consists of or ends with; None where there is none."""
    found = _NUMBER.findall(_OUT_OF.sub("", text))
    return mark if found and 0 <= (mark := float(found[-1])) <= _BEST else None
