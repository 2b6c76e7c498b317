"""A model in the same process that answers from a script: for tests of ours and of users. It is no model."""

import inspect
from collections.abc import Awaitable, Callable, Sequence

from proofagent.llm.chat import Answer, Call, Cost, Failure, Prompt, Usage
from proofagent.testing.model_script import ChatQuestion, tokens

Reply = Sequence[str | Answer] | Failure
Script = Callable[[ChatQuestion], Reply | Awaitable[Reply]]
"""As for the model server; what a server's fault is there is the failure itself here."""


class ScriptedModel:
    """A `ChatModel` called `scripted/NAME`. Its tokens are counted as the model server does, and cost nothing."""

    def __init__(self, script: Script, *, name: str = "model", weight: float = 1.0, samples: int = 1) -> None:
        self.id = f"scripted/{name}"
        self.weight = weight
        self.questions: list[ChatQuestion] = []
        """What it has been asked."""

        self._script = script
        self._samples = samples

    async def ask(self, prompt: Prompt) -> tuple[Call, ...]:
        """As `ChatModel.ask`: one call, with `samples` answers if the script gives so many."""
        name = self.id.partition("/")[2]
        question = ChatQuestion("openai", name, prompt.messages, n=self._samples, schema=prompt.schema)
        self.questions.append(question)
        reply = self._script(question)
        if inspect.isawaitable(reply):
            reply = await reply
        if isinstance(reply, Failure):
            return (Call(self.id, prompt, failure=reply),)
        answers = tuple(Answer(item) if isinstance(item, str) else item for item in reply[: self._samples])
        usage = Usage(tokens(question.text), tokens(*(answer.text for answer in answers)))
        return (Call(self.id, prompt, answers, cost=Cost(usage)),)
