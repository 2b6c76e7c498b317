"""`proofagent watch`: looking at a run from another terminal, or in a browser, without touching it."""

import ipaddress
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from anyio.to_thread import run_sync
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from proofagent.cli.console import err, out, print_json, printable
from proofagent.cli.interrupts import until_interrupted
from proofagent.cli.pictures import cost_line
from proofagent.errors import UsageError
from proofagent.live.follow import Follower
from proofagent.live.view import AtWork, Solved, View
from proofagent.runs.journal import JournalError

_SCREEN_SECONDS, _LINE_SECONDS = 1.0, 5.0
_LOOPBACK = "127.0.0.1"
_BAR = 76
_ROWS = 2
"""Of an attempt at work: the way there, and what is open."""

_COLOURS = {
    "proved": "green",
    "refuted": "magenta",
    "partial": "cyan",
    "unproved": "yellow",
    "undecided": "bright_black",
    "error": "red",
    "open": "white",
}
_STATES = {
    "not-begun": ("starting", "bold"),
    "running": ("running", "bold green"),
    "gone": ("gone", "bold red"),
    "done": ("finished", "bold green"),
}


Show = Callable[[View], None]


def watch(
    run: Annotated[Path, typer.Argument(help="The folder that `batch` writes.", metavar="RUN")],
    json: Annotated[bool, typer.Option("--json", help="Print the state as JSON; with --follow, one a line.")] = False,
    once: Annotated[
        bool | None,
        typer.Option("--once/--follow", help="Look once (as --json does), or until the run ends (as it is without)."),
    ] = None,
    interval: Annotated[
        float | None, typer.Option("--interval", min=0.1, max=3600, metavar="S", help="Seconds between two looks.")
    ] = None,
    serve: Annotated[
        int | None,
        typer.Option("--serve", min=0, max=65_535, metavar="PORT", help="Serve the live page; 0 is any free port."),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Where to serve it; this machine alone (127.0.0.1).")
    ] = None,
) -> int:
    """Look at a run of `batch` while it works: how far, how fast, how dear, how well, and where it is at.

    Nothing of the run is touched; Ctrl-C ends the looking alone. Exit codes: 0 the run is done, 2 it is not (it goes
    on, was stopped, or is gone), 64 this is no run.

    Examples of use:

      [bold]proofagent watch run[/]   (in another terminal)

      [bold]proofagent watch run --serve 8765[/]   (in a browser)

      [bold]proofagent watch run --json[/]   (for programs)
    """
    if serve is None and host is not None:
        raise UsageError("--host goes with --serve")
    if serve is not None:
        if json or once is not None or interval is not None:
            raise UsageError("--serve goes with --host alone")
        return _serve(run, serve, host or _LOOPBACK)
    once = json if once is None else once
    follower, screen = Follower(run), err.is_terminal and not once and not json
    seconds = interval or (_SCREEN_SECONDS if screen or json else _LINE_SECONDS)
    views: list[View] = []

    async def attend() -> None:
        with _on_screen() if screen else nullcontext(partial(_as_json, pretty=once) if json else _as_line) as show:
            await _attend(follower, show, views, seconds=seconds, once=once)

    if anyio.run(until_interrupted, attend):
        err.print(Text("no longer looking; the run goes on as it was", "dim"))
        return 2
    if screen:
        _as_line(views[-1])
    if views[-1].state == "gone":
        err.print(Text("nobody gives a sign of life any more; the same `proofagent batch` goes on", "dim"))
    return views[-1].exit_code


async def _attend(follower: Follower, show: Show, views: list[View], *, seconds: float, once: bool) -> None:
    """Show view after view until the run is over; the last one is left in `views`."""
    while True:
        more = await run_sync(follower.look)
        view = follower.now()
        if view.trouble:
            raise JournalError(view.trouble)
        if more:
            continue
        views[:] = [view]
        try:
            show(view)
        except BrokenPipeError:  # nobody reads any more: this is what rich does then
            raise SystemExit(1) from None
        if once or view.over:
            return
        await anyio.sleep(seconds)


@contextmanager
def _on_screen() -> Iterator[Show]:
    with Screen(console=err, transient=True, auto_refresh=False) as screen:
        yield lambda view: screen.update(picture(view, err.width, err.height), refresh=True)


def _as_json(view: View, *, pretty: bool) -> None:
    print_json(view.model_dump_json(indent=2 if pretty else None))
    sys.stdout.flush()


def _as_line(view: View) -> None:
    out.print(_line(view))


