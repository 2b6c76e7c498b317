"""A traced theorem opened with lean-dojo: tactics go to the REPL in its repository, and outcomes come back as values.

lean-dojo (4.20, interaction/dojo.py) replaces the theorem's proof by a tactic that reads requests from a terminal,
and runs `lake env lean` on the file. Nothing of what it says is a verdict: where no goal is left, the tactics so far
are a candidate that `check.gate` has yet to judge.

lean-dojo blocks, so it works in a thread. It changes the folder of the whole process while it looks at a repository
and while it starts Lean: one session is opened at a time, and relative paths are best not resolved meanwhile. Its
Lean has the environment of this process.
"""

import contextlib
import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self, TypeVar

import anyio

from proofagent.errors import EngineLost, EngineRefused, SetupError
from proofagent.lean.child import kill_group
from proofagent.lean.dojo.package import (
    Dojo,
    DojoGoal,
    Package,
    TacticState,
    TracedTheorem,
    goals_of,
    load,
    named,
    repository_of,
    require_trace,
)

Status = Literal["open", "unchecked", "given-up", "error", "refused", "timed-out", "lost"]
"""Of a tactic. "open": goals are left. "unchecked": none is left, as lean-dojo says, and THE GATE HAS YET TO JUDGE.

"given-up": none is left, but the proof has a `sorry`. "error": Lean, or lean-dojo, does not take the tactic.
"refused": it was not given to lean-dojo. After "timed-out" and "lost" the session is over.
"""

# A terminal drops what a line has beyond its limit, and Lean would read half a request.
_LONGEST_LINE = 1_000 if sys.platform == "darwin" else 4_000
_UNSENDABLE = re.compile(r"[\x7f\ud800-\udfff]")
_INTERACTION_SECONDS = 3_600
_EXIT_SECONDS = 5.0
_TURN_SECONDS = 0.05
_DETAIL_CHARACTERS = 2_000
_OUT_OF_MEMORY = 137
_LOST_AT_START = ("Unexpected EOF", "Timeout during initialization")
_UNREADABLE = "lean-dojo cannot read the goals that are left"

_opening = threading.Lock()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class DojoState:
    """A state of one session, known to its REPL as `id`; `goals` are as lean-dojo reads `text`, one at least."""

    id: int
    text: str
    goals: tuple[DojoGoal, ...]


@dataclass(frozen=True, slots=True)
class DojoOutcome:
    """What a tactic did: see `Status`. `state` is there for "open" alone. It is never a proof."""

    status: Status
    state: DojoState | None = None
    text: str = ""
    """The error, or how the session ended."""

    message: str = ""
    """What Lean printed besides."""

    seconds: float = 0.0


