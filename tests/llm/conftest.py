"""A real local server for each test, clients that ask it, and retries that wait for nobody."""

from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest

from proofagent.config.models import ModelSpec
from proofagent.config.prices import Price
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.llm.cassette import Recorder
from proofagent.llm.chat import Message, Prompt
from proofagent.llm.client import Client
from proofagent.llm.ledger import Ledger
from proofagent.llm.transport import Network
from proofagent.testing.model_server import serving

KEY = "sk-test-S3cret0123456789"
OFFLINE = {"PROOFAGENT_OFFLINE": "1"}
PRICE = Price(input=Decimal("2.5"), output=Decimal(10), cached=Decimal("1.25"), cache_write=Decimal("3.125"))
PROMPT = Prompt((Message("system", "You prove ∀ things."), Message("user", "Prove that 1 + 1 = 2.")))


@pytest.fixture(params=["openai", "anthropic"])
def wire(request):
    return request.param


@pytest.fixture
def key():
    return KEY


@pytest.fixture
def price():
    return PRICE


@pytest.fixture
def prompt():
    return PROMPT


@pytest.fixture(scope="module")
async def network():
    """The way to the network of a run, which knows the key; one for a module, since certificates take time to load."""
    opened = Network([KEY], environment=OFFLINE)
    yield opened
    await opened.aclose()


class Lent(httpx.AsyncBaseTransport):
    """A transport that its borrower cannot close."""

    def __init__(self, inner):
        self.handle_async_request = inner.handle_async_request


@pytest.fixture
def recording(network):
    """Opens a recorder that writes to a file; the network stays open."""

    @asynccontextmanager
    async def opened(path, inner=None):
        recorder = Recorder(Lent(inner or network), path)
        try:
            yield recorder
        finally:
            await recorder.aclose()

    return opened


@pytest.fixture(autouse=True)
def naps(monkeypatch):
    """The waits before retries, in seconds; nobody waits them."""
    slept = []

    async def nap(seconds):
        slept.append(seconds)

    monkeypatch.setattr("stamina._core._smart_sleep", nap)
    return slept


@pytest.fixture
async def serve():
    """Opens a server with a script (a function, or a reply for every question); it ends with the test."""
    opened = []

    async def start(script=("an answer",)):
        context = serving(script if callable(script) else lambda _question: script)
        server = await context.__aenter__()
        opened.append(context)
        return server

    yield start
    for context in reversed(opened):
        await context.__aexit__(None, None, None)


@pytest.fixture
def spec_of():
    """A model at an address; settings by keyword."""

    def make(url, wire="openai", *, price=PRICE, takes_n=True, newer_limit=True, key_env="SOME_KEY", **table):
        provider = Provider(url, key_env, wire, takes_n=takes_n, newer_limit=newer_limit)
        table = ModelTable(**{"max_tokens": 100, "tries": 1, "timeout": 20.0, **table})
        return ModelSpec("some/model", "model", provider, table, price, "settings" if price else "unknown")

    return make


@pytest.fixture
def client_of(network, spec_of):
    """A client of the model at an address; settings by keyword."""

    def make(url, wire="openai", *, ledger=None, transport=None, patient=True, **settings):
        http = httpx.AsyncClient(transport=transport or network)
        return Client(spec_of(url, wire, **settings), KEY, http, ledger or Ledger(), patient=patient)

    return make
