"""Good responses of a model server in both protocols, as bytes.

Sources: https://platform.openai.com/docs/api-reference/chat, https://docs.anthropic.com/en/api/messages
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from proofagent.testing.model_script import ChatQuestion, tokens

Json = dict[str, JsonValue]

JSON_TYPE = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class Response:
    """A response, and how it goes over the wire."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE,)
    wait: float = 0.0
    """Seconds before the first byte."""

    step: int = 0
    """Bytes that go out at a time, `pause` seconds apart; 0 for all of them at once."""

    pause: float = 0.0
    sent: float = 1.0
    """The part of the body that is sent; the connection ends in front of the rest."""

    reset: bool = False
    """Whether that end is a reset."""

    endless: bool = False
    """Whether the body is sent again and again, for as long as somebody reads."""

    http: bool = True
    """Whether there is a status line and a head; otherwise the body is all there is, and the connection ends."""


def good_response(question: ChatQuestion, answers: Sequence[str]) -> Response:
    """The response with `answers`; Anthropic's protocol has room for the first one only."""
    return Response(dumped(good_body(question, answers)))


def good_body(question: ChatQuestion, answers: Sequence[str]) -> Json:
    """The same before it is written down."""
    if question.wire == "anthropic":
        return _message(question, answers[0])
    choices: list[JsonValue] = [
        {"index": place, "message": {"role": "assistant", "content": text, "refusal": None}, "finish_reason": "stop"}
        for place, text in enumerate(answers)
    ]
    given, got = tokens(question.text), tokens(*answers)
    usage: Json = {"prompt_tokens": given, "completion_tokens": got, "total_tokens": given + got}
    head: Json = {"id": "chatcmpl-scripted", "object": "chat.completion", "created": 0, "model": question.model}
    return {**head, "choices": choices, "usage": usage}


def _message(question: ChatQuestion, answer: str) -> Json:
    content: Json = {"type": "text", "text": answer}
    reason = "end_turn"
    if question.schema is not None:
        content = {"type": "tool_use", "id": "toolu_scripted", "name": "answer", "input": _parsed(answer)}
        reason = "tool_use"
    usage: Json = {"input_tokens": tokens(question.text), "output_tokens": tokens(answer)}
    head: Json = {"id": "msg_scripted", "type": "message", "role": "assistant", "model": question.model}
    return {**head, "content": [content], "stop_reason": reason, "stop_sequence": None, "usage": usage}


def _parsed(answer: str) -> JsonValue:
    """What a script wrote for an answer of a given form; text that is no JSON stays text."""
    try:
        value: JsonValue = json.loads(answer)
    except ValueError:
        return answer
    return value


def dumped(body: Json) -> bytes:
    """`body` as servers write it."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
