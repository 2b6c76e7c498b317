"""Who may look at the live page, and where it is served."""

import signal
import socket
import threading
import time
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from anyio.to_thread import run_sync
from fake_batch import digest
from page_clients import TOKEN, ask, request

from proofagent.errors import UsageError
from proofagent.live import feed
from proofagent.live.guard import Guard
from proofagent.live.server import serve

PATHS = ["/", "/page.js", "/api/view", "/api/events", "/api/goals", f"/api/goal/{digest(0)}", "/nowhere"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"params": {"token": "wrong"}},
        {"params": {"token": ""}},
        {"params": {"token": TOKEN[:-1]}},
        {"params": {"token": TOKEN + "x"}},
        {"params": {"token": "é\ud7ff"}},
        {"headers": {"Authorization": "Bearer wrong"}},
        {"headers": {"Authorization": f"Basic {TOKEN}"}},
        {"headers": {"Cookie": f"proofagent-1={TOKEN}"}},
        {"headers": {"Cookie": f'{"x" * 4000}; =;;"; proofagent'}},
    ],
)
def test_nothing_is_shown_without_the_token(still, options):
    """The answer says where the token is to be had."""
    for path in PATHS:
        with still.client(headers={}) as client:
            answer = client.get(path, **options)
        assert answer.status_code == 401
        assert "?token=" in answer.text
        assert answer.headers["www-authenticate"] == "Bearer"
        assert TOKEN not in answer.text


def test_the_address_gives_a_cookie_that_is_enough(still):
    """The token need not stay in the address; no script of the page can read it, no link of another site use it."""
    with still.client(headers={}) as client:
        answer = client.get(still.address)
        assert answer.status_code == 200
        assert answer.headers["set-cookie"] == f"proofagent-{still.port}={TOKEN}; HttpOnly; SameSite=Strict; Path=/"
        assert TOKEN not in answer.text
        for path in ("/", "/page.js", "/page.css", "/icon.svg", "/api/view"):
            again = client.get(path)
            assert again.status_code == 200
            assert "set-cookie" not in again.headers
        assert (
            client.get("/api/view", headers={"Cookie": f"a=b; proofagent-{still.port}={TOKEN}; c"}).status_code == 200
        )


def test_tokens_are_new_ones(batch, folder, serving):
    """Nobody can guess them, or use an old one."""
    with serving(folder) as first, serving(folder) as second:
        assert first.token != second.token
        assert len(first.token) >= 43
        assert second.get("/api/view", headers={"Authorization": f"Bearer {first.token}"}).status_code == 401


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:9", "[::1]", "[::1]:8000", "localhost."])
def test_names_of_this_machine_are_answered(still, host):
    """With any port: it may be forwarded."""
    assert still.get("/api/view", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "evil.example/localhost",
        "evil.example@localhost",
        "localhost@evil.example",
        "localhost:80:80",
        "127.0.0.2",
        "192.168.0.1",
        "0.0.0.0",
        "[localhost]",
        "",
        "\xe9",
    ],
)
def test_other_names_are_not(still, host):
    """A site that lets its own name point here gets nothing, not even with the token."""
    answer = ask(
        still.port, f"GET / HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode("latin-1")
    )
    expected = b"200" if host == "127.0.0.1." else b"421"
    assert answer.split()[1] == expected
    assert TOKEN.encode() not in answer


def test_two_names_or_none_are_refused(still):
    """Each would be another one to somebody."""
    two = ask(still.port, request("/", "Host: evil.example"))
    none = ask(still.port, f"GET / HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
    assert two.split()[1] in (b"400", b"421")
    assert none.split()[1] == b"421"


@pytest.mark.parametrize(
    ("host", "name", "right"),
    [
        ("127.0.0.1", "box.example", False),
        ("box.example", "box.example:80", True),
        ("BOX.example", "box.EXAMPLE", True),
        ("box.example", "evil.example", False),
        ("0.0.0.0", "192.168.0.7:80", True),
        ("::", "[fe80::1]:80", True),
        ("0.0.0.0", socket.gethostname(), True),
        ("0.0.0.0", "evil.example", False),
    ],
)
def test_the_host_that_is_served_on_is_a_name_too(host, name, right, listen):
    """Who listens everywhere is found by any address, which no site can call its own, and by the machine's name."""
    guard = Guard(TOKEN, host, 80)
    headers = [(b"Host", name.encode()), (b"Authorization", f"Bearer {TOKEN}".encode())]
    assert (guard.refusal("GET", headers, b"") is None) == right


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "get"])
def test_there_is_nothing_to_change(still, method):
    """Only GET is answered."""
    answer = ask(still.port, request("/api/view", "Content-Length: 0", method=method))
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nallow: GET\r\n" in answer


