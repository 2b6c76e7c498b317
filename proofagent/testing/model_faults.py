"""What can be wrong with the response of a model server, as values."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from proofagent.config.providers import Wire
from proofagent.testing.model_responses import JSON_TYPE, Json, Response, dumped, good_body, good_response
from proofagent.testing.model_script import ChatQuestion

_ONE = ("an answer",)


class Fault:
    """What is given in place of good answers."""

    __slots__ = ()

    def response(self, question: ChatQuestion) -> Response:
        """The response to `question`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Delivered(Fault):
    """Good answers that arrive late, in drops, packed, cut or never to an end; see `Response` for the parameters."""

    answers: tuple[str, ...] = _ONE
    wait: float = 0.0
    step: int = 0
    pause: float = 0.0
    sent: float = 1.0
    reset: bool = False
    endless: bool = False
    zipped: bool = False
    half: bool = False
    """Whether the JSON ends in the middle, with a `Content-Length` that fits."""

    def response(self, question: ChatQuestion) -> Response:
        good = good_response(question, self.answers)
        body, headers = good.body, good.headers
        if self.half:
            body = body[: len(body) // 2]
        if self.zipped:
            body, headers = gzip.compress(body), (*headers, ("content-encoding", "gzip"))
        return Response(
            body,
            headers=headers,
            wait=self.wait,
            step=self.step,
            pause=self.pause,
            sent=self.sent,
            reset=self.reset,
            endless=self.endless,
        )


@dataclass(frozen=True, slots=True)
class Raw(Fault):
    """Exactly these bytes."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE,)
    http: bool = True

    def response(self, question: ChatQuestion) -> Response:  # noqa: ARG002 - whatever it is
        return Response(self.body, self.status, self.headers, http=self.http)


NO_RESPONSE = Raw(b"", http=False)
NO_HTTP = Raw(b"\x00\x01\x02 what is this?\r\n\r\n", http=False)
GARBAGE = Raw(b"\x8b\x00\xff\xfe no JSON at all")
PAGE = Raw(b"<!doctype html><title>Welcome</title><p>Sign in to the network", headers=(("content-type", "text/html"),))
NESTED = Raw(b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
NO_UTF8 = Raw(
    b'{"choices":[{"message":{"content":"\xff\xfe"}}],"type":"message","content":[{"type":"text","text":"\xff\xfe"}]}'
)
BOMB = Raw(gzip.compress(bytes(64 << 20)), headers=(JSON_TYPE, ("content-encoding", "gzip")))
"""64 MB of zeros, packed."""


def redirect(to: str) -> Raw:
    """A 302 that sends the client elsewhere."""
    return Raw(b"", 302, (("location", to),))


Rejection = Literal[
    "rate-limited",
    "out-of-credit",
    "overloaded",
    "server-error",
    "unauthorized",
    "forbidden",
    "unknown-model",
    "context-overflow",
    "request-too-large",
    "policy",
]


@dataclass(frozen=True, slots=True)
class Rejected(Fault):
    """An error in the form that the vendor of the protocol gives it."""

    why: Rejection
    status: int | None = None
    retry_after: str | None = None
    message: str = ""
    """Where it is not the usual one."""

    echoes_key: bool = False
    """Whether the message repeats the key of the request."""

    def response(self, question: ChatQuestion) -> Response:
        status, type_, code, usual = _REJECTIONS[self.why][question.wire]
        message = (self.message or usual) + (f" You sent {question.key}." if self.echoes_key else "")
        error: Json = {"type": type_, "message": message}
        body: Json = {"type": "error", "error": error}
        if question.wire == "openai":
            body = {"error": {**error, "param": None, "code": code or None}}
        waits = () if self.retry_after is None else (("retry-after", self.retry_after),)
        return Response(dumped(body), self.status or status, (JSON_TYPE, *waits))


# By protocol: status, type, code, message.
_REJECTIONS: Mapping[Rejection, Mapping[Wire, tuple[int, str, str, str]]] = {
    "rate-limited": {
        "openai": (429, "requests", "rate_limit_exceeded", "Rate limit reached on requests per min (RPM): Limit 3."),
        "anthropic": (429, "rate_limit_error", "", "This request would exceed your organization's rate limit."),
    },
    "out-of-credit": {
        "openai": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
        "anthropic": (400, "invalid_request_error", "", "Your credit balance is too low to access the Anthropic API."),
    },
    "overloaded": {
        "openai": (503, "server_error", "", "The engine is currently overloaded, please try again later."),
        "anthropic": (529, "overloaded_error", "", "Overloaded"),
    },
    "server-error": {
        "openai": (500, "server_error", "", "The server had an error while processing your request."),
        "anthropic": (500, "api_error", "", "Internal server error"),
    },
    "unauthorized": {
        "openai": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        "anthropic": (401, "authentication_error", "", "invalid x-api-key"),
    },
    "forbidden": {
        "openai": (403, "invalid_request_error", "", "Country, region, or territory not supported."),
        "anthropic": (403, "permission_error", "", "Your API key does not have permission to use the resource."),
    },
    "unknown-model": {
        "openai": (404, "invalid_request_error", "model_not_found", "The model `gpt-0` does not exist."),
        "anthropic": (404, "not_found_error", "", "model: claude-0"),
    },
    "context-overflow": {
        "openai": (
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        ),
        "anthropic": (400, "invalid_request_error", "", "prompt is too long: 210000 tokens > 200000 maximum"),
    },
    "request-too-large": {
        "openai": (413, "invalid_request_error", "", "Request too large."),
        "anthropic": (413, "request_too_large", "", "Request exceeds the maximum size"),
    },
    "policy": {
        "openai": (
            400,
            "invalid_request_error",
            "content_policy_violation",
            "Your request was rejected as a result of our safety system.",
        ),
        "anthropic": (400, "invalid_request_error", "", "Output blocked by content filtering policy"),
    },
}

Change = Literal[
    "truncated",
    "refused",
    "filtered",
    "no-choices",
    "null-content",
    "parts",
    "no-usage",
    "fewer",
    "other-protocol",
    "echoes-key",
]


@dataclass(frozen=True, slots=True)
class Changed(Fault):
    """A response that is good but for one thing in its JSON."""

    what: Change
    answers: tuple[str, ...] = _ONE

    def response(self, question: ChatQuestion) -> Response:
        if self.what == "echoes-key":
            return good_response(question, [f"your key is {question.key}"])
        if self.what == "other-protocol":
            other: Wire = "openai" if question.wire == "anthropic" else "anthropic"
            return good_response(replace(question, wire=other), self.answers)
        if self.what == "fewer":
            return good_response(question, self.answers[: max(1, question.n - 1)])
        body = good_body(question, self.answers)
        if self.what == "no-usage":
            del body["usage"]
        elif question.wire == "anthropic":
            body |= _changed_message(self.what, self.answers[0])
        else:
            body["choices"] = [] if self.what == "no-choices" else [_changed_choice(self.what, self.answers[0])]
        return Response(dumped(body))


@dataclass(frozen=True, slots=True)
class Counted(Fault):
    """Good answers with this for their `usage`."""

    usage: JsonValue
    answers: tuple[str, ...] = _ONE

    def response(self, question: ChatQuestion) -> Response:
        return Response(dumped({**good_body(question, self.answers), "usage": self.usage}))


def _changed_choice(what: Change, text: str) -> Json:
    message: Json = {"role": "assistant", "content": text, "refusal": None}
    finish = {"truncated": "length", "filtered": "content_filter"}.get(what, "stop")
    if what == "refused":
        message |= {"content": None, "refusal": text}
    elif what == "null-content":
        message["content"] = None
    elif what == "parts":
        message["content"] = _parts(text)
    return {"index": 0, "message": message, "finish_reason": finish}


def _changed_message(what: Change, text: str) -> Json:
    match what:
        case "truncated":
            return {"stop_reason": "max_tokens"}
        case "refused" | "filtered":
            return {"stop_reason": "refusal"}
        case "no-choices":
            return {"content": []}
        case "null-content":
            return {"content": None}
    return {"content": _parts(text)}


def _parts(text: str) -> JsonValue:
    middle = len(text) // 2
    return [{"type": "text", "text": text[:middle]}, {"type": "text", "text": text[middle:]}]
