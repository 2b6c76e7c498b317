"""Reading what servers say, as pure functions: responses, errors and times to wait."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.llm import anthropic, openai
from proofagent.llm.chat import Answer, Failure
from proofagent.llm.wire import Reply, failure_of, retry_after

NOW = datetime(2025, 3, 1, 12, 0, 0, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def bodies(draw):
    """JSON that comes close to a response: known names with values of any form."""
    names = ["choices", "usage", "type", "content", "stop_reason", "message", "error", "prompt_tokens", "text", "code"]
    inner = st.dictionaries(st.sampled_from(names), json_values | st.just("message"), max_size=5)
    outer = st.dictionaries(st.sampled_from(names), json_values | inner | st.lists(inner, max_size=2), max_size=6)
    return json.dumps(draw(outer | json_values)).encode()


@given(bodies() | st.binary(max_size=40))
def test_whatever_comes_is_a_reply_or_a_failure(body):
    """No body raises; what has no answer is a failure with a word for people."""
    for module in (openai, anthropic):
        read = module.reply(body)
        assert isinstance(read, Reply) or read.detail


@given(st.integers(201, 599), bodies() | st.binary(max_size=40), st.text(max_size=30))
def test_whatever_comes_with_a_status_is_a_failure(status, body, wait):
    """No error raises, whatever its body, and its detail is short."""
    failure = failure_of(status, {"retry-after": wait}, body)
    assert isinstance(failure, Failure)
    assert failure.status == status
    assert len(failure.detail) < 1000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0.25", 0.25),
        ("Sat, 01 Mar 2025 12:00:30 GMT", 30.0),
        ("Sat, 01 Mar 2025 13:00:30 +0100", 30.0),
        ("Saturday, 01-Mar-25 12:00:30 GMT", 30.0),
        ("Sat Mar  1 12:00:30 2025", 30.0),
        ("Sat, 01 Mar 2025 11:59:00 GMT", 0.0),
        ("", None),
        (None, None),
        ("-5", None),
        ("soon", None),
        ("1e3", None),
        ("99999999999", None),
        ("Sat, 01 Mar 99999 12:00:30 GMT", None),
    ],
)
def test_times_to_wait(text, seconds):
    """Numbers and all three forms of dates are read (RFC 9110, 10.2.3 and 5.6.7); nothing else is."""
    assert retry_after(text, NOW) == seconds


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_date_is_the_seconds_until_then(date):
    """A date in the future is its distance, one in the past is no wait."""
    date = date.replace(microsecond=0)
    text = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after(text, NOW) == max(0.0, (date - NOW) / timedelta(seconds=1))


@given(st.text(st.sampled_from("0123456789+-:, ADJMSGTabcenoru"), max_size=40))
def test_no_time_to_wait_raises(text):
    """Whatever stands in the header is seconds or nothing."""
    seconds = retry_after(text, NOW)
    assert seconds is None or seconds >= 0


def test_a_time_zone_beyond_every_clock_is_no_date():
    """Dates that the standard library cannot hold are nothing either."""
    assert retry_after("Sat, 01 Mar 2025 12:00:30 +999999999999999999", NOW) is None


ERRORS = {
    "openai-context": (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, "context-overflow"),
    "vllm-context": (
        400,
        {"object": "error", "message": "This model's maximum context length is 4096 tokens.", "code": 400},
        "context-overflow",
    ),
    "llamacpp-context": (
        400,
        {"error": {"code": 400, "message": "the request exceeds the available context size", "type": "x"}},
        "context-overflow",
    ),
    "too-large": (413, {"error": {"message": "x"}}, "context-overflow"),
    "ollama": (404, {"error": "model 'x' not found"}, "bad-request"),
    "fastapi": (422, {"detail": [{"msg": "field required"}]}, "bad-request"),
    "deepseek-balance": (402, {"error": {"message": "Insufficient Balance"}}, "out-of-credit"),
    "openai-quota": (429, {"error": {"message": "quota", "code": "insufficient_quota"}}, "out-of-credit"),
    "anthropic-credit": (400, {"error": {"message": "Your credit balance is too low"}}, "out-of-credit"),
    "azure-filter": (400, {"error": {"message": "x", "code": "content_filter"}}, "refused"),
    "timeout": (408, {}, "timed-out"),
    "conflict": (409, {}, "bad-request"),
    "gateway": (504, "upstream request timeout", "server-error"),
    "cloudflare": (524, "<html>A timeout occurred</html>", "server-error"),
    "overloaded": (529, {"error": {"message": "Overloaded"}}, "rate-limited"),
    "too-many-output-tokens": (
        400,
        {"error": {"message": "max_tokens is too large: 100000. This model supports at most 16384 completion tokens"}},
        "bad-request",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_of_known_servers(name):
    """Each vendor's way to say it has the same kind."""
    status, body, kind = ERRORS[name]
    data = body if isinstance(body, str) else json.dumps(body)
    assert failure_of(status, {}, data.encode()).kind == kind


def test_an_error_says_what_the_server_said():
    """The words of a server are in the detail, in any of the usual places."""
    for body in ({"error": {"message": "hm"}}, {"error": "hm"}, {"message": "hm"}, {"detail": "hm"}):
        assert failure_of(400, {}, json.dumps(body).encode()).detail == "HTTP 400: hm"
    assert failure_of(400, {}, b"").detail == "HTTP 400: without a word"


def test_an_error_in_a_list_is_read():
    """Gemini's address for chat completions gives a list with one error."""
    said = {"error": {"code": 400, "message": "The input token count exceeds the maximum number of tokens allowed"}}
    failure = failure_of(400, {}, json.dumps([said]).encode())
    assert failure.kind == "context-overflow"


def test_a_refusal_with_other_words_keeps_them():
    """What a model says while it refuses is its answer; where it says nothing the answer is empty."""
    body = {"choices": [{"message": {"content": "No.", "refusal": None}, "finish_reason": "content_filter"}]}
    assert openai.reply(json.dumps(body).encode()).answers == (Answer("No.", "refused"),)
    body = {"type": "message", "content": [], "stop_reason": "refusal"}
    assert anthropic.reply(json.dumps(body).encode()).answers == (Answer("", "refused"),)
