"""A model behind HTTP: requests, retries, the limit of what is spent, and every outcome as a value."""

import json
import time

import anyio
import httpx
import stamina

from proofagent import telemetry
from proofagent.config.models import ModelSpec
from proofagent.llm import anthropic, openai
from proofagent.llm.cassette import NotRecorded
from proofagent.llm.chat import TRANSIENT, Call, Cost, Failure, FailureKind, Prompt, Usage
from proofagent.llm.ledger import Ledger, cost_of, most
from proofagent.llm.transport import PLACE, TOTAL, Offline, TooLarge, host_of
from proofagent.llm.wire import Reply, WireRequest, failure_of

_LONGEST_WAIT = 90.0
# What a protocol adds to the text of a message, in tokens; generous.
_PER_MESSAGE = 16
_PER_REQUEST = 64
# Anthropic's instructions for a tool that has to be used: 340 at most
# (https://docs.anthropic.com/en/docs/tool-use-pricing-and-tokens).
_PER_TOOL = 512
# What a request can do without, and the names that servers have for the same.
_OPTIONAL = frozenset(
    ["temperature", "stop", "stop_sequences", "seed", "random_seed", "n", "response_format", "max_tokens"]
)
_NAMES = {"json_schema": "response_format"}

# Retries are part of a call's outcome. Left alone, stamina would print them to standard output through structlog.
stamina.instrumentation.set_on_retry_hooks([])


class _Again(Exception):
    """A failure that may go away by itself, or, `at_once`, with what was learnt from it."""

    def __init__(self, failure: Failure, *, at_once: bool = False) -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.at_once = at_once


def _raise_transient(outcome: Reply | Failure) -> None:
    if isinstance(outcome, Failure) and outcome.kind in TRANSIENT:
        raise _Again(outcome)