def _serve(run: Path, port: int, host: str) -> int:
    # It takes a while to load a server, which other commands need not wait for.
    from proofagent.live.server import serve  # noqa: PLC0415

    def told(url: str) -> None:
        out.print(Text(f"live page: {url}"))
        if not _is_loopback(host):
            err.print(Text("who reaches this machine and knows the address can look; nothing is encrypted", "yellow"))
        err.print(Text("Ctrl-C ends the page, not the run", "dim"))

    anyio.run(until_interrupted, partial(serve, run, port, host=host, told=told))
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def picture(view: View, width: int, height: int) -> Group:
    """A screenful: a few lines on the whole, and as much as there is room for of what is at work and was proved."""
    rows: list[RenderableType] = [
        _head(view),
        _bar(view, min(width - 1, _BAR)),
        _legend(view),
        Text(_pace(view), "dim"),
    ]
    if view.calls or view.tokens:
        rows.append(Text(cost_line(view.cost, view.calls), "dim"))
    rows += [Text(line, "dim") for line in _engines(view)]
    room = max(2, height - len(rows) - 4)
    working = view.working[: max(1, (room - min(len(view.latest), room // 3)) // _ROWS)]
    rows += [Text(), _working(working)] if working else []
    if more := max(0, view.at_work - len(working)) if working else 0:
        rows.append(Text(f"and {more} more", "dim"))
    if latest := view.latest[: max(0, room - _ROWS * len(working) - 1)]:
        rows += [Text(), _latest(latest)]
    return Group(*rows)


def _head(view: View) -> Text:
    said, style = _state(view)
    parts = [f"round {view.round} of {view.rounds}"] if view.round else []
    parts += [_duration(view.elapsed)] if view.elapsed else []
    return Text.assemble((said, style), "  ", (printable(view.run), "bold"), f"  {', '.join(parts)}")


def _state(view: View) -> tuple[str, str]:
    """What a run is, in a word or three, and the style of that."""
    key = view.why if view.state == "stopped" else view.state
    return _STATES.get(key, (key.replace("-", " "), "bold yellow"))


def _bar(view: View, width: int) -> Text:
    """Goals by outcome, each with its share of the width, of at least one column."""
    total = max(view.total or 0, view.known, 1)
    bar = Text()
    for outcome in (outcome for outcome in _COLOURS if outcome in view.outcomes):
        columns = max(1, view.outcomes[outcome] * width // total)
        bar.append("━" * min(columns, width - len(bar)), _COLOURS[outcome])
    return bar.append("━" * (width - len(bar)), "grey23")


def _legend(view: View) -> Text:
    of = f" of {view.total}" if view.total else ""
    legend = Text.assemble((f"{view.solved}{of} solved", "bold"))
    for outcome in (outcome for outcome in _COLOURS if outcome in view.outcomes):
        legend.append(f"  {view.outcomes[outcome]} {outcome}", _COLOURS[outcome])
    return legend


def _pace(view: View) -> str:
    said = []
    if view.rate:
        said.append(f"{view.rate.solved_a_minute:g} solved and {view.rate.attempts_a_minute:g} attempts a minute")
    if view.eta is not None:
        said.append(f"this round takes about {_duration(view.eta)} more")
    return ", ".join([*said, f"{view.attempts} attempts ended", *([f"{view.lost} lost"] if view.lost else [])])


def _engines(view: View) -> list[str]:
    """A line for each worker, or one for all where they are many."""
    lines = [
        f"{printable(worker.worker) or 'engines'}: {worker.engines} engines, {worker.memory_bytes / 1e9:.1f} GB,"
        f" {worker.replaced} replaced"
        for worker in view.workers
    ]
    if len(lines) <= 4:
        return lines
    engines, memory = sum(w.engines for w in view.workers), sum(w.memory_bytes for w in view.workers)
    replaced = sum(worker.replaced for worker in view.workers)
    return [f"{len(lines)} workers: {engines} engines, {memory / 1e9:.1f} GB, {replaced} replaced"]


def _working(working: Sequence[AtWork]) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=_width(each.name for each in working), no_wrap=True, overflow="ellipsis")
    table.add_column(width=9, justify="right", no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for each in working:
        path = " ▸ ".join(map(_one_line, ("…", *each.path) if each.left_out else each.path))
        way = Text.assemble((path, "bold"), (f"\n⊢ {_one_line(each.target)}" if each.target else "", "cyan"))
        table.add_row(Text(_one_line(each.name)), Text(f"{each.seconds:.0f}/{each.budget_seconds:.0f} s", "dim"), way)
    return table


def _latest(latest: Sequence[Solved]) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=1)
    table.add_column(width=_width(solved.name for solved in latest), no_wrap=True, overflow="ellipsis")
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for solved in latest:
        mark = Text("✓" if solved.outcome == "proved" else "✗", _COLOURS[solved.outcome])
        table.add_row(mark, Text(_one_line(solved.name)), Text(_one_line(solved.proof), "dim"))
    return table


def _line(view: View) -> Text:
    """All of it in one line, for a log."""
    said, _ = _state(view)
    of = f" of {view.total}" if view.total else ""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in view.outcomes.items()) or "no goal yet"
    parts = [f"{said}: {view.solved}{of} solved ({outcomes})"]
    parts += [f"round {view.round} of {view.rounds}"] if view.round and not view.over else []
    parts += [f"about {_duration(view.eta)} left of it"] if view.eta is not None else []
    parts += [f"{view.rate.solved_a_minute:g} solved a minute"] if view.rate and not view.over else []
    parts += [f"${view.cost.dollars:.4f}"] if view.calls or view.tokens else []
    return Text("; ".join([*parts, f"{_duration(view.elapsed)} of work"]))


def _width(names: Iterable[str]) -> int:
    """Of a column of names: a screen is narrow, and what stands beside them is what changes."""
    return min(28, max(map(cell_len, names)))


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
