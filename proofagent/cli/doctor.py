"""`proofagent doctor`: what is there, what is missing, and the command that mends it."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from proofagent.cli.console import out, print_json
from proofagent.lean.embedded.doctor import Report, examine


def doctor(json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> int:
    """Say which engines, versions and memory there are, and how to mend what is missing.

    Example: [bold]proofagent doctor --json[/]
    """
    report = examine()
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        _show(report)
    return 0 if report.ready else 2


def _show(report: Report) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in report.model_dump().items():
        if name not in ("problems", "ready"):
            table.add_row(Text(name.replace("_", " "), style="bold"), Text(_brief(value)))
    out.print(table)
    for problem in report.problems:
        out.print(Text.assemble(("missing: ", "yellow"), f"{problem.what}\n  mend it with: ", (problem.mend, "bold")))
    out.print("[green]ready[/]" if report.ready else "[red]not ready[/]")


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_brief(v)}" for k, v in value.items() if v is not None)
    if isinstance(value, list | tuple):
        return "; ".join(map(_brief, value)) or "-"
    if isinstance(value, int) and not isinstance(value, bool) and value > 1 << 20:
        return f"{value >> 20} MB"
    return "-" if value is None else str(value)
