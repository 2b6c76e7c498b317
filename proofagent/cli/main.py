"""The command line: one file a command; errors become one line and an exit code here."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from proofagent import telemetry
from proofagent.cli.attacks import attacks
from proofagent.cli.batch import batch
from proofagent.cli.check import check_command
from proofagent.cli.console import complain
from proofagent.cli.doctor import doctor
from proofagent.cli.explain import explain
from proofagent.cli.export import export_command
from proofagent.cli.goals import goals
from proofagent.cli.judge import judge
from proofagent.cli.mcp import mcp
from proofagent.cli.minimize import minimize
from proofagent.cli.models import models
from proofagent.cli.prove import prove
from proofagent.cli.report import report
from proofagent.cli.score import compare, score
from proofagent.cli.setup import setup
from proofagent.cli.show import show
from proofagent.cli.watch import watch
from proofagent.errors import ProofAgentError, UsageError, first_of

LogLevel = Annotated[
    str | None,
    typer.Option(
        "--log",
        metavar="LEVEL",
        envvar="PROOFAGENT_LOG",
        help="Log what happens inside: warning, info or debug; off where nothing is said.",
    ),
]
LogFile = Annotated[
    Path | None,
    typer.Option(
        "--log-file",
        metavar="FILE",
        envvar="PROOFAGENT_LOG_FILE",
        help="Append the log to FILE, a line of JSON an event, and not to standard error.",
    ),
]
USAGE, UNDECIDED = 64, 2
_INTERRUPTED = 130
"""What the library under the command line makes of Ctrl-C."""

app = typer.Typer(
    name="proofagent",
    help="Prove Lean 4 theorems: tactics and models propose, Lean's kernel verifies, a search spends the budget.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 proved or all well, 1 not proved, 2 undecided (the environment failed), 64 usage.",
)
app.command()(prove)
app.command()(batch)
app.command()(watch)
app.command()(report)
app.command()(show)
app.command()(models)
app.command("check")(check_command)
app.command()(explain)
app.command("export")(export_command)
app.command()(score)
app.command()(compare)
app.command()(judge)
app.command()(minimize)
app.command()(mcp)
app.add_typer(attacks, name="attacks")
app.add_typer(goals, name="goals")
app.command()(setup)
app.command()(doctor)


@app.callback()
def _root(log: LogLevel = None, log_file: LogFile = None) -> None:
    """Prove Lean 4 theorems: tactics and models propose, Lean's kernel verifies, a search spends the budget."""
    telemetry.start(log, log_file)


def main() -> None:
    """Run the command line; the process ends with a code of the epilog's table, never with a traceback of ours."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return UNDECIDED
    except BaseExceptionGroup as group:
        return UNDECIDED if _reader_gone(group) else _code_of(group)
    except Exception as error:  # noqa: BLE001  sorted out below; what nobody foresaw is raised again
        return _code_of(error)
    if code == _INTERRUPTED:
        complain("interrupted")
        return UNDECIDED
    return code if isinstance(code, int) else 0


def _reader_gone(group: BaseExceptionGroup[BaseException]) -> bool:
    """Whether all that happened is that nobody reads what is printed (`| head`); rich ends the program for that."""
    _, others = group.split(SystemExit)
    if others is None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still to be flushed goes nowhere
    return others is None


def _code_of(error: BaseException) -> int:
    """Say what went wrong, in one line, and return the exit code; what nobody foresaw is raised again."""
    error = first_of(error)
    # The library under the command line has changed its home between versions; its usage errors all have this method.
    if message := getattr(error, "format_message", None):
        complain(message(), hint="`proofagent --help` lists the commands and their options")
        return USAGE
    if isinstance(error, ProofAgentError):
        complain(str(error), hint=getattr(error, "detail", ""))
        return USAGE if isinstance(error, UsageError) else UNDECIDED
    if isinstance(error, OSError):
        complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return UNDECIDED
    raise error
