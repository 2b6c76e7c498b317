"""What goes to a server: settings, samples, seeds and forms, in both protocols."""

import json

import anyio
import anyio.lowlevel
import httpx
import pytest

from proofagent.llm import anthropic, openai
from proofagent.llm.chat import Answer, Message, Prompt
from proofagent.testing.model_faults import Changed, Rejected
from proofagent.testing.model_script import in_turn

pytestmark = pytest.mark.anyio

SCHEMA = {
    "type": "object",
    "properties": {"proof": {"type": "string"}},
    "required": ["proof"],
    "additionalProperties": False,
}


def numbered(question):
    """As many answers as were asked for, each different from all others."""
    numbered.count += question.n
    return [f"answer {place}" for place in range(numbered.count - question.n, numbered.count)]


@pytest.fixture(autouse=True)
def from_zero():
    numbered.count = 0


async def test_the_settings_of_a_model_arrive(wire, serve, client_of, prompt):
    """The server reads the model's own name, messages in their roles, and what the settings say."""
    server = await serve()
    settings = {"temperature": 0.7, "seed": 7, "stop": ("QED", "\n\n"), "max_tokens": 321}
    await client_of(server.url, wire, **settings).ask(prompt)
    (asked,) = server.questions
    assert (asked.wire, asked.model, asked.messages) == (wire, "model", prompt.messages)
    assert (asked.n, asked.temperature, asked.stop, asked.max_tokens) == (1, 0.7, ("QED", "\n\n"), 321)
    assert asked.seed == (7 if wire == "openai" else None)
    assert asked.schema is None


async def test_what_is_not_set_is_not_sent(wire, serve, client_of, prompt):
    """A server keeps its defaults where the settings leave something open."""
    server = await serve()
    await client_of(server.url, wire).ask(prompt)
    (asked,) = server.questions
    assert (asked.temperature, asked.seed, asked.stop, asked.schema) == (None, None, (), None)


async def test_each_protocol_has_its_own_head(serve, client_of, prompt, key):
    """Keys and versions stand in the headers that the protocol names."""
    server = await serve()
    await client_of(server.url, "openai").ask(prompt)
    await client_of(server.url, "anthropic").ask(prompt)
    first, second = (question.headers for question in server.questions)
    assert first["authorization"] == f"Bearer {key}"
    assert "x-api-key" not in first
    assert (second["x-api-key"], second["anthropic-version"]) == (key, "2023-06-01")
    assert "authorization" not in second
    assert first["content-type"] == second["content-type"] == "application/json"


def test_without_a_key_there_is_no_header_for_one(spec_of, prompt):
    """A server of one's own gets no empty key."""
    spec = spec_of("http://127.0.0.1:9/v1")
    assert openai.request(spec, prompt, "", n=1, seed=None).headers == {}
    assert anthropic.request(spec, prompt, "").headers == {"anthropic-version": "2023-06-01"}


@pytest.mark.parametrize(("newer", "name"), [(True, "max_completion_tokens"), (False, "max_tokens")])
def test_the_limit_has_the_name_that_the_server_knows(newer, name, spec_of, prompt):
    """OpenAI has renamed the limit of an answer; other servers have not."""
    body = openai.request(spec_of("http://h/v1", newer_limit=newer), prompt, "", n=1, seed=None).body
    assert body[name] == 100
    assert len({"max_tokens", "max_completion_tokens"} & body.keys()) == 1


def test_anthropic_knows_no_temperature_beyond_1(spec_of, prompt):
    """A temperature that only OpenAI's protocol allows is the highest one here."""
    assert anthropic.request(spec_of("http://h/v1", temperature=1.5), prompt, "").body["temperature"] == 1.0


async def test_text_that_is_no_unicode_arrives_as_a_mark(wire, serve, client_of):
    """Half a surrogate pair (from a file name, say) does not stop a request."""
    server = await serve()
    (call,) = await client_of(server.url, wire).ask(Prompt((Message("user", "a \ud800 b ∀"),)))
    assert call.failure is None
    assert server.questions[0].text == "a ? b ∀"


