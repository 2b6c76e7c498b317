"""`proofagent mcp`: the library as tools for coding agents."""

from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import anyio
import typer

from proofagent.cli import options as o
from proofagent.cli.engine import chosen
from proofagent.cli.interrupts import until_interrupted
from proofagent.errors import SetupError
from proofagent.runs.asking import Flags, plan_of

Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", min=1, max=16, help="Calls that are worked on at a time, each with a Lean; further ones wait."
    ),
]
Trust = Annotated[
    bool,
    typer.Option(
        "--trust", help="Let a Lean without a sandbox, that of a project, elaborate texts that run programs, as you."
    ),
]
_SDK = "1"
"""The SDK's major version; the next one has other names for everything."""


def mcp(
    jobs: Jobs = 1,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
    trust: Trust = False,
    model: o.ModelNames = None,
    base_url: o.BaseUrl = None,
    key_env: o.KeyEnv = None,
    tokens: o.Tokens = None,
    dollars: o.Dollars = None,
    profile: o.ProfileName = None,
    config: o.ConfigFile = None,
) -> int:
    """Serve `check`, `prove`, `step`, `score` and `minimize` to a coding agent (Model Context Protocol, stdio).

    The client starts this command itself and ends it. No model is asked but with --model; --tokens and --dollars are
    limits for as long as the server runs. Standard output is the protocol's, everything else is on standard error.

    What goes into the client's configuration, for example:

      [bold]{"mcpServers": {"proofagent": {"command": "proofagent", "args": ["mcp"]}}}[/]

      [bold]claude mcp add proofagent -- proofagent mcp --project ~/algebra[/]
    """
    _demand_sdk()
    flags = Flags(model or (), base_url, key_env, tokens=tokens, dollars=dollars)
    plan = plan_of(flags, config, profile) if model else None
    choice = chosen(engine, project, Path.cwd())
    # The SDK takes half a second to load, and is not everybody's.
    from proofagent.mcp.bench import Serving  # noqa: PLC0415
    from proofagent.mcp.server import serve  # noqa: PLC0415

    anyio.run(until_interrupted, partial(serve, Serving(choice, jobs, plan, trust)))
    return 0


def _demand_sdk() -> None:
    mend = 'run: pip install "proofagent[mcp]"'
    try:
        found = version("mcp")
    except PackageNotFoundError:
        raise SetupError(f"the SDK of the Model Context Protocol is not installed; {mend}") from None
    if found.partition(".")[0] != _SDK:
        raise SetupError(f"version {found} of the Model Context Protocol's SDK is installed, 1.x is needed; {mend}")
