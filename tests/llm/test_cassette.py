"""Recordings: what is played back is what came, bit for bit, and a file that is none is refused."""

import json
from dataclasses import replace

import anyio
import anyio.lowlevel
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import ConfigError
from proofagent.llm.cassette import Player, Recorder
from proofagent.llm.chat import Answer, Cost, Message, Prompt
from proofagent.llm.ledger import Ledger
from proofagent.llm.models import open_models
from proofagent.testing.model_faults import (
    BOMB,
    GARBAGE,
    NESTED,
    NO_HTTP,
    NO_RESPONSE,
    NO_UTF8,
    PAGE,
    Changed,
    Counted,
    Delivered,
    Raw,
    Rejected,
    redirect,
)
from proofagent.testing.model_script import in_turn

pytestmark = pytest.mark.anyio


def about(number):
    return Prompt((Message("user", f"∀ question {number}"),))


def same(calls):
    """Calls without their times."""
    return [replace(call, seconds=0.0) for call in calls]


class Arrivals:
    """Answers each request by its number among all that came."""

    def __init__(self):
        self.count = 0

    def __call__(self, question):
        self.count += question.n
        return [f"answer {place} ⊢" for place in range(self.count - question.n, self.count)]


async def asked(client, *prompts):
    return [call for prompt in prompts for call in await client.ask(prompt)]


async def test_a_run_is_played_back_bit_for_bit(wire, serve, recording, client_of, tmp_path):
    """Answers, failures, tries and money of a replay are those of the recorded run; the server is not asked."""
    path = tmp_path / "deep" / "recording.jsonl"
    replies = [["a"], Rejected("server-error"), ["b"], Changed("truncated"), GARBAGE, Rejected("policy"), ["c"]]
    server = await serve(in_turn(*replies))
    prompts = [about(1), about(1), about(2), about(3), about(1), about(4)]
    settings = {"tries": 2, "temperature": 0.5, "seed": 3}
    first, second = Ledger(), Ledger()
    async with recording(path) as transport:
        live = await asked(client_of(server.url, wire, transport=transport, ledger=first, **settings), *prompts)
    before = len(server.questions)
    player = client_of(server.url, wire, transport=Player(path), ledger=second, **settings)
    played = await asked(player, *prompts)
    assert same(played) == same(live)
    assert first.spent == second.spent != Cost()
    assert len(server.questions) == before == 7


async def test_parallel_requests_get_their_own_answers(wire, serve, recording, client_of, tmp_path):
    """Fifty requests at once, ten of each content, answered in a scrambled order: each call is what it was."""
    path = tmp_path / "recording.jsonl"
    arrivals = Arrivals()

    async def script(question):
        answers = arrivals(question)
        while arrivals.count < 50:
            await anyio.lowlevel.checkpoint()
        for _ in range((arrivals.count + 7 * len(question.text) + 31 * int(answers[0].split()[1])) % 50):
            await anyio.lowlevel.checkpoint()
        return answers

    async def all_at_once(transport):
        client = client_of(server.url, wire, transport=transport, concurrency=50)
        calls = {}

        async def one(place):
            (calls[place],) = await client.ask(about(place % 5))

        async with anyio.create_task_group() as group:
            for place in range(50):
                group.start_soon(one, place)
        return [calls[place] for place in range(50)], list(calls)

    server = await serve(script)
    async with recording(path) as transport:
        live, ended = await all_at_once(transport)
    played, _ = await all_at_once(Player(path))
    assert ended != sorted(ended)
    assert len({call.answers for call in live}) == 50
    assert same(played) == same(live)


async def test_equal_requests_get_different_answers_in_turn(wire, serve, recording, client_of, tmp_path):
    """The k-th request of some content gets what its k-th got, whatever is asked in between."""
    path = tmp_path / "recording.jsonl"
    server = await serve(Arrivals())
    async with recording(path) as transport:
        client = client_of(server.url, wire, transport=transport)
        live = await asked(client, about(1), about(2), about(1), about(1), about(2))
    player = client_of(server.url, wire, transport=Player(path))
    ones = await asked(player, about(1), about(1), about(1))
    twos = await asked(player, about(2), about(2))
    assert same(ones) == same([live[0], live[2], live[3]])
    assert same(twos) == same([live[1], live[4]])