class DojoSession:
    """One theorem in lean-dojo's REPL. Tactics run one after another; a second caller waits."""

    initial: DojoState

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(1)
        self._lock = anyio.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._dojo: Dojo | None = None
        self._states: dict[int, TacticState] = {}

    @classmethod
    async def open(cls, theorem: TracedTheorem, *, deadline: float) -> Self:
        """Open `theorem` within `deadline` seconds; nothing is traced or downloaded for it.

        Raises `UsageError` where there is no such repository, `SetupError` where lean-dojo, Lean or the trace is
        missing, `EngineRefused` where lean-dojo cannot work with the theorem, and `EngineLost`.
        """
        session = cls()
        try:
            session.initial = await session._in_thread(lambda: session._opened(theorem), deadline=deadline)
        except TimeoutError:
            await session.aclose()
            raise EngineLost(f"lean-dojo did not open {theorem.name} within {deadline:g} s") from None
        except BaseException:
            await session.aclose()
            raise
        return session

    @property
    def alive(self) -> bool:
        """False once it was closed, by its owner or after "timed-out" or "lost"."""
        return not self._closed

    async def run(self, state: DojoState, tactic: str, *, deadline: float) -> DojoOutcome:
        """Apply one tactic to all of `state`, which is one of this session's, within `deadline` seconds.

        A cancellation ends the session. Raises `ValueError` for a state of another session.
        """
        async with self._lock:
            began = time.monotonic()
            if self._closed:
                return DojoOutcome("lost", text="the session is over")
            known = self._states.get(state.id)
            if known is None or known.pp != state.text:
                raise ValueError(f"not a state of this session: {state.id}")
            line = json.dumps({"sid": state.id, "cmd": tactic}, ensure_ascii=False)
            if _UNSENDABLE.search(tactic) or len(line.encode()) >= _LONGEST_LINE:
                return DojoOutcome("refused", text="lean-dojo's terminal cannot take that tactic")
            try:
                outcome = await self._in_thread(lambda: self._ran(known, tactic), deadline=deadline)
            except TimeoutError:
                outcome = DojoOutcome("timed-out", text=f"the tactic was not done within {deadline:g} s")
            except EngineLost as error:  # closed by its owner at this very moment
                outcome = DojoOutcome("lost", text=str(error))
            if outcome.status in ("timed-out", "lost"):
                await self.aclose()
            took = time.monotonic() - began
            return DojoOutcome(outcome.status, outcome.state, outcome.text, outcome.message, took)

    async def aclose(self) -> None:
        """Kill the REPL with all that it started, and wait a few seconds for the thread. May be called twice."""
        if self._closed:
            return
        self._closed = True
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._end)

    async def _in_thread(self, work: Callable[[], _T], *, deadline: float) -> _T:
        """Do `work` in the session's thread. Raises `TimeoutError`; the session is over then, as after cancellation."""

        def run() -> _T:
            self._idle.clear()
            try:
                self._require_life()
                return work()
            finally:
                self._idle.set()

        try:
            with anyio.fail_after(deadline):
                return await anyio.to_thread.run_sync(run, limiter=self._limiter, abandon_on_cancel=True)
        except (TimeoutError, anyio.get_cancelled_exc_class()):
            await self.aclose()
            raise

    def _opened(self, theorem: TracedTheorem) -> DojoState:
        package = load()
        while not _opening.acquire(timeout=_TURN_SECONDS):
            self._require_life()
        try:
            repository = repository_of(package, theorem)
            require_trace(repository)
            if shutil.which("lake") is None:
                raise SetupError("there is no `lake` on PATH; install Lean with elan (https://lean-lang.org/install)")
            self._require_life()
            return self._entered(package, package.Theorem(repository, theorem.file, theorem.name))
        finally:
            _opening.release()

    def _require_life(self) -> None:
        if self._closed:
            raise EngineLost("the session is over")

    def _entered(self, package: Package, theorem: object) -> DojoState:
        # Both deadlines are ours: lean-dojo's own starts anew with every line that Lean prints.
        self._dojo = package.Dojo(theorem, timeout=_INTERACTION_SECONDS)
        try:
            state = self._known(package, self._dojo.__enter__()[1])
        except package.DojoInitError as error:
            kind = EngineLost if str(error) in _LOST_AT_START else EngineRefused
            raise kind(f"lean-dojo did not open the theorem: {error}", detail=self._last_words()) from error
        except Exception as error:  # anything goes: it asserts, and parses what it is sent
            text = f"lean-dojo did not open the theorem: {named(error)}"
            started = hasattr(self._dojo, "proc")
            if not started or (isinstance(error, AssertionError) and self._dojo.proc.isalive()):
                raise EngineRefused(text, detail=self._last_words()) from error
            raise EngineLost(text, detail=self._last_words()) from error
        if state is None:
            raise EngineRefused("lean-dojo did not open the theorem: it begins with no goal that can be read")
        return state

    def _ran(self, state: TacticState, tactic: str) -> DojoOutcome:
        assert self._dojo is not None
        package = load()
        try:
            return self._read(package, self._dojo.run_tac(state, tactic))
        except package.DojoTacticTimeoutError:
            return DojoOutcome("timed-out", text="lean-dojo waits no longer")
        except Exception as error:  # noqa: BLE001  what a REPL sends may break lean-dojo anywhere
            # The reply was read as a whole where only its goals cannot be parsed.
            if isinstance(error, AssertionError) and self._dojo.proc.isalive():
                return DojoOutcome("error", text=_UNREADABLE)
            return DojoOutcome("lost", text=self._how_it_ended(error))

    def _read(self, package: Package, result: object) -> DojoOutcome:
        if isinstance(result, package.LeanError):
            return DojoOutcome("error", text=result.error)
        if isinstance(result, package.ProofGivenUp):
            return DojoOutcome("given-up", text="the proof has a sorry")
        if isinstance(result, package.ProofFinished):
            return DojoOutcome("unchecked", message=result.message or "")
        known = self._known(package, result)
        if known is None:
            return DojoOutcome("error", text=_UNREADABLE)
        return DojoOutcome("open", known, message=self._states[known.id].message or "")

    def _known(self, package: Package, state: object) -> DojoState | None:
        """A state of lean-dojo as ours; None without goals, lest it looks as if nothing were left, or a new number."""
        if not isinstance(state, package.TacticState) or type(state.id) is not int or not state.goals:
            return None
        if state.id in self._states:
            return None
        self._states[state.id] = state
        return DojoState(state.id, state.pp, goals_of(state.goals))

    def _how_it_ended(self, error: Exception) -> str:
        assert self._dojo is not None
        until = time.monotonic() + _TURN_SECONDS * 4
        while self._dojo.proc.isalive() and time.monotonic() < until:
            time.sleep(_TURN_SECONDS)
        if self._dojo.proc.exitstatus == _OUT_OF_MEMORY:
            return "Lean ran out of memory"
        return "\n".join(filter(None, [f"lean-dojo lost its Lean: {named(error)}", self._last_words()]))

    def _last_words(self) -> str:
        before = self._dojo.proc.before if self._dojo is not None and hasattr(self._dojo, "proc") else ""
        return before.strip()[-_DETAIL_CHARACTERS:] if isinstance(before, str) else ""

    def _end(self) -> None:
        # Who looks at a large file or waits for a server cannot be stopped: that thread is waited for behind our backs.
        finishing = threading.Thread(target=self._finish, daemon=True)
        finishing.start()
        finishing.join(_EXIT_SECONDS)

    def _finish(self) -> None:
        self._kill()
        # A thread that was about to start Lean has something to kill only a moment later.
        while not self._idle.wait(_TURN_SECONDS):
            self._kill()
        self._kill()
        if self._dojo is not None and hasattr(self._dojo, "proc"):
            with contextlib.suppress(Exception):  # pexpect's own, where the process outlives a SIGKILL
                self._dojo.proc.close(force=True)

    def _kill(self) -> None:
        if self._dojo is not None and hasattr(self._dojo, "proc"):
            # The thread has yet to read what the terminal holds, and letter by letter that takes its time.
            self._dojo.proc.maxread = 1 << 16
            # lean-dojo's way out finds whoever left the group, ours whoever lost its parent.
            with contextlib.suppress(Exception):  # of psutil, about processes that end meanwhile
                self._dojo.__exit__(None, None, None)
            kill_group(self._dojo.proc.pid)
        elif self._dojo is not None and hasattr(self._dojo, "modified_file"):
            self._dojo.modified_file.close()
