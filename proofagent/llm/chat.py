"""What is asked of a model and what comes back: frozen values, every way to fail among them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from pydantic import JsonValue

Role = Literal["system", "user", "assistant"]
End = Literal["complete", "truncated", "refused"]
FailureKind = Literal[
    "rate-limited",
    "out-of-credit",
    "timed-out",
    "unreachable",
    "cut-off",
    "server-error",
    "unauthorized",
    "bad-request",
    "context-overflow",
    "refused",
    "malformed",
    "too-large",
    "over-budget",
    "offline",
    "not-recorded",
]
"""
rate-limited      the server had no time for us, also after waiting (429, 529)
out-of-credit     the account is empty or its quota used up (402, 429 with that code)
timed-out         no whole answer within the time of the model's settings
unreachable       no connection: wrong address, nothing listens, no network
cut-off           the connection ended in the middle of an answer
server-error      any other 5xx
unauthorized      no key, a wrong one, or one that may not do this (401, 403)
bad-request       the server does not take the request as it is (other 4xx): an unknown model, an unknown parameter
context-overflow  prompt and answer do not fit into the model
refused           the server itself will not answer such a prompt
malformed         an answer that is none: no JSON, or JSON of another form
too-large         an answer beyond every bound
over-budget       not sent: it could cost more than is left of the spend limit
offline           not sent: calls to other machines are switched off
not-recorded      not sent: the recording that is replayed holds no such request
"""

TRANSIENT: frozenset[FailureKind] = frozenset(["rate-limited", "timed-out", "unreachable", "cut-off", "server-error"])
"""What may go away by itself, so that it is asked again."""


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question. `schema` is the JSON schema of the answer, for servers that can keep to one."""

    messages: tuple[Message, ...]
    schema: dict[str, JsonValue] | None = None

    @property
    def size(self) -> int:
        """Length in bytes of UTF-8. Tokens of byte-level encodings are a byte at least, so it bounds their number."""
        return sum(len(message.text.encode("utf-8", "replace")) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request and its answers. `cached` and `written` are part of `input`."""

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0

    @property
    def tokens(self) -> int:
        return self.input + self.output

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.written + other.written,
        )

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input - other.input,
            self.output - other.output,
            self.cached - other.cached,
            self.written - other.written,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls cost. What no server has confirmed (a cut answer, say) is counted at its most, as `unconfirmed`."""

    usage: Usage = Usage()
    dollars: Decimal = Decimal(0)
    """Of calls whose price is known."""

    unconfirmed: Usage = Usage()
    unconfirmed_dollars: Decimal = Decimal(0)
    unpriced: int = 0
    """Tokens that have a price which nobody knows."""

    @property
    def tokens(self) -> int:
        return self.usage.tokens + self.unconfirmed.tokens

    @property
    def most_dollars(self) -> Decimal:
        return self.dollars + self.unconfirmed_dollars

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.usage + other.usage,
            self.dollars + other.dollars,
            self.unconfirmed + other.unconfirmed,
            self.unconfirmed_dollars + other.unconfirmed_dollars,
            self.unpriced + other.unpriced,
        )

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            self.usage - other.usage,
            self.dollars - other.dollars,
            self.unconfirmed - other.unconfirmed,
            self.unconfirmed_dollars - other.unconfirmed_dollars,
            self.unpriced - other.unpriced,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Where `end` is "truncated" the text stops somewhere; where it is "refused" it says why, if at all."""

    text: str
    end: End = "complete"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. `detail` is for people and holds no key."""

    kind: FailureKind
    detail: str = ""
    status: int | None = None
    """The HTTP status, where there was one."""

    retry_after: float | None = None
    """Seconds that the server asks to wait."""

    parameter: str = ""
    """What the server does not take of a request, where it names that."""


@dataclass(frozen=True, slots=True)
class Call:
    """What became of one request: answers, or a failure after `tries` tries; its cost counts all tries."""

    model: str
    prompt: Prompt
    answers: tuple[Answer, ...] = ()
    failure: Failure | None = None
    cost: Cost = Cost()
    tries: int = 1
    seconds: float = 0.0

    @property
    def figures(self) -> dict[str, str | int | float | None]:
        """What may be logged of it: no prompt, no answer, and of a failure its kind alone."""
        return {
            "answers": len(self.answers),
            "failure": self.failure.kind if self.failure else None,
            "status": self.failure.status if self.failure else None,
            "input_tokens": self.cost.usage.input,
            "output_tokens": self.cost.usage.output,
            "unconfirmed_tokens": self.cost.unconfirmed.tokens or None,
            "dollars": float(self.cost.most_dollars),
            "tries": self.tries,
        }


class ChatModel(Protocol):
    """Something that answers prompts."""

    @property
    def id(self) -> str:
        """`provider/name`."""
        ...

    @property
    def weight(self) -> float:
        """Of its proposals beside those of other models; more than 0."""
        ...

    async def ask(self, prompt: Prompt) -> tuple[Call, ...]:
        """Ask for as many answers as the model's settings say; a call for each request that this took.

        Never raises for what a server or a network does: a call may hold a failure instead of answers.
        """
        ...