FAULTS = {
    "slow": Delivered(wait=60),
    "cut": Delivered(sent=0.5),
    "reset": Delivered(sent=0.5, reset=True),
    "no-response": NO_RESPONSE,
    "no-http": NO_HTTP,
    "endless": Delivered(endless=True),
    "gzip-bomb": BOMB,
    "half": Delivered(half=True),
    "zipped": Delivered(zipped=True),
    "garbage": GARBAGE,
    "page": PAGE,
    "nested": NESTED,
    "redirect": redirect("http://127.0.0.1:9/"),
    "rate-limited": Rejected("rate-limited", retry_after="120"),
    "overloaded": Rejected("overloaded"),
    "unauthorized": Rejected("unauthorized"),
    "context-overflow": Rejected("context-overflow"),
    "policy": Rejected("policy"),
    "refused": Changed("refused"),
    "no-usage": Changed("no-usage"),
    "negative-usage": Counted({"prompt_tokens": -1, "input_tokens": -1}),
    "no-gzip": Raw(b"this is not packed", headers=(("content-encoding", "gzip"),)),
    "until-a-date": Rejected("rate-limited", retry_after="Fri, 01 Jan 2100 00:00:00 GMT"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_faults_are_recorded_as_well(fault, wire, serve, recording, client_of, prompt, tmp_path):
    """However a request ended, its replay ends the same way, with the same words and the same cost."""
    path = tmp_path / "recording.jsonl"
    server = await serve(fault)
    timeout = 0.2 if fault == FAULTS["slow"] else 20
    async with recording(path) as transport:
        live = await client_of(server.url, wire, transport=transport, timeout=timeout).ask(prompt)
    played = await client_of(server.url, wire, transport=Player(path), timeout=timeout).ask(prompt)
    assert same(played) == same(live)


async def test_nobody_listening_is_recorded_as_well(wire, recording, client_of, prompt, tmp_path):
    """A refused connection is played back without a network."""
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        live = await client_of("http://127.0.0.1:9/v1", wire, transport=transport).ask(prompt)
    played = await client_of("http://127.0.0.1:9/v1", wire, transport=Player(path)).ask(prompt)
    assert same(played) == same(live)
    assert played[0].failure.kind == "unreachable"


async def test_recording_changes_no_outcome(wire, serve, recording, client_of, prompt, tmp_path):
    """A response with bytes that are no UTF-8 is as malformed with a recorder as without one."""
    server = await serve(NO_UTF8)
    plain = await client_of(server.url, wire).ask(prompt)
    async with recording(tmp_path / "recording.jsonl") as transport:
        recorded = await client_of(server.url, wire, transport=transport).ask(prompt)
    assert plain[0].failure.kind == "malformed"
    assert same(recorded) == same(plain)


async def test_a_replay_waits_for_nothing(serve, recording, client_of, prompt, tmp_path, naps):
    """The waits of the recorded run, its own and those that the server asked for, are none in a replay."""
    path = tmp_path / "recording.jsonl"
    server = await serve(in_turn(Rejected("rate-limited", retry_after="60"), Rejected("server-error"), ["a"]))
    async with recording(path) as transport:
        live = await client_of(server.url, transport=transport, tries=3).ask(prompt)
    assert len(naps) == 2
    naps.clear()
    played = await client_of(server.url, transport=Player(path), tries=3, patient=False).ask(prompt)
    assert same(played) == same(live)
    assert set(naps) <= {0.0}


async def test_an_exchange_is_found_by_its_content_alone(serve, recording, client_of, prompt, tmp_path):
    """Another address plays the same recording; another temperature is another request."""
    path = tmp_path / "recording.jsonl"
    server = await serve()
    async with recording(path) as transport:
        live = await client_of(server.url, transport=transport).ask(prompt)
    elsewhere = client_of("https://example.com/deep/er/v1", transport=Player(path))
    assert same(await elsewhere.ask(prompt)) == same(live)
    (other,) = await client_of(server.url, transport=Player(path), temperature=0.1).ask(prompt)
    assert other.failure.kind == "not-recorded"


async def test_what_is_not_in_the_recording_is_a_failure(wire, serve, recording, client_of, prompt, tmp_path, naps):
    """Another question, and one time more than recorded, are `not-recorded`: free, at once, and told apart."""
    path = tmp_path / "recording.jsonl"
    server = await serve()
    async with recording(path) as transport:
        await client_of(server.url, wire, transport=transport).ask(prompt)
    client = client_of(server.url, wire, transport=Player(path), tries=5)
    calls = await asked(client, about(1), prompt, prompt)
    assert [call.failure.kind if call.failure else None for call in calls] == ["not-recorded", None, "not-recorded"]
    assert "it is not in the recording" in calls[0].failure.detail
    assert "the recording has only 1 of this request" in calls[2].failure.detail
    assert [calls[0].cost, calls[2].cost, naps] == [Cost(), Cost(), []]


async def test_a_recording_goes_on(wire, serve, recording, client_of, prompt, tmp_path):
    """A second run into the same file counts on, and all of it is played back."""
    path = tmp_path / "recording.jsonl"
    server = await serve(Arrivals())
    live = []
    for _ in range(3):
        async with recording(path) as transport:
            live += await asked(client_of(server.url, wire, transport=transport), prompt, prompt)
    played = await asked(client_of(server.url, wire, transport=Player(path)), *[prompt] * 6)
    assert same(played) == same(live)
    assert len({call.answers for call in played}) == 6


async def test_several_recordings_are_played_one_after_the_other(serve, recording, client_of, prompt, tmp_path):
    """Equal requests of several files follow each other in the order of the files."""
    server = await serve(Arrivals())
    live = []
    for name in ("a", "b"):
        async with recording(tmp_path / name) as transport:
            live += await asked(client_of(server.url, transport=transport), prompt, about(1), prompt)
    player = client_of(server.url, transport=Player(tmp_path / "a", tmp_path / "b"))
    played = await asked(player, prompt, about(1), prompt, prompt, about(1), prompt)
    assert same(played) == same(live)


async def test_every_exchange_is_in_the_file_when_it_has_ended(serve, recording, client_of, prompt, tmp_path):
    """A run that is killed keeps what it had: whole lines, written at once."""
    path = tmp_path / "recording.jsonl"
    server = await serve()
    async with recording(path) as transport:
        client = client_of(server.url, transport=transport)
        for number in range(1, 4):
            await client.ask(prompt)
            text = path.read_text(encoding="utf-8")
            assert text.endswith("\n")
            assert [json.loads(line).get("nth") for line in text.splitlines()] == list(range(number))


@pytest.fixture
async def recorded(serve, recording, client_of, tmp_path):
    """A recording of two questions, and the calls."""
    path = tmp_path / "recording.jsonl"
    server = await serve(Arrivals())
    async with recording(path) as transport:
        live = await asked(client_of(server.url, transport=transport), about(1), about(2))
    return path, live


def cut(path, at):
    """Take the end of the last line away, from the first (or, with -1, the last) place where `at` says so."""
    data = path.read_bytes()
    start = data.index(b"\n") + 1
    places = [place for place in range(start + 1, len(data) - 1) if at(data, place)]
    path.write_bytes(data[: places[len(places) // 2]])


def between_letters(data, place):
    return data[place] < 0x80


def within_a_letter(data, place):
    return 0x80 <= data[place] < 0xC0


@pytest.mark.parametrize(
    "at",
    [
        between_letters,
        within_a_letter,
    ],
)
async def test_a_last_line_that_was_cut_is_left_out(at, recorded, client_of):
    """Where the writer was killed in the middle of a line, the lines before are played."""
    path, live = recorded
    cut(path, at)
    played = await asked(client_of("http://x/v1", transport=Player(path)), about(1), about(2))
    assert same(played[:1]) == same(live[:1])
    assert played[1].failure.kind == "not-recorded"


async def test_after_a_line_that_was_cut_a_recording_goes_on(recorded, serve, recording, client_of):
    """A killed run that is taken up again loses the line that was cut, and no other."""
    path, live = recorded
    cut(path, between_letters)
    server = await serve(Arrivals())
    async with recording(path) as transport:
        more = await asked(client_of(server.url, transport=transport), about(2), about(3))
    played = await asked(client_of("http://x/v1", transport=Player(path)), about(1), about(2), about(3))
    assert same(played) == same([live[0], *more])


async def test_a_request_that_was_given_up_keeps_its_number(serve, recording, client_of, prompt, tmp_path):
    """After a call without an end the k-th request still gets what the k-th got, in further recordings too."""
    path = tmp_path / "recording.jsonl"
    arrivals, arrived = Arrivals(), anyio.Event()

    async def script(question):
        answers = arrivals(question)
        if arrivals.count == 1:
            arrived.set()
            await anyio.sleep_forever()
        return answers

    server = await serve(script)
    live = []
    async with recording(path) as transport:
        client = client_of(server.url, transport=transport)
        async with anyio.create_task_group() as group:
            group.start_soon(client.ask, prompt)
            await arrived.wait()
            group.cancel_scope.cancel()
        live += await client.ask(prompt)
    async with recording(path) as transport:
        live += await client_of(server.url, transport=transport).ask(prompt)
    for paths in ([path], [path, path]):
        first, *rest = await asked(client_of(server.url, transport=Player(*paths)), *[prompt] * 3)
        assert first.failure.kind == "not-recorded"
        assert same(rest) == same(live)


async def test_equal_samples_that_are_tried_again_keep_their_places(recording, client_of, prompt, tmp_path):
    """Where the second of two equal requests is tried again first, a replay gives both what they got."""
    path = tmp_path / "recording.jsonl"
    settings = {"samples": 2, "takes_n": False, "tries": 2}
    async with recording(path, LastFailsFirst()) as transport:
        live = await client_of("http://x/v1", transport=transport, **settings).ask(prompt)
    played = await client_of("http://x/v1", transport=Player(path), patient=False, **settings).ask(prompt)
    assert [call.tries for call in live] == [2, 2]
    assert same(played) == same(live)


async def test_what_was_learnt_by_the_way_is_learnt_again(serve, recording, client_of, tmp_path):
    """Of two requests at once both find out that a parameter is not taken; so they do in a replay."""
    path = tmp_path / "recording.jsonl"

    async def script(question):
        while len(server.questions) < 2:
            await anyio.lowlevel.checkpoint()
        if question.temperature is None:
            return ["an answer"]
        return Rejected("server-error", 400, message="Unsupported parameter: 'temperature' is not supported.")

    async def both(transport):
        client = client_of(server.url, transport=transport, temperature=0.5, tries=2)
        calls = {}

        async def one(number):
            (calls[number],) = await client.ask(about(number))

        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(one, 0)
                group.start_soon(one, 1)
        return [calls[0], calls[1]]

    server = await serve(script)
    async with recording(path) as transport:
        live = await both(transport)
    assert [call.tries for call in live] == [2, 2]
    assert same(await both(Player(path))) == same(live)


class LastFailsFirst(httpx.AsyncBaseTransport):
    """A server whose first two requests fail, the first one only when a third one has come."""

    def __init__(self):
        self.count = 0

    async def handle_async_request(self, request):
        self.count += 1
        place = self.count
        while place == 1 and self.count < 3:
            await anyio.lowlevel.checkpoint()
        if place <= 2:
            return httpx.Response(500, json={})
        choice = {"message": {"content": f"answer {place}"}}
        return httpx.Response(200, json={"choices": [choice]})


GOOD_LINE = '{"path": "completions", "request": {}, "nth": 0, "response": {"status": 200, "text": "x"}}\n'
BAD_FILES = {
    "no-json": b"hello\n",
    "no-line": b"Dear diary, this is no recording.",
    "binary": bytes(range(256)) * 10 + b"\n",
    "list": b"[]\n",
    "other-object": b'{"a": 1}\n',
    "unknown-field": GOOD_LINE.replace('"nth"', '"more": 1, "nth"').encode(),
    "unknown-fault": b'{"path": "x", "request": {}, "nth": 0, "response": {"fault": "bored"}}\n',
    "wrong-type": GOOD_LINE.replace('"nth": 0', '"nth": "first"').encode(),
    "nested": b'{"path": "x", "request": ' + b"[" * 10_000 + b"\n",
    "broken-in-the-middle": (GOOD_LINE + GOOD_LINE[:30] + "\n" + GOOD_LINE).encode(),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_recording_is_refused(name, tmp_path):
    """The error names the file; nothing is played or appended."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(BAD_FILES[name])
    for use in (Player, lambda path: Recorder(httpx.MockTransport(lambda _: None), path)):
        with pytest.raises(ConfigError, match=r"some\.jsonl"):
            use(path)
    assert path.read_bytes() == BAD_FILES[name]


def test_the_line_of_a_mistake_is_named(tmp_path):
    """In a long file the error says where."""
    path = tmp_path / "some.jsonl"
    path.write_text(GOOD_LINE * 2 + "{}\n" + GOOD_LINE)
    with pytest.raises(ConfigError, match=r"some\.jsonl:3: not an exchange of a recording"):
        Player(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    """No file, a folder, and more than anybody would record."""
    large = tmp_path / "large.jsonl"
    with large.open("wb") as stream:
        stream.truncate((1 << 30) + 1)
    for path in (tmp_path / "missing.jsonl", tmp_path, large):
        with pytest.raises(ConfigError, match=path.name):
            Player(path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    """A recorder opens its file before anything is asked."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "below.jsonl", tmp_path):
        with pytest.raises(ConfigError, match=path.name):
            Recorder(httpx.MockTransport(lambda _: None), path)


async def test_a_replay_needs_neither_key_nor_server(wire, serve, spec_of, prompt, tmp_path):
    """A recorded run is played on a machine that has nothing but the file."""
    path = tmp_path / "recording.jsonl"
    server = await serve()
    spec = spec_of(server.url, wire)
    async with open_models([spec], record=path, environment={"SOME_KEY": "sk-1234567890"}) as models:
        live = await models.clients[0].ask(prompt)
    nowhere = spec_of("https://192.0.2.1/v1", wire)
    async with open_models([nowhere], replay=[path], environment={}) as models:
        played = await models.clients[0].ask(prompt)
        assert same(played) == same(live)
        assert models.ledger.spent == live[0].cost
    assert len(server.questions) == 1


async def test_a_run_is_recorded_or_replayed(spec_of, tmp_path):
    """Both at once would record a recording."""
    with pytest.raises(ConfigError, match="either recorded or replayed"):
        async with open_models([spec_of("http://x/v1")], record=tmp_path / "a", replay=[tmp_path / "b"]):
            pass


async def test_what_was_not_sent_is_not_recorded(recording, client_of, prompt, tmp_path):
    """A request that the offline switch stopped is no exchange."""
    path = tmp_path / "recording.jsonl"
    async with recording(path) as transport:
        (call,) = await client_of("https://192.0.2.1/v1", transport=transport).ask(prompt)
    assert call.failure.kind == "offline"
    assert path.read_text() == ""


@given(
    st.integers(100, 599),
    st.text(),
    st.dictionaries(st.sampled_from(["content-type", "retry-after", "x-other"]), st.text("abc /;=", max_size=9)),
)
def test_any_response_survives_the_file(tmp_path_factory, status, text, headers):
    """Whatever text came is read back, and was given to the run in the same form."""
    path = tmp_path_factory.mktemp("recordings") / "recording.jsonl"
    inner = httpx.MockTransport(
        lambda _: httpx.Response(status, headers=headers, content=text.encode("utf-8", "replace"))
    )
    request = httpx.Request("POST", "http://x/v1/messages", content=b'{"a": [1, "\xe2\x88\x80"]}')

    async def both():
        recorder = Recorder(inner, path)
        live = await recorder.handle_async_request(request)
        await recorder.aclose()
        return live, await Player(path).handle_async_request(request)

    live, played = anyio.run(both)
    assert (played.status_code, played.content) == (live.status_code, live.content)
    assert live.content == text.encode("utf-8", "replace")
    assert played.headers == live.headers
    assert "x-other" not in played.headers


def test_the_order_of_fields_is_no_content(tmp_path):
    """A request is the same one however its JSON is written."""
    path = tmp_path / "some.jsonl"
    path.write_text(GOOD_LINE.replace('"request": {}', '"request": {"b": 2, "a": [1]}'))
    request = httpx.Request("POST", "http://x/v1/completions", content=b'{ "a":[1],"b" :2}')
    assert anyio.run(Player(path).handle_async_request, request).text == "x"


async def test_answers_of_a_replay_are_typed_like_any(recorded, client_of):
    """Replayed calls hold the same values as live ones."""
    path, _ = recorded
    (call,) = await client_of("http://x/v1", transport=Player(path)).ask(about(1))
    assert call.answers == (Answer("answer 0 ⊢"),)
