"""Chat completions, the protocol of OpenAI that most servers speak.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from pydantic import JsonValue, ValidationError

from proofagent.config.models import ModelSpec
from proofagent.llm.chat import Answer, Failure, Prompt, Usage
from proofagent.llm.wire import Count, Loose, Reply, WireRequest, failure_inside, malformed


def request(spec: ModelSpec, prompt: Prompt, key: str, *, n: int, seed: int | None) -> WireRequest:
    """The request for `n` answers to `prompt`."""
    table = spec.table
    messages: list[JsonValue] = [{"role": m.role, "content": m.text} for m in prompt.messages]
    body: dict[str, JsonValue] = {"model": spec.name, "messages": messages}
    body["max_completion_tokens" if spec.provider.newer_limit else "max_tokens"] = table.max_tokens
    if n > 1:
        body["n"] = n
    if table.temperature is not None:
        body["temperature"] = table.temperature
    if seed is not None:
        body[spec.provider.seed_name] = seed
    if table.stop:
        body["stop"] = list(table.stop)
    if table.structured and prompt.schema is not None:
        form: dict[str, JsonValue] = {"name": "answer", "strict": True, "schema": prompt.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return WireRequest("/chat/completions", body, {"authorization": f"Bearer {key}"} if key else {})


class _Part(Loose):
    text: str = ""


class _Message(Loose):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(Loose):
    message: _Message
    finish_reason: str | None = None


class _Details(Loose):
    cached_tokens: Count | None = None


class _Usage(Loose):
    prompt_tokens: Count
    completion_tokens: Count | None = None
    total_tokens: Count | None = None
    prompt_tokens_details: _Details | None = None


class _Completion(Loose):
    choices: list[_Choice]
    usage: JsonValue = None


def reply(body: bytes) -> Reply | Failure:
    """Read a response whose status is 200."""
    try:
        read = _Completion.model_validate_json(body)
    except ValidationError as error:
        return failure_inside(body) or malformed(error, body)
    if not read.choices:
        return malformed(ValueError("an answer without choices"), body)
    return Reply(tuple(map(_answer, read.choices)), _usage(read.usage))


def _answer(choice: _Choice) -> Answer:
    message = choice.message
    content = message.content or ""
    text = content if isinstance(content, str) else "".join(part.text for part in content)
    if message.refusal or choice.finish_reason == "content_filter":
        return Answer(message.refusal or text, "refused")
    return Answer(text, "truncated" if choice.finish_reason == "length" else "complete")


def _usage(value: JsonValue) -> Usage | None:
    try:
        read = _Usage.model_validate(value)
    except ValidationError:
        return None
    counted = [read.completion_tokens, None if read.total_tokens is None else read.total_tokens - read.prompt_tokens]
    # Some servers count what a model thinks in the total alone.
    output = max((tokens for tokens in counted if tokens is not None), default=-1)
    if not read.prompt_tokens or output < 0:
        return None
    cached = read.prompt_tokens_details.cached_tokens if read.prompt_tokens_details else None
    return Usage(read.prompt_tokens, output, cached=min(cached or 0, read.prompt_tokens))
