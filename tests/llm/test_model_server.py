"""The scripted server and the scripted model themselves: what they understand, and that they behave when asked to."""

import json
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import httpx
import pytest
from anyio import create_task_group

from proofagent.errors import ConfigError
from proofagent.llm.chat import Answer, Cost, Failure, Message, Prompt, Usage
from proofagent.testing.model_faults import Delivered, Rejected
from proofagent.testing.model_script import ChatQuestion, Rules, RuleScript, in_turn, load_rules, tokens
from proofagent.testing.model_server import main, serving, serving_in_thread
from proofagent.testing.scripted import ScriptedModel

pytestmark = pytest.mark.anyio

OPENAI = {"model": "m", "messages": [{"role": "user", "content": "Prove it."}]}
ANTHROPIC = {**OPENAI, "max_tokens": 10}


def question(text="Prove it.", n=1):
    return ChatQuestion("openai", "m", (Message("user", text),), n=n)


def post(url, body, path="/chat/completions", **options):
    with httpx.Client(trust_env=False) as http:
        return http.post(url + path, json=body, **options)


def test_both_protocols_in_a_thread():
    """A server in a thread answers whoever is not asynchronous, in the form of each vendor."""
    with serving_in_thread(lambda asked: [f"{asked.model} ⊢ {asked.text}"] * asked.n) as server:
        first = post(server.url, {**OPENAI, "n": 2}).json()
        second = post(server.url, {**ANTHROPIC, "system": "Be brief."}, "/messages").json()
    assert [choice["message"]["content"] for choice in first["choices"]] == ["m ⊢ Prove it."] * 2
    assert first["usage"] == {"prompt_tokens": 2, "completion_tokens": 7, "total_tokens": 9}
    assert second["content"] == [{"type": "text", "text": "m ⊢ Be brief.\nProve it."}]
    assert second["usage"] == {"input_tokens": 4, "output_tokens": 6}
    assert [asked.wire for asked in server.questions] == ["openai", "anthropic"]
    assert server.questions[1].messages == (Message("system", "Be brief."), Message("user", "Prove it."))


def test_other_ways_to_say_the_same_are_read():
    """Text in parts, one stop as text, and both names of the limit mean what they mean to the vendors."""
    parts = [{"role": "user", "content": [{"type": "text", "text": "Prove "}, {"type": "text", "text": "it."}]}]
    with serving_in_thread() as server:
        post(server.url, {**OPENAI, "messages": parts, "stop": "QED", "max_tokens": 5})
        post(server.url, {**OPENAI, "stop": ["a", "b"], "max_completion_tokens": 6})
        system = [{"type": "text", "text": "S"}]
        post(server.url, {**ANTHROPIC, "messages": parts, "system": system}, "/messages")
    first, second, third = server.questions
    assert (first.text, first.stop, first.max_tokens) == ("Prove it.", ("QED",), 5)
    assert (second.stop, second.max_tokens) == (("a", "b"), 6)
    assert third.text == "S\nProve it."


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/completions", {}, 400),
        ("/chat/completions", [], 400),
        ("/chat/completions", {**OPENAI, "n": 0}, 400),
        ("/messages", OPENAI, 400),
        ("/elsewhere", OPENAI, 404),
    ],
)
def test_what_no_vendor_would_take_is_refused(path, body, status):
    """A malformed request is an error, and no question; Anthropic demands a limit."""
    with serving_in_thread() as server:
        response = post(server.url, body, path)
        assert response.status_code == status
        assert response.json()["error"]["message"]
        assert post(server.url, OPENAI).status_code == 200
    assert len(server.questions) == 1


def test_a_large_request_may_ask_first():
    """`Expect: 100-continue` (curl sends it with large bodies) is answered before the body comes."""
    body = json.dumps(OPENAI).encode()
    with serving_in_thread() as server, socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) as client:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len(body)}"
        client.sendall(head.encode() + b"\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


async def test_one_connection_serves_many_requests():
    """Connections are kept, and several are served at the same time."""

    async def both(_question):
        while len(server.questions) % 2:
            await anyio.lowlevel.checkpoint()
        return ["a"]

    async with serving(both) as server, httpx.AsyncClient(trust_env=False) as http:
        with anyio.fail_after(20):
            for _ in range(3):
                async with create_task_group() as group:
                    for _ in range(2):
                        group.start_soon(lambda: http.post(f"{server.url}/chat/completions", json=OPENAI))
    assert (len(server.questions), server.most_at_once, server.at_once) == (6, 2, 0)


async def test_a_script_that_fails_is_seen():
    """An assertion within a script ends the block that opened the server."""

    def script(_question):
        raise AssertionError("not what I expected")

    with pytest.raises(ExceptionGroup) as caught:
        async with serving(script) as server, httpx.AsyncClient(trust_env=False) as http:
            await http.post(f"{server.url}/chat/completions", json=OPENAI)
    assert caught.group_contains(AssertionError, match="not what I expected")


async def test_whoever_hangs_up_harms_nobody():
    """A client that leaves in the middle of an answer, and one that talks nonsense, end their connections only."""
    async with serving(in_turn(Delivered(endless=True), ["a"])) as server:
        port = urlsplit(server.url).port
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            body = json.dumps(OPENAI)
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            await client.send((head + body).encode())
            await client.receive()
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            with pytest.raises(anyio.EndOfStream):
                await client.receive()
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(f"{server.url}/chat/completions", json=OPENAI)).status_code == 200


