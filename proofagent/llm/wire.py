"""What both protocols share: requests and replies as values, and what an HTTP error means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from proofagent.llm.chat import Answer, Failure, FailureKind, Usage

_DETAIL = 600
_OVERFLOW = re.compile(
    r"context.{0,20}(?:length|window|size|limit)|prompt is too long|too many (?:input )?tokens|input is too long"
    r"|exceeds? the (?:available )?context|maximum.{0,20}tokens",
    re.IGNORECASE | re.DOTALL,
)
_QUOTA = re.compile(
    r"insufficient.?(?:quota|balance|credit|funds)|credit.balance|spend.?limit|usage.limit", re.IGNORECASE
)
_CREDIT = re.compile(rf"{_QUOTA.pattern}|billing", re.IGNORECASE)
# "Unsupported parameter: 'max_tokens' is not supported with this model", "`temperature` is deprecated for this model"
_PARAMETER = re.compile(
    r"(?:unsupported|unknown|unrecognized) (?:parameter|value|argument)[^\w`'\"]*[`'\"]?([a-z_]+)"
    r"|[`'\"]?\b([a-z_]+)[`'\"]? (?:is|are) (?:deprecated|not supported|unsupported)",
    re.IGNORECASE,
)
_POLICY = re.compile(r"content.?(?:policy|filter|management)|content_policy_violation|safety system", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request without address and key."""

    path: str
    body: dict[str, JsonValue]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers of one response; `usage` is None where the server did not say, or said nonsense."""

    answers: tuple[Answer, ...]
    usage: Usage | None


class Loose(BaseModel):
    """A part of somebody else's JSON: what we do not read does not matter."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


Count = Annotated[int, Field(ge=0, le=10**9)]
"""A number of tokens in somebody else's JSON."""


def malformed(error: ValidationError | ValueError, body: bytes) -> Failure:
    """The failure for a body that cannot be read."""
    said = str(error).partition("\n")[0]
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lstrip(": ")
    return Failure("malformed", f"{said}; it begins with {_shown(body)}", 200)


def failure_of(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """What a response that is not 200 means."""
    message, code = _error(body)
    detail = f"HTTP {status}: {message or 'without a word'}"
    named = _PARAMETER.search(f"{message} {code}") if status in (400, 422) else None
    return Failure(
        _kind(status, f"{code} {message}"),
        detail,
        status,
        retry_after(headers.get("retry-after")),
        named[1] or named[2] if named else "",
    )


def failure_inside(body: bytes) -> Failure | None:
    """The failure that some servers send with the status 200; None where the body is no error."""
    try:
        read = _ErrorBody.model_validate_json(body)
    except ValidationError:
        return None
    if not read.error:
        return None
    code = read.error.code if isinstance(read.error, _ErrorObject) else None
    failure = failure_of(code if isinstance(code, int) and 400 <= code < 600 else 502, {}, body)
    # Nobody has said what was spent until then: it counts like an answer that did not arrive.
    return replace(failure, status=200)


def retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a `Retry-After` asks for, a number or a date (RFC 9110, 10.2.3); None where it is neither."""
    if not text:
        return None
    text = text.strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def _kind(status: int, said: str) -> FailureKind:
    if status == 429:
        # Rate limits name the billing page too: a payment method would raise them.
        return "out-of-credit" if _QUOTA.search(said) else "rate-limited"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return "server-error"
    if status >= 400:
        return next((kind for kind, words in _BY_WORDS if words.search(said)), _OTHERWISE.get(status, "bad-request"))
    return "malformed"


_BY_STATUS: dict[int, FailureKind] = {
    402: "out-of-credit",
    408: "timed-out",
    413: "context-overflow",
    529: "rate-limited",
}
_BY_WORDS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    ("context-overflow", _OVERFLOW),
    ("refused", _POLICY),
    ("out-of-credit", _CREDIT),
)
_OTHERWISE: dict[int, FailureKind] = {401: "unauthorized", 403: "unauthorized"}


class _ErrorObject(Loose):
    message: JsonValue = None
    type: JsonValue = None
    code: JsonValue = None


class _ErrorBody(Loose):
    error: _ErrorObject | str | None = None
    message: JsonValue = None
    detail: JsonValue = None
    code: JsonValue = None


# Gemini's address for chat completions gives a list of one.
_ERRORS: TypeAdapter[_ErrorBody | list[_ErrorBody]] = TypeAdapter(_ErrorBody | list[_ErrorBody])


def _error(body: bytes) -> tuple[str, str]:
    """The message and the code of an error in any of the forms that servers use."""
    try:
        one_or_more = _ERRORS.validate_json(body)
    except ValidationError:
        return (_shown(body) if body.strip() else ""), ""
    read = one_or_more if isinstance(one_or_more, _ErrorBody) else next(iter(one_or_more), _ErrorBody())
    if isinstance(read.error, str):
        return read.error[:_DETAIL], ""
    if read.error is not None:
        return _text(read.error.message), f"{_text(read.error.type)} {_text(read.error.code)}"
    return _text(read.message or read.detail), _text(read.code)


def _text(value: JsonValue) -> str:
    return "" if value is None else str(value)[:_DETAIL]


def _shown(body: bytes) -> str:
    return repr(body[:80].decode("utf-8", "replace"))
