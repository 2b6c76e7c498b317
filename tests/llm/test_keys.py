"""Keys and where they go: to no other machine, and into nothing that is kept or shown."""

import json

import httpx
import pytest

from proofagent.errors import ConfigError
from proofagent.llm.models import open_models
from proofagent.testing.model_faults import Changed, Delivered, Raw, Rejected

pytestmark = pytest.mark.anyio


def shown(*things):
    """All that people and files could see of values."""
    return "".join(f"{thing!s}{thing!r}" for thing in things)


ECHOES = {
    "in an answer": Changed("echoes-key"),
    "in an error": Rejected("unauthorized", echoes_key=True),
    "in a rate limit": Rejected("rate-limited", echoes_key=True),
}


@pytest.mark.parametrize("name", ECHOES)
async def test_a_key_that_comes_back_is_kept_nowhere(name, wire, serve, recording, client_of, prompt, key, tmp_path):
    """A server may repeat the key: calls and recordings have a mark in its place."""
    server = await serve(ECHOES[name])
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        client = client_of(server.url, wire, transport=transport, tries=2)
        calls = await client.ask(prompt)
    text = path.read_text()
    assert key in str(server.questions[0].headers)
    assert "[key]" in shown(calls)
    assert "[key]" in text
    assert key not in text + shown(calls, client, client.spec, client.spec.provider)


@pytest.mark.parametrize("zipped", [False, True])
async def test_a_key_within_other_bytes_is_found(zipped, serve, client_of, prompt, key):
    """Neither garbage nor packing hides it."""
    fault = Raw(b"\xff\x00" + key.encode() + b"\xff")
    if zipped:
        fault = Delivered((f"key {key}",), zipped=True, step=7)
    server = await serve(fault)
    calls = await client_of(server.url).ask(prompt)
    assert key not in shown(calls)
    assert "[key]" in shown(calls)


async def test_a_key_in_a_broken_head_is_kept_nowhere(serve, recording, client_of, prompt, key, tmp_path):
    """A response that is no HTTP is part of the error; a key in it is not."""
    server = await serve(Raw(b"You sent " + key.encode() + b"\r\n\r\n", http=False))
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        calls = await client_of(server.url, transport=transport).ask(prompt)
    assert calls[0].failure.kind == "cut-off"
    assert key not in shown(calls) + path.read_text()


async def test_a_key_in_a_header_is_kept_nowhere(serve, recording, client_of, prompt, key, tmp_path):
    """A recorded header holds no key."""
    server = await serve(Raw(b"{}", headers=(("content-type", f"application/json; key={key}"),)))
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        await client_of(server.url, transport=transport).ask(prompt)
    assert key not in path.read_text()