RULES = Rules.model_validate(
    {
        "rules": [
            {"contains": ["add", "comm"], "answers": ["omega"]},
            {"contains": ["add"], "answers": ["one", "two", "three"]},
        ],
        "default": ["rfl"],
    }
)


def test_the_first_rule_that_fits_decides():
    """All strings of a rule have to occur; its answers come in turn, and the last one again and again."""
    script = RuleScript(RULES)
    assert script(question("a comm b add c")) == ["omega"]
    assert script(question("add")) == ["one"]
    assert script(question("nothing")) == ["rfl"]
    assert script(question("add", n=3)) == ["two", "three", "three"]
    assert script(question("add")) == ["three"]
    assert RuleScript(Rules())(question()) == []


def test_without_an_answer_there_is_an_error():
    """A prompt that no rule fits is an error of the server where there is no default."""
    with serving_in_thread(RuleScript(Rules())) as server:
        response = post(server.url, OPENAI)
    assert (response.status_code, response.json()["error"]["message"]) == (400, "the script has no answer")


def test_tokens_are_a_fourth_of_the_bytes():
    """Scripted models count so that tests can compute what a call costs."""
    assert [tokens(""), tokens("abc"), tokens("abcdefgh"), tokens("∀∀∀∀"), tokens("abcd", "efgh")] == [1, 1, 2, 3, 2]


def test_the_server_as_a_program(tmp_path):
    """The first line it prints is its address; it answers by the rules of its file until it is ended."""
    path = tmp_path / "script.json"
    path.write_text(RULES.model_dump_json())
    command = [sys.executable, "-m", "proofagent.testing.model_server", "--script", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            url = program.stdout.readline().strip()
            body = {**OPENAI, "messages": [{"role": "user", "content": "add comm"}]}
            assert post(url, body).json()["choices"][0]["message"]["content"] == "omega"
            assert post(url, ANTHROPIC, "/messages").json()["content"][0]["text"] == "rfl"
        finally:
            program.send_signal(signal.SIGINT)
        assert program.wait(60) == 0


@pytest.mark.parametrize("text", ["", "[]", '{"rules": [{"contains": ["a"]}]}', '{"rule": []}', '{"default": "rfl"}'])
def test_a_script_that_is_none_is_refused(text, tmp_path):
    """A mistake in a file of rules is a `ConfigError` that names it."""
    path = tmp_path / "script.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"script\.json: "):
        load_rules(path)
    with pytest.raises(ConfigError, match="No such file"):
        load_rules(tmp_path / "missing.json")


def test_the_program_says_why_it_does_not_start(tmp_path, monkeypatch):
    """A bad script, and a port of somebody else's, are said in a line."""
    path = tmp_path / "script.json"
    command = ["model_server", "--script", str(path)]
    path.write_text("{}x")
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit, match=r"script\.json: "):
        main()
    path.write_text("{}")
    with serving_in_thread() as server:
        monkeypatch.setattr(sys, "argv", [*command, "--port", str(urlsplit(server.url).port)])
        with pytest.raises(SystemExit, match=r"(?i)address already in use"):
            main()


PROMPT = Prompt((Message("user", "Prove it."),), {"type": "object"})


async def test_the_scripted_model_answers_in_process():
    """It is a chat model without HTTP: answers, ends and failures as the script says, and the server's tokens."""
    model = ScriptedModel(
        in_turn(["a", "bcdefghi"], [Answer("c", "truncated")], Failure("refused")), samples=2, weight=3
    )
    assert (model.id, model.weight) == ("scripted/model", 3)
    calls = [(await model.ask(PROMPT))[0] for _ in range(3)]
    assert [call.answers for call in calls] == [(Answer("a"), Answer("bcdefghi")), (Answer("c", "truncated"),), ()]
    assert [call.cost for call in calls] == [Cost(Usage(2, 2)), Cost(Usage(2, 1)), Cost()]
    assert calls[2].failure == Failure("refused")
    assert all((call.model, call.prompt) == ("scripted/model", PROMPT) for call in calls)
    (asked, *_) = model.questions
    assert (asked.n, asked.text, asked.schema, asked.model) == (2, "Prove it.", {"type": "object"}, "model")


async def test_the_scripted_model_takes_the_rules_of_the_server():
    """One script serves both, also one that awaits; more answers than samples are left out."""
    model = ScriptedModel(RuleScript(RULES), name="rules")
    assert [(await model.ask(PROMPT))[0].answers for _ in range(2)] == [(Answer("rfl"),), (Answer("rfl"),)]

    async def script(_question):
        await anyio.lowlevel.checkpoint()
        return ["a", "b", "c"]

    (call,) = await ScriptedModel(script, samples=2).ask(PROMPT)
    assert call.answers == (Answer("a"), Answer("b"))


def test_a_fault_says_what_it_is():
    """Faults are frozen values that compare by what they do."""
    assert Rejected("policy") == Rejected("policy") != Rejected("policy", status=451)
    with pytest.raises(AttributeError):
        Rejected("policy").status = 1
