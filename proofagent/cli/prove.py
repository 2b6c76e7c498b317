"""`proofagent prove`: statements, the holes of a Lean file, the lines of a goal file."""

import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.live import Live
from rich.text import Text

from proofagent.cli.console import complain, err, out, print_json
from proofagent.cli.show import LiveView, proof_tree, receipt_lines
from proofagent.errors import GoalError
from proofagent.goals.commands import header
from proofagent.goals.files import LeanFile, from_file, open_file, write_atomically
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_jsonl, from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.propose.portfolio import Portfolio
from proofagent.runs.attempt import Attempt
from proofagent.runs.results import GoalResult, ProveReport
from proofagent.runs.session import Listener, Session
from proofagent.types import Budget


def prove(
    target: Annotated[
        str,
        typer.Argument(help="A statement, a .lean file with `sorry`s, or a .jsonl file of goals.", metavar="TARGET"),
    ],
    theorem: Annotated[str | None, typer.Option("--theorem", "-t", help="Prove only the one of this name.")] = None,
    imports: Annotated[
        list[str] | None, typer.Option("--import", "-i", help="A module that the statement needs; may be repeated.")
    ] = None,
    time: Annotated[float, typer.Option("--time", help="Seconds for each goal.")] = 60.0,
    candidates: Annotated[int, typer.Option("--candidates", help="Tactics that Lean may try for each goal.")] = 100_000,
    heartbeats: Annotated[int, typer.Option("--heartbeats", help="Lean's maxHeartbeats for one candidate.")] = 40_000,
    engines: Annotated[int, typer.Option("--engines", min=1, max=64, help="Lean processes at work on a goal.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the file with the proofs in place of its `sorry`s.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
    tree: Annotated[bool, typer.Option("--tree", help="Show the proof tree of what was proved.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the results.")] = False,
) -> int:
    """Prove a statement, every `sorry` of a Lean file, or every goal of a JSONL file.

    A proof is printed only after a fresh Lean process has compiled it and the compiled artefact shows the same
    statement and no axiom but Lean's own three. Ctrl-C keeps what was found.

    Examples of use:

      [bold]proofagent prove "theorem t (a b : Nat) : a + b = b + a"[/]

      [bold]proofagent prove Core.lean --output Proved.lean[/]

      [bold]proofagent prove goals.jsonl --time 30 --json[/]
    """
    budget = Budget(time, candidates, heartbeats)
    file, goals = _goals(target, theorem, imports or [])
    if output is not None and file is None:
        raise GoalError("--output needs a Lean file as TARGET")
    if output is not None and not output.absolute().parent.is_dir():
        raise GoalError("the folder of --output does not exist", where=str(output))
    screen = _Screen(results=not json, live=not (quiet or json), tree=tree)
    report = anyio.run(_prove, file, goals, budget, engines, output, screen)
    if not (report.results or report.bad_lines or report.interrupted):
        raise GoalError(f"there is no goal `{theorem}`" if theorem else "there is no goal to prove", where=target)
    if json:
        print_json(report.model_dump_json(indent=2))
    elif len(report.results) > 1 or any(result.refused for result in report.results):
        out.print(Text(report.disagreement, "dim"))
    return report.exit_code


class _Screen:
    """What is shown: results as they come, and on a terminal the tree as it grows."""

    def __init__(self, *, results: bool, live: bool, tree: bool) -> None:
        self.view = LiveView()
        self.listener = Listener(self._began, self.view.see, self._ended)
        self._tree, self._results, self._wanted = tree, results, live and err.is_terminal
        self._live: Live | None = None

    def pause(self) -> None:
        """Take the picture off the screen: what is printed under it would go with its next change."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _began(self, goal: Goal) -> None:
        self.view.begin(goal)
        if self._wanted:
            self._live = Live(self.view, console=err, refresh_per_second=8, transient=True)
            self._live.start()

    def _ended(self, result: GoalResult, attempt: Attempt | None) -> None:
        self.pause()
        if self._results:
            self._print(result, attempt)

    def _print(self, result: GoalResult, attempt: Attempt | None) -> None:
        spent = f"{result.seconds:.1f} s, {result.candidates} candidates"
        for note in result.notes:
            err.print(Text.assemble(("note: ", "yellow"), note))
        if result.outcome == "proved" and attempt is not None:
            _say("proved", "green", result.name, spent)
            if self._tree and (tree := proof_tree(result)):
                out.print(tree)
            goal = attempt.goal
            out.print(goal.statement + goal.lead + (result.proof or "") + goal.tail.rstrip(), markup=False)
            if result.receipt:
                out.print(receipt_lines(result.receipt))
        elif result.outcome == "error":
            complain(result.why)
        elif result.outcome == "partial":
            _say("found", "cyan", result.name, f"one of its holes, verified with the last one, {spent}")
        else:
            refused = result.reasons[0].text if result.reasons else result.end
            why = result.why.partition("\n")[0] if result.outcome == "undecided" else refused
            _say(result.outcome, "yellow", result.name, f"{why}, {spent}")


def _say(outcome: str, style: str, name: str, remark: str) -> None:
    out.print(Text.assemble((outcome, style), f" {name}  ", (remark, "dim")))


def _goals(target: str, theorem: str | None, imports: list[str]) -> tuple[LeanFile | None, Iterable[Goal | BadLine]]:
    """What `target` means: a path where there is one or where it looks like one, a statement otherwise."""
    files = target.endswith((".jsonl", ".lean")) or (len(target) < 4096 and "\n" not in target and _is_file(target))
    if files and imports:
        raise GoalError("--import goes with a statement; a file says itself what it imports")
    if not files and theorem is not None:
        raise GoalError("--theorem goes with a file")
    if target.endswith(".jsonl"):
        with open_file(Path(target)):  # now, and not when an engine has been started
            return None, _named(from_jsonl(Path(target)), theorem)
    if files:
        file, found = from_file(Path(target), only=theorem)
        head = header(file.text)
        if head.module or head.prelude:
            raise GoalError("a file with `module` or `prelude` needs a native Lean", where=target)
        return file, found
    return None, [from_statement(target, tuple(dict.fromkeys(("Init", *imports))))]


def _is_file(target: str) -> bool:
    try:
        return bool(target.strip()) and Path(target).exists()
    except (OSError, ValueError):
        return False


def _named(goals: Iterable[Goal | BadLine], theorem: str | None) -> Iterator[Goal | BadLine]:
    return (goal for goal in goals if theorem is None or isinstance(goal, BadLine) or goal.name == theorem)


async def _prove(
    file: LeanFile | None,
    goals: Iterable[Goal | BadLine],
    budget: Budget,
    engines: int,
    output: Path | None,
    screen: _Screen,
) -> ProveReport:
    async with embedded_pool(size=engines) as pool:
        session = Session(pool, Portfolio, budget, workers=engines, listener=screen.listener)
        try:
            interrupted = await _until_interrupted(session, goals)
        finally:
            screen.pause()
        for bad in session.bad_lines:
            complain(f"line {bad.line}: {bad.message}")
        if file is None or (interrupted and not session.proved):
            return session.report(interrupted=interrupted)
        text, receipt, why = await session.finish(file)
        if output is not None and not why:
            why = _written(output, text)
        elif why:
            complain(f"the file as a whole is not accepted, nothing was written: {why}")
        written = str(output) if output is not None and not why else None
        return session.report(output=written, receipt=receipt, file_why=why, interrupted=interrupted)


def _written(output: Path, text: str) -> str:
    """Write the file; returns why it could not be written, which is no reason to lose the report."""
    try:
        write_atomically(output, text)
    except (GoalError, OSError) as error:
        complain(str(error))
        return str(error)
    return ""


async def _until_interrupted(session: Session, goals: Iterable[Goal | BadLine]) -> bool:
    """Run the session; True where Ctrl-C ended it. What was found until then is kept."""
    interrupted = False
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                nonlocal interrupted
                async for _ in signals:
                    interrupted = True
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            await session.run(goals)
            group.cancel_scope.cancel()
    return interrupted