async def test_a_key_in_json_escapes_is_kept_nowhere(serve, client_of, prompt, key):
    """A server may write any letter of a string as an escape."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
    server = await serve(Raw(b'{"error": {"message": "key %s"}}' % escaped.encode(), 401))
    calls = await client_of(server.url).ask(prompt)
    assert key not in shown(calls)


async def test_a_recording_holds_no_header_of_the_request(wire, serve, recording, client_of, prompt, key, tmp_path):
    """A line of a recording is path, request, number and response."""
    server = await serve()
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        await client_of(server.url, wire, transport=transport).ask(prompt)
    (line,) = path.read_text().splitlines()
    assert json.loads(line).keys() == {"path", "request", "nth", "response"}
    assert key not in line
    assert "127.0.0.1" not in line


async def test_a_redirect_takes_no_key_elsewhere(wire, serve, client_of, prompt):
    """Nobody follows a server that points to another one."""
    other = await serve()
    server = await serve(Raw(b"", 307, (("location", f"{other.url}/chat/completions"),)))
    (call,) = await client_of(server.url, wire).ask(prompt)
    assert call.failure
    assert other.questions == []


OFFLINE_HOSTS = ["https://api.openai.com/v1", "http://192.0.2.1/v1", "http://127.0.0.1.example.com/v1"]


@pytest.mark.parametrize("url", OFFLINE_HOSTS)
@pytest.mark.parametrize("value", ["1", "yes", "true"])
async def test_offline_means_that_nothing_is_sent_elsewhere(
    url, value, wire, network, client_of, prompt, monkeypatch, naps
):
    """With the switch set a request to another machine is a failure, free, at once and for good."""
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", forbidden)
    monkeypatch.setattr(network, "_environment", {"PROOFAGENT_OFFLINE": value})
    (call,) = await client_of(url, wire, tries=5).ask(prompt)
    assert (call.failure.kind, call.tries, call.cost.tokens, naps) == ("offline", 1, 0, [])


async def forbidden(_self, request):
    raise AssertionError(f"{request.url} was asked for")


@pytest.mark.parametrize("value", ["0", "", None])
async def test_without_the_switch_a_request_goes_out(value, network, client_of, prompt, monkeypatch):
    """0 and nothing are no switch: the request gets as far as the way to the network."""

    async def refuse(_self, request):
        raise httpx.ConnectError(f"{request.url.host} was asked for")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", refuse)
    monkeypatch.setattr(network, "_environment", {} if value is None else {"PROOFAGENT_OFFLINE": value})
    (call,) = await client_of("https://api.openai.com/v1").ask(prompt)
    assert call.failure.kind == "unreachable"
    assert "api.openai.com was asked for" in call.failure.detail


async def test_offline_leaves_this_machine(serve, spec_of, prompt):
    """Tests run with the switch set, and reach a server on this machine by either of its names."""
    server = await serve()
    urls = (server.url, server.url.replace("127.0.0.1", "localhost"))
    for url in urls:
        async with open_models([spec_of(url, key_env="")]) as models:
            (call,) = await models.clients[0].ask(prompt)
            assert call.failure is None


async def test_this_machine_is_behind_no_proxy(serve, spec_of, prompt, monkeypatch):
    """A proxy of the environment is for other machines."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = await serve()
    async with open_models([spec_of(server.url, key_env="")]) as models:
        (call,) = await models.clients[0].ask(prompt)
    assert call.failure is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTPS_PROXY", "what://x"), ("SSL_CERT_FILE", "/nowhere/at/all.pem")],
)
async def test_a_proxy_that_cannot_be_used_is_a_mistake_of_settings(name, value, spec_of, monkeypatch):
    """What httpx finds in the environment and cannot use is a `ConfigError` that names it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError):
        async with open_models([spec_of("http://127.0.0.1:9/v1", key_env="")]):
            pass


async def test_a_key_that_is_missing_is_named(spec_of):
    """Without its key a model is not opened; the error says which variable to set."""
    with pytest.raises(ConfigError, match=r"some/model needs a key: set SOME_KEY"):
        async with open_models([spec_of("http://127.0.0.1:9/v1")], environment={}):
            pass


@pytest.mark.parametrize("bad", ["sk-ü", "sk-a\nb", "sk-\x00"])
async def test_a_key_that_no_header_can_carry_is_refused(bad, spec_of):
    """Such a key is a mistake, and its text is not repeated."""
    with pytest.raises(ConfigError, match="SOME_KEY has characters") as caught:
        async with open_models([spec_of("http://127.0.0.1:9/v1")], environment={"SOME_KEY": bad}):
            pass
    assert bad not in str(caught.value)


async def test_each_model_has_its_own_key(serve, spec_of, prompt):
    """Models of several providers share a run, and none gets another one's key; white space around a key is none."""
    server = await serve(Changed("echoes-key"))
    specs = [spec_of(server.url, key_env="FIRST"), spec_of(server.url, "anthropic", key_env="SECOND")]
    environment = {"FIRST": "sk-first-11111111\n", "SECOND": " sk-second-2222222"}
    async with open_models(specs, environment=environment) as models:
        calls = [(await client.ask(prompt))[0] for client in models.clients]
    first, second = server.questions
    assert (first.key, second.key) == ("Bearer sk-first-11111111", "sk-second-2222222")
    assert [call.answers[0].text for call in calls] == ["your key is Bearer [key]", "your key is [key]"]
    assert models.ledger.spent == calls[0].cost + calls[1].cost
