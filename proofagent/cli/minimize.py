"""`proofagent minimize`: shorter proofs of the same theorems, each accepted by the gate."""

import difflib
import time as clock
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.status import Status
from rich.table import Table
from rich.text import Text

from proofagent.check.gate import Claim
from proofagent.check.receipt import Outcome, Receipt
from proofagent.cli import options as o
from proofagent.cli.check import EXIT_CODES
from proofagent.cli.console import complain, err, out, print_json, printable
from proofagent.cli.interrupts import until_interrupted
from proofagent.errors import GoalError, UsageError
from proofagent.goals.commands import header
from proofagent.goals.files import Source, read_text, source, write_atomically
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.native import find_judges
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.driver import Minimizer, Shortened, at_k
from proofagent.minimize.edits import Place, challenge, places

_KS = (1, 2, 4, 8, 16)

File = Annotated[Path, typer.Argument(help="A Lean file whose proofs are complete.", metavar="FILE")]
Theorems = Annotated[
    list[str] | None,
    typer.Option("--theorem", "-t", help="A theorem to shorten, by its name; may be repeated; all where not given."),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the file with its shorter proofs here.")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TheoremModel(_Model):
    """One theorem: its proof's length in Lean tokens at first and now."""

    name: str
    before: int
    after: int
    reduction: float
    variants: tuple[int, ...]
    tried: int
    seconds: float


class AtK(_Model):
    """min@k and red@k over the theorems."""

    k: int
    min: float
    red: float


class MinimizeReport(_Model):
    """What `minimize --json` prints."""

    schema_version: Literal[1] = 1
    path: str
    outcome: Outcome
    """Of the gate, about `text`."""
    why: str
    interrupted: bool
    theorems: tuple[TheoremModel, ...]
    at_k: tuple[AtK, ...]
    diff: str
    text: str
    written: str | None
    receipt: Receipt | None
    seconds: float


def minimize(
    file: File,
    theorem: Theorems = None,
    time: Annotated[
        float | None, typer.Option("--time", help="Seconds in all; what was found until then is kept.")
    ] = None,
    engines: Annotated[int, typer.Option("--engines", min=1, max=16, help="Lean processes that try candidates.")] = 1,
    output: Output = None,
    write: Annotated[bool, typer.Option("--write", help="Change FILE itself.")] = False,
    json: o.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no diff, only the table.")] = False,
) -> int:
    """Shorten the proofs of FILE; statements stay as they are, and the gate accepts what is given back.

    Tactics, arguments and detours are left out, equal cases shared, blocks closed by one tactic, as long as Lean
    accepts the proof and it is not much slower. Ctrl-C keeps the best so far. Exit codes: 0 done, even where nothing is
    shorter; 1 the gate rejects the proofs of FILE, 2 undecided, 64 usage.

    Examples of use:

      [bold]proofagent minimize Proofs.lean[/]

      [bold]proofagent minimize Proofs.lean --theorem Main.thm --time 60 -o Shorter.lean[/]

      [bold]proofagent minimize Proofs.lean --write --quiet[/]
    """
    if write and output is not None:
        raise UsageError("either --write or --output, not both")
    o.demand_time(time)
    read = source(file)
    found = places(read.body)
    chosen = _chosen(found, theorem or (), file)
    with err.status("checking the proofs as they are") as status:
        if quiet or json or not err.is_terminal:
            status.stop()
        report = anyio.run(_minimized, read, found, chosen, (time, engines), status)
    target = file if write else output
    if target is not None and report.outcome == "accepted" and (report.diff or not write):
        write_atomically(target, report.text)
        report = report.model_copy(update={"written": str(target)})
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        _show(report, quiet=quiet)
    return EXIT_CODES[report.outcome]


def _chosen(found: tuple[Place, ...], wanted: list[str] | tuple[str, ...], file: Path) -> list[int]:
    """The indices of the theorems that are wanted, by full name or last component."""
    if not found:
        raise GoalError("there is no theorem with a proof behind `:=`", where=str(file))
    names = [place.name for place in found]
    for name in wanted:
        if not any(_is_called(each, name) for each in names):
            raise GoalError(f"there is no theorem `{name}` with a proof behind `:=`", where=str(file))
    return [i for i, each in enumerate(names) if not wanted or any(_is_called(each, name) for name in wanted)]


def _is_called(name: str, wanted: str) -> bool:
    return name == wanted or name.endswith(f".{wanted}")


async def _minimized(
    read: Source, found: tuple[Place, ...], chosen: list[int], limits: tuple[float | None, int], status: Status
) -> MinimizeReport:
    began = clock.monotonic()
    seconds, engines = limits
    targets = [found[index] for index in chosen]
    claim = Claim(read.imports, challenge(read.body, targets), read.body, tuple(place.name for place in targets))

    def listener(name: str, before: int, now: int, tried: int) -> None:
        status.update(f"{printable(name)}: {before} -> {now} tokens, {tried} candidates")

    judges = await find_judges()
    async with embedded_pool(size=engines) as pool:
        pool.warm(Header(read.imports))
        acceptor = LeanAcceptor(pool, claim, judges=judges)
        minimizer = Minimizer(read.body, chosen, acceptor, workers=engines, listener=listener)
        interrupted = await _until(minimizer, seconds)
        status.update("asking the gate about the last edits")
        await minimizer.settle()
    return _report(read, minimizer, interrupted=interrupted, seconds=clock.monotonic() - began)


async def _until(minimizer: Minimizer, seconds: float | None) -> bool:
    """Run until nothing gets shorter, or the time is over; True where Ctrl-C ended it."""

    async def work() -> None:
        with anyio.move_on_after(seconds):
            await minimizer.run()

    return await until_interrupted(work)


def _report(read: Source, minimizer: Minimizer, *, interrupted: bool, seconds: float) -> MinimizeReport:
    results = minimizer.results()
    ruling = minimizer.ruling
    before = read_text(read.path)
    head = header(before).end
    # The body has blank lines where the header stood.
    after = before[:head] + minimizer.body[before.count("\n", 0, head) :]
    name = str(read.path)
    diff = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return MinimizeReport(
        path=name,
        outcome=ruling.outcome if ruling else "undecided",
        why=ruling.why if ruling else "the gate was not asked yet",
        interrupted=interrupted,
        theorems=tuple(_model(each) for each in results),
        at_k=tuple(AtK(k=k, min=least, red=red) for k in _KS for least, red in [at_k(results, k)]),
        diff="".join(diff),
        text=after,
        written=None,
        receipt=ruling.receipt if ruling else None,
        seconds=round(seconds, 3),
    )


def _model(each: Shortened) -> TheoremModel:
    return TheoremModel(
        name=each.name,
        before=each.before,
        after=each.after,
        reduction=round(each.reduction, 4),
        variants=each.variants,
        tried=each.tried,
        seconds=each.seconds,
    )


def _show(report: MinimizeReport, *, quiet: bool) -> None:
    if report.outcome != "accepted":
        complain(f"the proofs are {report.outcome} as they are, nothing was changed: {report.why}")
        return
    if not quiet:
        for line in report.diff.splitlines():
            style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
            out.print(Text(printable(line), style))
    table = Table("theorem", "before", "after", "cut", "tried", "seconds", title="Lean tokens of the proofs")
    for each in report.theorems:
        cells = (str(each.before), str(each.after), f"{each.reduction:.0%}", str(each.tried), f"{each.seconds:.1f}")
        table.add_row(Text(printable(each.name)), *cells)
    out.print(table)
    shown = ", ".join(f"min@{each.k} {each.min:.1f} red@{each.k} {each.red:.0%}" for each in report.at_k)
    out.print(Text(shown, "dim"))
    if report.interrupted:
        err.print("interrupted: the best so far, accepted by the gate")
    if report.written:
        err.print(Text(f"written: {report.written}", "dim"))
