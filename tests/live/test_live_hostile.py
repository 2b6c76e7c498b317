"""Clients and journals that cannot bring the server of the live page down."""

import gc
import logging
import socket
import time
from contextlib import suppress

import pytest
from page_clients import TOKEN, ask, request

from proofagent.live import connections
from proofagent.live.follow import Follower
from proofagent.runs.journal import NAME


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff\xfe" * 1000,
        b"\r\n" * 50_000,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (1 << 20) + b"\r\n\r\n",
        b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 100_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n" + b"x" * (1 << 20),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        request("/api/events", "Transfer-Encoding: chunked") + b"nonsense\r\n",
        request("/api/view") + b"\x00 garbage after it",
        request("/api/view") * 50,
    ],
    ids=range(12),
)
def test_requests_that_are_none_are_let_go(still, data, caplog):
    """Whatever is sent: the connection ends, nobody else notices, and nothing is printed where the batch is."""
    with caplog.at_level(logging.WARNING):
        answer = ask(still.port, data)
    assert answer.split()[1:2] in ([], [b"400"], [b"401"], [b"421"], [b"200"])
    assert still.get("/api/view").status_code == 200
    assert [record for record in caplog.records if record.name.partition(".")[0] in ("uvicorn", "asyncio")] == []


def test_a_body_that_turns_to_nonsense_ends_its_answer_alone(still, caplog):
    """In the middle of a stream there is no answer to it; the connection ends, and nothing is printed."""
    with caplog.at_level(logging.WARNING), socket.create_connection(("127.0.0.1", still.port), timeout=60) as client:
        client.sendall(request("/api/events", "Transfer-Encoding: chunked"))
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        client.sendall(b"nonsense\r\n" * 3)
        with suppress(ConnectionResetError):
            while client.recv(65_536):
                pass
        assert still.get("/api/view").status_code == 200
    gc.collect()
    assert [record for record in caplog.records if record.name.partition(".")[0] in ("uvicorn", "asyncio")] == []


def test_who_sends_half_a_request_is_let_go(batch, folder, serving, monkeypatch):
    """After a while; and so is who sends nothing at all."""
    monkeypatch.setattr(connections, "_REQUEST_SECONDS", 0.2)
    with serving(folder, token=TOKEN) as served:
        assert ask(served.port, request("/")[:30]) == b""
        assert ask(served.port, b"") == b""
        assert served.get("/api/view").status_code == 200


def test_there_are_not_too_many_connections(batch, folder, serving, monkeypatch, listen):
    """The batch needs open files too. Those that are there go on."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 5)
    with serving(folder, token=TOKEN) as served:
        all_events = [listen(served.port) for _ in range(5)]
        for events in all_events:
            assert events.next()
        assert ask(served.port, request("/api/view")) == b""
        all_events.pop().close()
        while not ask(served.port, request("/api/view")):
            pass


def test_two_hundred_clients_share_one_follower(served, batch, quick, monkeypatch, listen):
    """Each is told what is new, and the journal is read once for all."""
    followers, look = set(), Follower.look
    monkeypatch.setattr(Follower, "look", lambda self: followers.add(self) or look(self))
    clients = [listen(served.port) for _ in range(200)]
    for client in clients:
        assert client.next()["solved"] == 1
    batch.end(1)
    for client in clients:
        client.until(lambda view: view["solved"] == 2)
    assert [follower.folder for follower in followers].count(batch.folder) == 1


def test_a_client_that_never_reads_holds_up_nobody(batch, folder, serving, quick, monkeypatch, listen):
    """The others see every change, what waits for it is no more than a view, and after a while it is cut off."""
    batch.begin(2)
    pulse = batch.pulse(2, path=("simp " * 40,) * 16, target="⊢" * 500)
    with serving(folder, token=TOKEN) as served:
        stuck, reader = listen(served.port, buffer=4096), listen(served.port)
        reader.next()
        waiting = 0
        for turn in range(1_000_000):
            batch.beat(pulses=(pulse.model_copy(update={"seconds": float(turn)}),) * 30)
            view = reader.until(lambda view, turn=turn: view["working"] and view["working"][0]["seconds"] == turn)
            assert len(view["working"]) == 30
            found = [each for each in gc.get_objects() if isinstance(each, connections.Connection)]
            sizes = [each.transport.get_write_buffer_size() for each in found if each.transport is not None]
            assert max(sizes) < 1 << 20
            waiting += max(sizes) > 65_536
            if waiting == 20:
                break
        monkeypatch.setattr(connections, "_STUCK_SECONDS", 0.05)
        slow = max(found, key=lambda each: each.transport.get_write_buffer_size())
        slow.loop.call_soon_threadsafe(slow.pause_writing)
        while slow in slow.connections:
            time.sleep(0.01)
        with suppress(ConnectionResetError):
            assert list(stuck.lines())
        assert served.get("/api/view").status_code == 200


def test_a_journal_that_breaks_is_shown_as_broken(served, batch, folder, quick, listen):
    """The server lives, says what is wrong and what was read before, and goes on when it is mended."""
    path = folder / NAME
    before = path.read_bytes()
    events = listen(served.port)
    with path.open("ab") as file:
        file.write(b"\x00garbage\n")
    view = events.until(lambda view: view["trouble"])
    assert "no event" in view["trouble"]
    assert view["solved"] == 1
    path.write_bytes(before)
    assert events.until(lambda view: not view["trouble"])["solved"] == 1
    kept = path.rename(folder / "kept")
    assert "No such file" in events.until(lambda view: view["trouble"])["trouble"]
    kept.rename(path)
    events.until(lambda view: not view["trouble"])
