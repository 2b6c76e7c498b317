"""A run followed while it grows: its journal line by line, its heartbeat, and what they say together."""

import math
import time
from pathlib import Path

from proofagent.errors import UsageError
from proofagent.live.seen import LAST_SECOND, SOLVED, Seen
from proofagent.live.tail import Replaced, Tail
from proofagent.live.view import AtWork, Solved, State, View
from proofagent.runs.journal import NAME, JournalError, Known, event_of
from proofagent.runs.live import Live, read_live
from proofagent.runs.progress import Progress
from proofagent.runs.work import Pulse

_SILENT_SECONDS = 10.0
_STARTING_SECONDS = 120.0
"""Until the first heartbeat: Lean is started, and goals are counted, before it."""

_MOST_WORKING, _MOST_PATH = 32, 16
_MOST_NAME, _MOST_TACTIC, _MOST_TARGET, _MOST_PROOF = 300, 240, 600, 1_500


class Follower:
    """Follows one run; it is not for two threads at once.

    Only what is new is read, and of a last line that is not whole nothing. A journal that is replaced or cut is read
    from its beginning. Where it cannot be read on, `trouble` says why, and what was read before stays.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` where there is no run; nothing is read yet."""
        if not (folder / NAME).exists():
            raise UsageError(f"{folder}: no run of `proofagent batch` (it has no {NAME})")
        self.folder = folder
        self.trouble = ""
        self._tail = Tail(folder / NAME)
        self._seen = Seen()
        self._live: Live | None = None
        self._total = 0
        self._heard = -math.inf
        """When the heartbeat was felt last, by the clock of this process."""

    @property
    def progress(self) -> Progress:
        return self._seen.progress

    def look(self, seconds: float = 0.2) -> bool:
        """Read what is new, for about so long at most; True where there is more to read."""
        self._listen()
        trouble = ""
        try:
            return self._read(time.monotonic() + seconds)
        except OSError as error:
            trouble = f"{self._tail.path}: cannot be read: {error.strerror or error}"
        except JournalError as error:
            trouble = str(error)
        finally:
            self.trouble = trouble
        return False

    def statement(self, digest: str) -> str:
        """A goal's statement, up to where its proof begins; empty where it is not in the journal, or no more."""
        offset = self._seen.lines.get(digest)
        if offset is None:
            return ""
        try:
            with self._tail.path.open("rb") as file:
                file.seek(offset)
                event = event_of(file.readline(), str(self._tail.path))
        except (OSError, JournalError):
            return ""
        return event.statement if isinstance(event, Known) and event.digest == digest else ""

    def now(self) -> View:
        """What was read, as it stands."""
        seen, progress, live = self._seen, self.progress, self._live
        now = max(seen.last, live.at if live is not None else 0.0)
        state = self._state()
        running = live if state == "running" else None
        known, total = len(progress.standings), self._total
        return View(
            run=str(self.folder),
            source=seen.config.goals if seen.config else "",
            engine=seen.config.engine if seen.config else "",
            models=seen.config.models if seen.config else (),
            state=state,
            why=progress.stopped,
            trouble=self.trouble,
            read=round(min(1.0, self._tail.offset / self._tail.size), 3) if self._tail.size else 1.0,
            outcomes={outcome: count for outcome, count in sorted(seen.outcomes.items()) if count},
            known=known,
            solved=sum(seen.outcomes[outcome] for outcome in SOLVED),
            total=known if progress.stopped == "done" else max(known, total) if total else None,
            bad_lines=len(progress.bad),
            attempts=seen.ended,
            lost=seen.lost,
            began=seen.began,
            heard=now,
            elapsed=round(seen.worked(now), 1),
            round=live.round if live else None,
            rounds=live.rounds if live else None,
            seen=live.seen if live else None,
            at_work=running.at_work if running else 0,
            eta=seen.eta(now, total - known, total - running.seen) if running and total else None,
            rate=seen.recent.rate(seen.worked(now)),
            calls=progress.calls,
            cost=progress.cost,
            tokens=progress.cost.tokens,
            workers=running.workers if running else (),
            working=tuple(map(_at_work, running.pulses[:_MOST_WORKING])) if running else (),
            latest=tuple(self._solved(digest, at) for digest, at in reversed(seen.latest)),
            curve=seen.curve.model(),
        )

    def _read(self, end: float) -> bool:
        if not self._tail.changed():
            return False
        try:
            while self._read_piece():
                if time.monotonic() > end:
                    return True
        except Replaced:
            self._tail, self._seen, self._total = Tail(self._tail.path), Seen(), 0
            return True
        return False

    def _read_piece(self) -> bool:
        found = False
        for line in self._tail.lines():
            found = True
            event = event_of(line, f"{self._tail.path}:{self._seen.count + 1}")
            self._seen.see(event, self._tail.offset)
            self._tail.take(line)
        return found

    def _listen(self) -> None:
        """Feel for the heartbeat. That it changes is a sign of life whatever the clock of the other machine says."""
        live = read_live(self.folder)
        if live is not None and not 0 <= live.at < LAST_SECOND:
            live = None
        if live is not None and (self._live is None or live.at != self._live.at):
            first = self._live is None
            self._heard = -math.inf if first and live.stale else time.monotonic()
            self._total = max(0, live.total) or self._total
        self._live = live

    def _state(self) -> State:
        seen, live = self._seen, self._live
        if not seen.count:
            return "not-begun"
        if self.progress.stopped:
            return "stopped"
        if live is None or live.at < seen.opened:  # of the process before
            return "not-begun" if time.time() - seen.last < _STARTING_SECONDS else "gone"
        return "running" if time.monotonic() - self._heard < _SILENT_SECONDS else "gone"

    def _solved(self, digest: str, at: float) -> Solved:
        standing = self.progress.standings[digest]
        return Solved(
            digest=digest,
            name=_cut(standing.name, _MOST_NAME),
            outcome=standing.outcome,
            at=at,
            seconds=round(standing.seconds, 3),
            proof=_cut(standing.proof or "", _MOST_PROOF),
        )


def _at_work(pulse: Pulse) -> AtWork:
    return AtWork(
        attempt=pulse.attempt,
        digest=pulse.digest,
        name=_cut(pulse.name, _MOST_NAME),
        worker=pulse.worker,
        seconds=round(pulse.seconds, 1),
        budget_seconds=pulse.budget_seconds,
        candidates=pulse.candidates,
        goals=pulse.goals,
        left_out=max(0, len(pulse.path) - _MOST_PATH),
        path=tuple(_cut(tactic, _MOST_TACTIC) for tactic in pulse.path[-_MOST_PATH:]),
        target=_cut(pulse.target, _MOST_TARGET),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
