"""The functions that the rest of the project calls; while nothing is asked for, each is a look at one attribute."""

import atexit
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from proofagent.telemetry.running import Running
from proofagent.telemetry.settings import Level, hand_down, wanted

P = ParamSpec("P")
T = TypeVar("T")


class Span(Protocol):
    """Something that takes a while, as a context manager. An exception ends it with its name and goes on."""

    def set(self, **fields: object) -> None:
        """Say what became of it; a field that is None says nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Nothing:
    """The span of a run that nobody watches."""

    __slots__ = ()

    def set(self, **fields: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


_NOTHING = _Nothing()


class _Switch:
    """What runs, or that nothing does; by the environment, when it is first asked, unless `start` came before."""

    def __init__(self) -> None:
        self.on = True
        """False once it is decided that nothing is wanted."""

        self._decided = False
        self._running: Running | None = None
        self._hidden: set[str] = set()
        self._lock = threading.RLock()

    def running(self) -> Running | None:
        if not self._decided:
            with self._lock:
                if not self._decided:
                    self.turn(None, None)
        return self._running

    def turn(self, level: str | None, file: Path | None) -> None:
        with self._lock:
            asked = wanted(os.environ, level, file)
            self._end()
            if asked:
                self._running = Running.start(asked, os.environ, self._hidden)
            if level is not None or file is not None:
                hand_down(os.environ, asked)
            self._decided, self.on = True, self._running is not None

    def hide(self, secrets: Iterable[str]) -> None:
        self._hidden.update(secrets)  # also for what is begun later
        if self.on and (running := self.running()) is not None:
            running.cleaner.hide(self._hidden)

    def end(self) -> None:
        with self._lock:
            self._end()
            self._decided, self.on = True, False

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.stop()


_switch = _Switch()


def start(level: str | None = None, file: Path | None = None) -> None:
    """Begin, or begin anew, with what the environment asks for; `level` and `file` go before its variables.

    Without this call the first event does it. Raises `ConfigError` for a level that is none and a file that cannot be
    written; what keeps traces from being sent is a warning on standard error.
    """
    _switch.turn(level, file)


@atexit.register
def stop() -> None:
    """Write and send what is left, for two seconds at most, and be silent from now on."""
    _switch.end()


def event(name: str, level: Level = "info", /, **fields: object) -> None:
    """Note that something happened. Prompts, answers and keys are no fields."""
    if _switch.on and (running := _switch.running()) is not None:
        running.event(name, level, fields)


def span(name: str, level: Level = "info", /, **fields: object) -> Span:
    """Note how long something takes, and what becomes of it. For `with`, inside one function."""
    if _switch.on and (running := _switch.running()) is not None:
        return running.span(name, level, fields)
    return _NOTHING


def task(name: str, /, **fields: object) -> Span:
    """As `span`; all that happens inside, in tasks that are started there too, has `fields` and an id called `name`."""
    if _switch.on and (running := _switch.running()) is not None:
        return running.span(name, "info", fields, bound=True)
    return _NOTHING


def as_task(
    name: str, about: Callable[..., Mapping[str, object]], became: Callable[[T], Mapping[str, object]]
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """A decorator: each call is a task, with what `about` says of its arguments, and `became` of its result."""

    def decorate(work: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @wraps(work)
        async def told(*args: P.args, **kwargs: P.kwargs) -> T:
            if not _switch.on:
                return await work(*args, **kwargs)
            with task(name, **about(*args, **kwargs)) as made:
                result = await work(*args, **kwargs)
                made.set(**became(result))
            return result

        return told

    return decorate


def apart(work: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """`work`, whose events are no part of the span and the task of whoever starts it: it serves others as well."""

    @wraps(work)
    async def alone(*args: P.args, **kwargs: P.kwargs) -> T:
        if _switch.on and (running := _switch.running()) is not None:
            with running.apart():
                return await work(*args, **kwargs)
        return await work(*args, **kwargs)

    return alone


def hide(*secrets: str) -> None:
    """Know texts that must never be shown: keys whose variables do not sound like any."""
    _switch.hide(secrets)