@pytest.mark.parametrize("path", ["/", "/page.js", "/api/view", "/api/goals?limit=x", "/nowhere", "/api/goal/x"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "no"}, {"Host": "evil.example"}])
def test_every_answer_tells_browsers_to_be_strict(still, path, headers):
    """Nothing is kept, guessed, framed, told to other sites or loaded from them, whatever the answer."""
    got = still.get(path, headers=headers).headers
    assert got["cache-control"] == "no-store"
    assert got["x-content-type-options"] == "nosniff"
    assert got["referrer-policy"] == "no-referrer"
    assert got["x-frame-options"] == "DENY"
    policy = dict(part.strip().split(" ", 1) for part in got["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy["script-src"].split()) == {"'self'"}
    assert "unsafe" not in got["content-security-policy"]
    assert "server" not in got
    assert "access-control-allow-origin" not in got


def test_a_port_that_is_taken_is_named(batch, folder, serving):
    """With what to do."""
    with (
        serving(folder) as served,
        pytest.raises(UsageError, match=f"127.0.0.1:{served.port}: the port is taken; choose"),
    ):
        serving(folder, served.port).__enter__()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"port": -1}, "--serve takes a port"),
        ({"port": 65_536}, "--serve takes a port"),
        ({"host": "no..host"}, "--host no..host: no name or address of this machine"),
        ({"host": ""}, "--host takes a name or an address"),
        ({"host": "é" * 100}, "--host"),
        ({"host": "192.0.2.1"}, "no address of this machine"),
        ({"token": "short"}, "a token has at least 16"),
        ({"token": "x" * 20 + "\r\nSet-Cookie: a"}, "a token has at least 16"),
    ],
)
def test_a_place_where_nothing_can_be_served_is_explained(batch, folder, serving, options, said):
    """In one line, before anything is begun."""
    with pytest.raises(UsageError, match=said) as raised:
        serving(folder, **options).__enter__()
    assert "\n" not in str(raised.value)


def test_what_is_no_run_is_not_served(tmp_path, serving):
    """There would be nothing to see."""
    with pytest.raises(UsageError, match="no run"):
        serving(tmp_path).__enter__()


def test_the_port_is_free_again_and_the_address_the_same(batch, folder, serving, listen):
    """For whoever begins again with the same port and token, clients or not."""
    with serving(folder, token=TOKEN) as first:
        events = listen(first.port)
        events.next()
    for _ in range(3):
        with serving(folder, first.port, token=TOKEN) as again:
            assert again.address == first.address
            assert again.get("/api/view").status_code == 200


def test_it_can_be_served_on_the_other_loopback_address(batch, folder, serving):
    """IPv6, where the machine has it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(folder, host="::1") as served:
        assert served.address.startswith("http://[::1]:")
        assert httpx.get(served.address, trust_env=False).status_code == 200


def test_signals_are_the_callers_and_nothing_is_left(batch, folder, listen):
    """The batch has handlers of its own; when it is cancelled, no task, thread or socket of the server remains."""
    before = threading.active_count()
    addresses = []

    def handlers():
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def main():
        told, own = anyio.Event(), handlers()

        def tell(address):
            addresses.append(address)
            told.set()

        async with anyio.create_task_group() as group:
            group.start_soon(partial(serve, folder, 0, token=TOKEN, told=tell))
            await told.wait()
            port = int(addresses[0].split(":")[2].split("/")[0])
            events = await run_sync(listen, port)
            assert (await run_sync(events.next))["solved"] == 1
            assert handlers() == own
            group.cancel_scope.cancel()
        await run_sync(lambda: list(iter(events.next, None)))
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port)).close()

    anyio.run(main)
    deadline = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_what_the_told_one_raises_ends_it(batch, folder):
    """Its terminal may be gone, say."""

    def told(_address):
        raise BrokenPipeError

    with pytest.raises(BaseExceptionGroup) as raised:
        anyio.run(partial(serve, folder, 0, told=told))
    assert raised.group_contains(BrokenPipeError)


def test_the_files_of_the_page_are_part_of_the_package():
    """All that the page names is there."""
    page = Path(feed.__file__).with_name("page")
    text = "".join(file.read_text(encoding="utf-8") for file in page.iterdir())
    for name in ("page.css", "page.js", "icon.svg", "chart.js", "draw.js", "goals.js"):
        assert name in text
        assert (page / name).is_file()
