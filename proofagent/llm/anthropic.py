"""Anthropic's messages.

Source: https://docs.anthropic.com/en/api/messages
"""

from pydantic import JsonValue, TypeAdapter, ValidationError

from proofagent.config.models import ModelSpec
from proofagent.llm.chat import Answer, End, Failure, Prompt, Usage
from proofagent.llm.wire import Count, Loose, Reply, WireRequest, failure_inside, malformed

_VERSION = "2023-06-01"
_TOOL = "answer"
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def request(spec: ModelSpec, prompt: Prompt, key: str) -> WireRequest:
    """The request for one answer to `prompt`; this protocol knows neither `n` nor `seed`.

    An answer of a given form is the input of a tool that the model has to use.
    """
    table = spec.table
    system = "\n\n".join(m.text for m in prompt.messages if m.role == "system")
    messages: list[JsonValue] = [{"role": m.role, "content": m.text} for m in prompt.messages if m.role != "system"]
    body: dict[str, JsonValue] = {"model": spec.name, "max_tokens": table.max_tokens, "messages": messages}
    if system:
        body["system"] = system
    if table.temperature is not None:
        body["temperature"] = min(table.temperature, 1.0)
    if table.stop:
        body["stop_sequences"] = list(table.stop)
    if table.structured and prompt.schema is not None:
        body["tools"] = [{"name": _TOOL, "description": "Give the answer.", "input_schema": prompt.schema}]
        body["tool_choice"] = {"type": "tool", "name": _TOOL}
    headers = {"anthropic-version": _VERSION}
    return WireRequest("/messages", body, {**headers, "x-api-key": key} if key else headers)


class _Block(Loose):
    type: str
    text: str = ""
    input: JsonValue = None


class _Usage(Loose):
    input_tokens: Count
    output_tokens: Count
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None


class _Message(Loose):
    type: str
    content: list[_Block]
    stop_reason: str | None = None
    usage: JsonValue = None


_ENDS: dict[str, End] = {
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "pause_turn": "truncated",
    "refusal": "refused",
}


def reply(body: bytes) -> Reply | Failure:
    """Read a response whose status is 200."""
    try:
        read = _Message.model_validate_json(body)
    except ValidationError as error:
        return failure_inside(body) or malformed(error, body)
    if read.type != "message":
        return malformed(ValueError(f"not a message but {read.type[:40]!r}"), body)
    text = "".join(block.text for block in read.content if block.type == "text")
    used = [block.input for block in read.content if block.type == "tool_use"]
    if used:
        text = _JSON.dump_json(used[0]).decode()
    return Reply((Answer(text, _ENDS.get(read.stop_reason or "", "complete")),), _usage(read.usage))


def _usage(value: JsonValue) -> Usage | None:
    """Tokens. What goes through the cache is counted beside the rest of the input here; to us it is part of it."""
    try:
        read = _Usage.model_validate(value)
    except ValidationError:
        return None
    cached, written = read.cache_read_input_tokens or 0, read.cache_creation_input_tokens or 0
    total = read.input_tokens + cached + written
    return Usage(total, read.output_tokens, cached, written) if total else None