class Client:
    """Asks the model of `spec` through `http`, on the account of `ledger`. See `ChatModel` for the contract."""

    def __init__(
        self, spec: ModelSpec, key: str, http: httpx.AsyncClient, ledger: Ledger, *, patient: bool = True
    ) -> None:
        self.spec = spec
        self._key, self._http, self._ledger = key, http, ledger
        self._patient = patient
        """Whether to wait before asking again; a recording is never busy."""

        self._left_out: set[str] = set()
        """Parameters that the server does not take."""

        self._limiter = anyio.CapacityLimiter(spec.table.concurrency)

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def weight(self) -> float:
        return self.spec.table.weight

    async def ask(self, prompt: Prompt) -> tuple[Call, ...]:
        """As `ChatModel.ask`. Servers that cannot give several answers at once, or gave fewer, are asked for each."""
        calls: list[Call] = []
        wanted = self.spec.table.samples
        if wanted > 1 and self.spec.provider.takes_n and self.spec.provider.wire == "openai":
            first = await self._call(prompt, wanted, self.spec.table.seed, 0)
            calls.append(first)
            wanted = 0 if first.failure else wanted - len(first.answers)
        given = self.spec.table.samples - wanted
        more: list[Call | None] = [None] * max(wanted, 0)

        async def one(place: int) -> None:
            seed = self.spec.table.seed
            more[place] = await self._call(prompt, 1, None if seed is None else seed + given + place, given + place)

        async with anyio.create_task_group() as group:
            for place in range(len(more)):
                group.start_soon(one, place)
        return (*calls, *filter(None, more))

    async def _call(self, prompt: Prompt, n: int, seed: int | None, place: int) -> Call:
        with telemetry.span("llm.call", model=self.spec.id, samples=n) as span:
            call = await self._called(prompt, n, seed, place)
            span.set(**call.figures)
        return call

    async def _called(self, prompt: Prompt, n: int, seed: int | None, place: int) -> Call:
        began, tries, cost = time.monotonic(), 0, Cost()
        if self.spec.provider.wire == "anthropic":
            request = anthropic.request(self.spec, prompt, self._key)
        else:
            request = openai.request(self.spec, prompt, self._key, n=n, seed=seed)
        outcome: Reply | Failure = Failure("unreachable")
        try:
            async for attempt in stamina.retry_context(
                on=self._backoff, attempts=self.spec.table.tries, timeout=None, wait_initial=0.5, wait_max=20.0
            ):
                with attempt:
                    tries += 1
                    sent = self._accepted(request)
                    outcome, charged = await self._once(sent, prompt, n, place)
                    cost += charged
                    self._learn(outcome, sent)
                    _raise_transient(outcome)
        except _Again:
            pass  # the outcome is the last failure
        return Call(
            model=self.spec.id,
            prompt=prompt,
            answers=() if isinstance(outcome, Failure) else outcome.answers,
            failure=outcome if isinstance(outcome, Failure) else None,
            cost=cost,
            tries=tries,
            seconds=time.monotonic() - began,
        )

    def _learn(self, outcome: Reply | Failure, sent: WireRequest) -> None:
        """Leave out, from now on, what the server says that it does not take; it is asked again without it."""
        if not isinstance(outcome, Failure) or outcome.kind != "bad-request":
            return
        name = _NAMES.get(outcome.parameter, outcome.parameter)
        if name in _OPTIONAL and name in sent.body:
            self._left_out.add(name)
            raise _Again(outcome, at_once=True)

    def _accepted(self, request: WireRequest) -> WireRequest:
        """The request without what was learnt to leave out; a limit of tokens goes by its other name instead."""
        if not self._left_out:
            return request
        body = {key: value for key, value in request.body.items() if key not in self._left_out}
        if "max_tokens" in self._left_out and "max_tokens" in request.body:
            body["max_completion_tokens"] = request.body["max_tokens"]
        return WireRequest(request.path, body, request.headers)

    def _backoff(self, error: Exception) -> bool | float:
        """Whether to ask again, and after how many seconds where the server says so."""
        if not isinstance(error, _Again):
            return False
        if error.at_once or not self._patient:
            return 0.0
        wait = error.failure.retry_after
        return True if wait is None else wait if wait <= _LONGEST_WAIT else False

    async def _once(self, request: WireRequest, prompt: Prompt, n: int, place: int) -> tuple[Reply | Failure, Cost]:
        spec = self.spec
        schema = len(json.dumps(prompt.schema)) + _PER_TOOL if prompt.schema and spec.table.structured else 0
        longest = prompt.size + schema + _PER_MESSAGE * len(prompt.messages) + _PER_REQUEST
        bound = most(Usage(longest, spec.table.max_tokens * n), spec.price)
        async with self._limiter:
            if why := await self._ledger.admit(bound):
                return Failure("over-budget", why), Cost()
            with self._ledger.reserve(bound) as reservation:
                outcome = await self._sent(request, place)
                reservation.settle(self._charge(outcome, bound))
            return outcome, reservation.cost

    def _charge(self, outcome: Reply | Failure, bound: Cost) -> Cost:
        """What one exchange costs. Servers charge for answers, and for those that did not arrive too, perhaps."""
        if isinstance(outcome, Failure):
            never_answered = outcome.status not in (None, 200) or outcome.kind in _UNSENT
            return Cost() if never_answered else bound
        if outcome.usage is not None:
            return cost_of(outcome.usage, self.spec.price)
        written = sum(len(answer.text.encode("utf-8", "replace")) for answer in outcome.answers)
        guess = Usage(bound.unconfirmed.input, min(written, bound.unconfirmed.output))
        return most(guess, self.spec.price)

    async def _sent(self, request: WireRequest, place: int) -> Reply | Failure:
        spec = self.spec
        content = json.dumps(request.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        headers = {"content-type": "application/json", "accept": "application/json", **request.headers}
        try:
            response = await self._http.post(
                spec.provider.base_url + request.path,
                content=content,
                headers=headers,
                extensions={TOTAL: spec.table.timeout, PLACE: place},
            )
        except httpx.TransportError as error:
            return Failure(_kind_of(error), f"{host_of(spec.provider.base_url)}: {str(error) or type(error).__name__}")
        if response.status_code != 200:
            return failure_of(response.status_code, response.headers, response.content)
        read = anthropic.reply if spec.provider.wire == "anthropic" else openai.reply
        return read(response.content)


_UNSENT: frozenset[FailureKind] = frozenset(["unreachable", "offline", "not-recorded", "over-budget"])
_KINDS: tuple[tuple[type[httpx.TransportError], FailureKind], ...] = (
    (NotRecorded, "not-recorded"),
    (Offline, "offline"),
    (TooLarge, "too-large"),
    (httpx.ConnectTimeout, "unreachable"),
    (httpx.ConnectError, "unreachable"),
    (httpx.ProxyError, "unreachable"),
    (httpx.UnsupportedProtocol, "unreachable"),
    (httpx.TimeoutException, "timed-out"),
)


def _kind_of(error: httpx.TransportError) -> FailureKind:
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), "cut-off")
