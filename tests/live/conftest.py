"""Runs to look at, and servers of the live page, each in a thread of its own, on real sockets."""

import queue
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fake_batch import FakeBatch, hour
from page_clients import TOKEN, Events

from proofagent.live import feed
from proofagent.live.server import serve


@dataclass
class Served:
    """A server that runs; `address` has the token, `stop` comes back when nothing of it is left."""

    address: str
    stop: Callable[[], None]

    @property
    def port(self):
        return urlsplit(self.address).port

    @property
    def token(self):
        return urlsplit(self.address).query.removeprefix("token=")

    def client(self, **options):
        options = {"headers": {"Authorization": f"Bearer {self.token}"}, "timeout": 30, **options}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, **options)

    def get(self, path, **options):
        with self.client() as client:
            return client.get(path, **options)


@pytest.fixture(scope="session")
def serving():
    """Serves a run as long as the context is open; what `serve` raises is raised."""

    @contextmanager
    def start(folder, port=0, **options):
        told, ended = queue.Queue(), threading.Event()

        async def work():
            try:
                await serve(folder, port, told=told.put, **options)
            finally:
                ended.set()
                told.put(None)

        with start_blocking_portal() as portal:
            task = portal.start_task_soon(work)

            def stop():
                task.cancel()
                assert ended.wait(60)

            address = told.get(timeout=60)
            if address is None:
                task.result(timeout=60)
            try:
                yield Served(address, stop)
            finally:
                stop()

    return start


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def batch(folder):
    batch = FakeBatch(folder, total=10)
    batch.known(0)
    batch.known(1)
    batch.begin(0)
    batch.end(0)
    batch.begin(1)
    batch.beat()
    yield batch
    batch.close()


@pytest.fixture(scope="module")
def still(serving, tmp_path_factory):
    """A run that nobody writes, served."""
    batch = hour(tmp_path_factory.mktemp("still") / "run", 60)
    with serving(batch.folder, token=TOKEN) as served:
        yield served
    batch.close()


@pytest.fixture
def served(batch, folder, serving):
    with serving(folder, token=TOKEN) as served:
        yield served


@pytest.fixture
def quick(monkeypatch):
    """The follower looks often."""
    monkeypatch.setattr(feed, "_SECONDS", 0.05)


@pytest.fixture
def listen():
    """Opens streams of events, which are closed in the end."""
    opened = []

    def start(port, **options):
        opened.append(Events(port, **options))
        return opened[-1]

    yield start
    for events in opened:
        events.close()