async def test_a_form_goes_with_the_request_and_its_answer_is_json(wire, serve, client_of, prompt):
    """Structured output is a JSON schema for OpenAI and a tool for Anthropic; both answers are JSON text."""
    server = await serve(('{"proof": "simp ∀"}',))
    asked = Prompt(prompt.messages, SCHEMA)
    (call,) = await client_of(server.url, wire, structured=True).ask(asked)
    assert server.questions[0].schema == SCHEMA
    (answer,) = call.answers
    assert json.loads(answer.text) == {"proof": "simp ∀"}
    assert answer.end == "complete"


async def test_a_form_is_sent_only_where_the_settings_say_so(wire, serve, client_of, prompt):
    """A server that knows no forms is not given one, and a prompt without one asks for none."""
    server = await serve()
    await client_of(server.url, wire, structured=False).ask(Prompt(prompt.messages, SCHEMA))
    await client_of(server.url, wire, structured=True).ask(prompt)
    assert [question.schema for question in server.questions] == [None, None]


async def test_several_answers_come_with_one_request_where_the_server_can(serve, client_of, prompt):
    """`n` asks for all of them, and one call holds them."""
    server = await serve(numbered)
    (call,) = await client_of(server.url, samples=4, seed=10).ask(prompt)
    assert [(question.n, question.seed) for question in server.questions] == [(4, 10)]
    assert call.answers == tuple(Answer(f"answer {place}") for place in range(4))


@pytest.mark.parametrize(("kind", "takes_n"), [("openai", False), ("anthropic", True), ("anthropic", False)])
async def test_several_answers_come_with_as_many_requests_elsewhere(kind, takes_n, serve, client_of, prompt):
    """Without `n` each answer is a request of its own; calls are in the order of the samples."""
    server = await serve(numbered)
    calls = await client_of(server.url, kind, takes_n=takes_n, samples=4, seed=10).ask(prompt)
    assert [question.n for question in server.questions] == [1, 1, 1, 1]
    assert sorted(answer.text for call in calls for answer in call.answers) == [f"answer {n}" for n in range(4)]
    if kind == "openai":
        # A seed for each, or all answers would be the same one.
        assert sorted(question.seed for question in server.questions) == [10, 11, 12, 13]


async def test_missing_answers_are_asked_for_one_by_one(serve, client_of, prompt):
    """A server that takes `n` and gives fewer is asked for the rest, with seeds that were not used."""
    server = await serve(lambda question: numbered(question)[:2])
    calls = await client_of(server.url, samples=4, seed=10).ask(prompt)
    assert [question.n for question in server.questions] == [4, 1, 1]
    assert server.questions[0].seed == 10
    assert sorted(question.seed for question in server.questions[1:]) == [12, 13]
    assert [len(call.answers) for call in calls] == [2, 1, 1]


async def test_after_a_failure_nobody_asks_for_more(serve, client_of, prompt):
    """Where the request for several answers failed, so would the others: there is one call."""
    server = await serve(Rejected("unauthorized"))
    (call,) = await client_of(server.url, samples=4).ask(prompt)
    assert call.failure.kind == "unauthorized"
    assert len(server.questions) == 1


async def test_one_of_several_may_fail_alone(serve, client_of, prompt):
    """What came before and after a failure is kept."""
    server = await serve(in_turn(["a"], Rejected("policy"), Changed("refused", ("no",)), ["d"]))
    calls = await client_of(server.url, takes_n=False, samples=4, concurrency=1).ask(prompt)
    kinds = [call.failure.kind if call.failure else call.answers[0].end for call in calls]
    assert kinds == ["complete", "refused", "refused", "complete"]
    assert [call.answers for call in calls] == [(Answer("a"),), (), (Answer("no", "refused"),), (Answer("d"),)]


def test_a_tool_is_used_where_others_only_talk():
    """The input of the tool is the answer, whatever text stands around it."""
    body = {
        "type": "message",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "text", "text": "Here:"},
            {"type": "tool_use", "id": "1", "name": "answer", "input": {"proof": "rfl"}},
        ],
        "stop_reason": "tool_use",
    }
    assert anthropic.reply(json.dumps(body).encode()).answers == (Answer('{"proof":"rfl"}'),)


