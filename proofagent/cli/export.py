"""`proofagent export`: declarations in Lean's export format, for any checker that reads it."""

import sys
import tempfile
from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from pydantic import BaseModel, ConfigDict

from proofagent.cli import options as o
from proofagent.cli.console import complain, err, print_json
from proofagent.cli.engine import chosen
from proofagent.errors import EngineLost, UsageError
from proofagent.goals.files import Source, source, write_atomically
from proofagent.lean.engine import Engine, Header
from proofagent.lean.engines import Choice, open_pool
from proofagent.lean.kernel import Exported, exported, from_library
from proofagent.lean.olean import FORMAT, Module, Safety

_SHOWN = 5


class Summary(BaseModel):
    """What was written, as JSON: counts of declarations, an inductive type with all its parts as one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    lean_version: str
    new: tuple[str, ...]
    """The declarations of the file: those that were asked for, and what they rest on there."""

    declarations: int
    axioms: tuple[str, ...]
    """What is written by its type alone: axioms, theorems of the library, and whatever it ships no body of."""

    missing: tuple[str, ...]
    """Names that are mentioned and are nowhere."""

    lines: int
    bytes: int


def export_command(
    file: Annotated[Path, typer.Argument(help="A Lean file, or a compiled one (.olean).", metavar="FILE")],
    theorem: Annotated[
        list[str] | None,
        typer.Option("--theorem", "-t", help="A declaration, by full name; may be repeated. All of FILE otherwise."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    time: Annotated[float, typer.Option("--time", help="Seconds for compiling FILE.")] = 120.0,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
    build: o.Build = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was written, as JSON; needs --output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> int:
    """Write declarations of FILE, with all that they rest on, in Lean's export format (NDJSON 3.1).

    Any checker of that format can read it: nanoda, lean4lean and others. Nothing is judged here: what a file declares
    is written, also where it rests on `sorry`. Definitions of the library are written with their bodies; its theorems
    as axioms, but for the few whose proofs others compute with. Exit codes: 0 written, 1 the file has errors, 2 Lean
    failed, 64 usage.

    Examples of use:

      [bold]proofagent export Solution.lean -o solution.ndjson[/]

      [bold]proofagent export Solution.lean --theorem Main.thm | nanoda_bin config.json[/]

      [bold]proofagent export Solution.olean -o all.ndjson --json[/]
    """
    o.demand_time(time)
    if json and output is None:
        raise UsageError("--json says what was written to a file: name one with --output")
    read = Module.open(file) if file.suffix == ".olean" else source(file)
    choice = chosen(engine, project, file, build=build, kernels=False)
    with nullcontext() if quiet or json or not err.is_terminal else err.status("exporting"):
        made = anyio.run(_made, read, tuple(theorem or ()), time, choice)
    if made is None:
        return 1
    module, given = made
    if output is not None:
        write_atomically(output, given.text)
    else:
        sys.stdout.write(given.text)
    summary = _summary(module, given)
    if summary.missing and not json:
        complain(f"not complete: nowhere to be found are {_few(summary.missing)}")
    if json:
        print_json(summary.model_dump_json(indent=2))
    elif output is not None and not quiet:
        _tell(summary)
    return 0


async def _made(
    read: Module | Source, names: tuple[str, ...], deadline: float, choice: Choice
) -> tuple[Module, Exported] | None:
    imports = tuple(map(str, read.imports))
    async with open_pool(choice, spares=0) as pool, pool.fresh(Header(imports)) as (lean,):
        module = read if isinstance(read, Module) else await _compiled(lean, imports, read.body, deadline)
        if module is None:
            return None
        write = partial(_exported, lean, imports, module, names)
        return module, await anyio.to_thread.run_sync(write, abandon_on_cancel=True)


async def _compiled(lean: Engine, imports: tuple[str, ...], body: str, deadline: float) -> Module | None:
    with tempfile.TemporaryDirectory(prefix="proofagent-export-") as folder:
        path = Path(folder) / "file.olean"
        made = await lean.compile(Header(imports), body, path, deadline=deadline)
        if made.status != "done":
            raise EngineLost(f"the file was not compiled: {made.status}: {made.detail}")
        errors = [message for message in made.messages if message.severity == "error"]
        for message in errors[:_SHOWN]:
            complain(f"{message.start.line}:{message.start.column}: {message.text}")
        if made.path is None and not errors:
            raise EngineLost("Lean compiled the file and wrote nothing")
        return None if errors else Module.open(path)


def _exported(lean: Engine, imports: tuple[str, ...], module: Module, names: tuple[str, ...]) -> Exported:
    safe = [name for name, constant in module.constants.items() if constant.safety is Safety.SAFE]
    if unknown := [name for name in names if name not in module.constants]:
        raise UsageError(f"the file has no {unknown[0]}; it declares {_few(safe)}")
    if unsafe := [name for name in names if name not in safe]:
        raise UsageError(f"{unsafe[0]} is unsafe or partial: no kernel has it")
    return from_library(exported, lean.libraries, imports, module, names or safe)


def _summary(module: Module, given: Exported) -> Summary:
    return Summary(
        format=FORMAT,
        lean_version=module.lean_version,
        new=given.new,
        declarations=len(given.reach.groups),
        axioms=tuple(sorted(given.axioms)),
        missing=tuple(sorted(given.reach.missing)),
        lines=given.text.count("\n"),
        bytes=len(given.text.encode()),
    )


def _tell(summary: Summary) -> None:
    counts = f"{len(summary.new)} of the file and {len(summary.axioms)} by their types alone"
    err.print(f"{summary.declarations} declarations, {counts}; {summary.bytes / 1e6:.1f} MB", style="dim")


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return (", ".join(listed[:_SHOWN]) or "nothing") + more
