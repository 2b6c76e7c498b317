"""What a model server is asked, as a value, and scripts that decide what it answers."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from proofagent.config.providers import Wire
from proofagent.errors import ConfigError
from proofagent.llm.chat import Message, Role

R = TypeVar("R")

_KEY_HEADERS = ("authorization", "x-api-key")


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """A request for answers as it arrived; what it did not say is None or empty."""

    wire: Wire
    model: str
    messages: tuple[Message, ...]
    n: int = 1
    temperature: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    schema: Mapping[str, JsonValue] | None = None
    """The form that the answer has to have."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """By names in small letters."""

    @property
    def text(self) -> str:
        """All messages, joined by line ends."""
        return "\n".join(message.text for message in self.messages)

    @property
    def key(self) -> str:
        """The key that came with the request, as it stood in its header; empty where none did."""
        return next((self.headers[name] for name in _KEY_HEADERS if name in self.headers), "")


class _Loose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Part(_Loose):
    text: str = ""


_Text = str | list[_Part]


class _Message(_Loose):
    role: Role
    content: _Text


class _Asked(_Loose):
    model: str
    messages: list[_Message]
    temperature: float | None = None


class _Form(_Loose):
    schema_: dict[str, JsonValue] | None = Field(default=None, alias="schema")


class _ResponseFormat(_Loose):
    json_schema: _Form | None = None


class _AskedOpenAI(_Asked):
    n: int = Field(default=1, ge=1)
    seed: int | None = None
    stop: str | list[str] | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    response_format: _ResponseFormat | None = None


class _Tool(_Loose):
    input_schema: dict[str, JsonValue]


class _AskedAnthropic(_Asked):
    max_tokens: int
    system: _Text = ""
    stop_sequences: list[str] = []
    tools: list[_Tool] = []


def read_question(wire: Wire, body: bytes, headers: Mapping[str, str]) -> ChatQuestion:
    """The question in the body of a request. Raises `ValueError` for one that the real server would not take."""
    return _from_anthropic(body, headers) if wire == "anthropic" else _from_openai(body, headers)


def _from_openai(body: bytes, headers: Mapping[str, str]) -> ChatQuestion:
    asked = _AskedOpenAI.model_validate_json(body)
    form = asked.response_format.json_schema if asked.response_format else None
    return ChatQuestion(
        wire="openai",
        model=asked.model,
        messages=_messages(asked.messages),
        n=asked.n,
        temperature=asked.temperature,
        seed=asked.seed,
        stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
        max_tokens=asked.max_tokens if asked.max_completion_tokens is None else asked.max_completion_tokens,
        schema=form.schema_ if form else None,
        headers=headers,
    )


def _from_anthropic(body: bytes, headers: Mapping[str, str]) -> ChatQuestion:
    asked = _AskedAnthropic.model_validate_json(body)
    system = _plain(asked.system)
    return ChatQuestion(
        wire="anthropic",
        model=asked.model,
        messages=(*((Message("system", system),) if system else ()), *_messages(asked.messages)),
        temperature=asked.temperature,
        stop=tuple(asked.stop_sequences),
        max_tokens=asked.max_tokens,
        schema=asked.tools[0].input_schema if asked.tools else None,
        headers=headers,
    )


def _messages(messages: list[_Message]) -> tuple[Message, ...]:
    return tuple(Message(message.role, _plain(message.content)) for message in messages)


def _plain(text: _Text) -> str:
    return text if isinstance(text, str) else "".join(part.text for part in text)


def tokens(*texts: str) -> int:
    """The tokens that a scripted model counts: a fourth of the bytes of UTF-8, rounded down, and 1 at least."""
    return max(1, sum(len(text.encode("utf-8", "replace")) for text in texts) // 4)


def in_turn(*replies: R) -> Callable[[ChatQuestion], R]:
    """A script that gives `replies` one after the other, and the last one again and again, whatever is asked."""
    rest = list(replies)
    return lambda _question: rest.pop(0) if len(rest) > 1 else rest[0]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """Decides the answers to a prompt in whose text all of `contains` occur."""

    contains: tuple[str, ...]
    answers: tuple[str, ...] = Field(min_length=1)


class Rules(_Strict):
    """A script as a file; the first rule that fits decides. Without a `default` other prompts have no answer."""

    rules: tuple[Rule, ...] = ()
    default: tuple[str, ...] = ()


class RuleScript:
    """Answers by `rules`: each rule gives its answers one after the other, and the last one again and again."""

    def __init__(self, rules: Rules) -> None:
        self._rules = (*rules.rules, *([Rule(contains=(), answers=rules.default)] if rules.default else []))
        self._given = Counter[int]()

    def __call__(self, question: ChatQuestion) -> list[str]:
        text = question.text
        for number, rule in enumerate(self._rules):
            if all(part in text for part in rule.contains):
                first = self._given[number]
                self._given[number] += question.n
                return [rule.answers[min(place, len(rule.answers) - 1)] for place in range(first, first + question.n)]
        return []


def load_rules(path: Path) -> Rules:
    """The rules in a JSON file. Raises `ConfigError` where it is missing or malformed."""
    try:
        return Rules.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