def not_taken(*names):
    """A script that refuses the first of `names` that a question has a value for, in the words of OpenAI."""

    def script(question):
        for name in names:
            if getattr(question, name) not in (None, ()) and not (name == "n" and question.n == 1):
                said = f"Unsupported parameter: '{name}' is not supported with this model."
                return Rejected("server-error", 400, message=said)
        return numbered(question)

    return script


async def test_a_parameter_that_a_server_does_not_take_is_left_out(wire, serve, client_of, prompt, naps):
    """The request is sent again without it, at once, and further ones do not have it."""
    server = await serve(not_taken("temperature"))
    client = client_of(server.url, wire, temperature=0.5, stop=("QED",), tries=2)
    (first,), (second,) = await client.ask(prompt), await client.ask(prompt)
    assert (first.failure, first.tries, second.failure, second.tries) == (None, 2, None, 1)
    assert [question.temperature for question in server.questions] == [0.5, None, None]
    assert {question.stop for question in server.questions} == {("QED",)}
    assert naps == [0.0]
    assert first.cost == second.cost


async def test_one_after_the_other_is_left_out(serve, client_of, prompt):
    """Several parameters may go, also the number of answers: then each is asked for alone."""
    server = await serve(not_taken("seed", "n"))
    calls = await client_of(server.url, seed=1, samples=3, tries=5).ask(prompt)
    assert [len(call.answers) for call in calls] == [1, 1, 1]
    assert [(question.n, question.seed) for question in server.questions] == [(3, 1), (3, None), *[(1, None)] * 3]


async def test_all_that_are_under_way_are_asked_again(wire, serve, client_of, prompt):
    """Requests that were sent before it was learnt what to leave out are sent again as well."""

    async def script(question):
        while len(server.questions) < 3:
            await anyio.lowlevel.checkpoint()
        return not_taken("temperature")(question)

    server = await serve(script)
    calls = await client_of(server.url, wire, takes_n=False, temperature=0.5, samples=3, tries=2).ask(prompt)
    assert [call.failure for call in calls] == [None] * 3
    assert [call.tries for call in calls] == [2] * 3


async def test_what_a_request_needs_is_not_left_out(serve, client_of, prompt):
    """A server that takes no model, or refuses what was not sent, has the last word."""
    for name in ("model", "messages", "temperature", "made_up"):
        said = f"Unsupported parameter: '{name}' is not supported with this model."
        server = await serve(Rejected("server-error", 400, message=said))
        (call,) = await client_of(server.url, tries=5).ask(prompt)
        assert (call.failure.kind, call.tries) == ("bad-request", 1)


async def test_a_server_that_refuses_without_end_is_asked_once_more(serve, client_of, prompt):
    """What has been left out is not left out again."""
    said = "Unsupported parameter: 'temperature' is not supported with this model."
    server = await serve(Rejected("server-error", 400, message=said))
    (call,) = await client_of(server.url, temperature=0.5, tries=5).ask(prompt)
    assert (call.failure.kind, call.tries) == ("bad-request", 2)


async def test_the_limit_goes_by_its_other_name(client_of, prompt):
    """Models of OpenAI's that think refuse `max_tokens`; the limit stays what it was."""
    bodies = []

    def answer(request):
        bodies.append(json.loads(request.content))
        if "max_tokens" in bodies[-1]:
            said = "Unsupported parameter: 'max_tokens' is not supported with this model."
            return httpx.Response(400, json={"error": {"message": said, "code": "unsupported_parameter"}})
        return httpx.Response(200, json={"choices": [{"message": {"content": "a"}}]})

    client = client_of("http://h/v1", transport=httpx.MockTransport(answer), newer_limit=False, tries=2)
    (call,) = await client.ask(prompt)
    assert call.answers == (Answer("a"),)
    assert "max_tokens" not in bodies[1]
    assert bodies[1]["max_completion_tokens"] == bodies[0]["max_tokens"] == 100
