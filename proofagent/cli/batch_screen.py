"""What `batch` shows while it runs: on the terminal, in a file for those who watch, on a page."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass

import anyio
from rich.console import Group, RenderableType
from rich.live import Live as Screen
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from proofagent.cli.console import err, printable
from proofagent.cli.pictures import cost_line
from proofagent.goals.goal import Goal
from proofagent.runs.batch import Batch
from proofagent.runs.calls import CostModel
from proofagent.runs.live import Live, end_live, write_live
from proofagent.runs.progress import Progress

_SECONDS = 1.0
_LINE_SECONDS = 30.0
"""Where there is no terminal, a line so often is enough for a log."""
_ROWS = 8
_BAR = 40


@dataclass(frozen=True, slots=True)
class Show:
    """Who wants to see it: `serve` is a port for the page."""

    quiet: bool = False
    serve: int | None = None


@asynccontextmanager
async def shown(batch: Batch, show: Show) -> AsyncIterator[None]:
    """Show how `batch` gets on, as long as this is open."""
    folder = batch.journal.folder
    try:
        async with anyio.create_task_group() as group:
            if show.serve is not None:
                await group.start(_serve, batch, show.serve)
            group.start_soon(_count, batch)
            group.start_soon(_tell, batch, show)
            yield
            group.cancel_scope.cancel()
    finally:
        end_live(folder)


async def _count(batch: Batch) -> None:
    batch.total = await anyio.to_thread.run_sync(lambda: sum(isinstance(goal, Goal) for goal in batch.goals()))


async def _serve(batch: Batch, port: int, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    # A server takes a while to load, which runs that nobody looks at need not wait for.
    from proofagent.live.server import serve  # noqa: PLC0415

    def told(url: str) -> None:
        err.print(Text(f"live page: {url}", "dim"), soft_wrap=True)
        task_status.started()

    await serve(batch.journal.folder, port, told=told)


async def _tell(batch: Batch, show: Show) -> None:
    hidden = show.quiet or not err.is_terminal
    spoken = began = time.monotonic()
    first = len(_ended(batch.progress))
    with Screen(console=err, transient=True, auto_refresh=False) if not hidden else nullcontext() as screen:
        while True:
            live = batch.live(round(time.time(), 3), os.getpid())
            await anyio.to_thread.run_sync(write_live, batch.journal.folder, live)
            with suppress(OSError, SystemExit):  # a terminal that is gone ends nothing
                if screen is not None:
                    pace = Pace(time.monotonic() - began, len(_ended(batch.progress)) - first)
                    screen.update(picture(live, batch.progress, pace), refresh=True)
                elif not show.quiet and time.monotonic() - spoken >= _LINE_SECONDS:
                    spoken = time.monotonic()
                    err.print(Text(_line(live, batch.progress)), soft_wrap=True)
            await anyio.sleep(_SECONDS)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many goals were ended in so many seconds."""

    seconds: float
    goals: int


def _ended(progress: Progress) -> list[str]:
    return [digest for digest, standing in progress.standings.items() if standing.outcome]


def picture(live: Live, progress: Progress, pace: Pace) -> Group:
    """A few lines: how far, how fast, how dear, how well, and where it is at."""
    total = max(live.total, live.seen, 1)
    head = Text.assemble((f"round {live.round} of {live.rounds}  ", "bold"), f"{live.seen} of {live.total or '?'}  ")
    rows: list[RenderableType] = [
        head,
        ProgressBar(total=total, completed=live.seen, width=_BAR),
        Text(outcome_line(progress), "green"),
        Text(_pace(live, pace), "dim"),
    ]
    if progress.cost != CostModel():
        rows.append(Text(cost_line(progress.cost, progress.calls), "dim"))
    return Group(*rows, Text(_health(live), "dim"), _paths(live))


def _pace(live: Live, pace: Pace) -> str:
    if not pace.goals or not pace.seconds:
        return "no goal has ended yet"
    rate = pace.goals / pace.seconds
    said = f"{60 * rate:.1f} goals a minute"
    left = live.total - live.seen
    return said if left <= 0 else f"{said}; this round takes about {_duration(left / rate)} more"


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def _health(live: Live) -> str:
    engines, memory = sum(w.engines for w in live.workers), sum(w.memory_bytes for w in live.workers)
    replaced = sum(worker.replaced for worker in live.workers)
    said = f"{engines} engines, {memory / 1e9:.1f} GB, {replaced} replaced"
    return said if len(live.workers) < 2 else f"{len(live.workers)} workers: {said}"


def _paths(live: Live) -> Table:
    """Of each attempt that runs, how far it is and where it would like to go on."""
    table = Table.grid(padding=(0, 1))
    table.add_column(max_width=24, no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for pulse in live.pulses[:_ROWS]:
        path = " ▸ ".join(" ".join(tactic.split()) for tactic in pulse.path)
        told = Text.assemble(
            (printable(path), "bold"), (f"  ⊢ {printable(pulse.target)}" if pulse.target else "", "cyan")
        )
        table.add_row(printable(pulse.name), Text(f"{pulse.candidates}", "dim"), told)
    return table


def _line(live: Live, progress: Progress) -> str:
    return f"round {live.round} of {live.rounds}, {live.seen} of {live.total or '?'}: {outcome_line(progress)}"


def outcome_line(progress: Progress) -> str:
    """How many goals stand how."""
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(progress.outcomes().items()))
