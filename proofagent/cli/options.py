"""Options that several commands have, each with its help in one place."""

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from proofagent.config.settings import VARIABLE, Via
from proofagent.errors import UsageError
from proofagent.score.choice import profiles
from proofagent.search.strategies import STRATEGIES

_MODELS = "Models"


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"`{text}` is no amount") from error


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]

ModelNames = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        "-m",
        metavar="PROVIDER/NAME[=WEIGHT]",
        envvar="PROOFAGENT_MODEL",
        help="Ask this model; may be repeated. `proofagent models` lists providers.",
        rich_help_panel=_MODELS,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        envvar="PROOFAGENT_BASE_URL",
        help="Where the models are served: any server that speaks the provider's protocol.",
        rich_help_panel=_MODELS,
    ),
]
KeyEnv = Annotated[
    str | None,
    typer.Option(
        "--key-env",
        metavar="VARIABLE",
        help="The environment variable with the key; it is needed for a key to go to another address.",
        rich_help_panel=_MODELS,
    ),
]
ProfileName = Annotated[
    str | None, typer.Option("--profile", "-p", help="A profile of the settings file.", rich_help_panel=_MODELS)
]


def _for_all(path: Path | None) -> Path | None:
    """The gate reads the settings too, and so do processes that are started for a batch."""
    if path is not None:
        os.environ[VARIABLE] = str(path.absolute())
    return path


ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The settings file (TOML) to use.",
        rich_help_panel=_MODELS,
        callback=_for_all,
    ),
]
Ways = Annotated[
    list[Via] | None,
    typer.Option(
        "--via",
        help="Ask for whole proofs, sketches or single steps; may be repeated; all three where nothing is said.",
        rich_help_panel=_MODELS,
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--samples", min=1, max=64, help="Answers to each question; 1 where nothing is said.", rich_help_panel=_MODELS
    ),
]
Temperature = Annotated[
    float | None, typer.Option("--temperature", min=0.0, max=2.0, help="Of the models.", rich_help_panel=_MODELS)
]
Repairs = Annotated[
    int | None,
    typer.Option(
        "--repairs",
        min=0,
        max=20,
        help="How often a wrong proof goes back with Lean's errors; 2 where nothing is said.",
        rich_help_panel=_MODELS,
    ),
]
Tokens = Annotated[
    int | None,
    typer.Option("--tokens", min=0, help="The most tokens that all models may take.", rich_help_panel=_MODELS),
]
Dollars = Annotated[
    Decimal | None,
    typer.Option(
        "--dollars",
        parser=_amount,
        metavar="AMOUNT",
        help="The most that all models may cost.",
        rich_help_panel=_MODELS,
    ),
]
PromptFolder = Annotated[
    Path | None,
    typer.Option("--prompts", metavar="FOLDER", help="Prompts of your own, as Markdown.", rich_help_panel=_MODELS),
]
Lemmas = Annotated[
    int | None,
    typer.Option(
        "--lemmas",
        min=0,
        max=100,
        help="Lemmas of the library for each goal, at most, in tactics (16 where nothing is said) and prompts (10).",
        rich_help_panel=_MODELS,
    ),
]
MemoryFile = Annotated[
    Path | None,
    typer.Option(
        "--memory",
        metavar="FILE",
        help="Propose what proved similar goals before, and remember what proves these. The file is made where there is"
        " none; several processes may share it.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Append every exchange with a model.", rich_help_panel=_MODELS),
]
Replay = Annotated[
    list[Path] | None,
    typer.Option(
        "--replay", metavar="FILE", help="Answer from recordings, without network or key.", rich_help_panel=_MODELS
    ),
]
_ENGINE = "Lean"
EngineChoice = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="embedded, lsp (the project's own Lean, kept warm) or batch (the same, run anew). Without it: lsp in a "
        "Lake project that is built, embedded elsewhere.",
        rich_help_panel=_ENGINE,
    ),
]
ProjectFolder = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The Lake project to work in.", rich_help_panel=_ENGINE),
]
Build = Annotated[
    bool,
    typer.Option("--build", help="Have Lake fetch and build what the project lacks first.", rich_help_panel=_ENGINE),
]
TraceFile = Annotated[
    Path | None,
    typer.Option("--trace", metavar="FILE", help="Write everything that happens, for `proofagent show`."),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the file with the proofs in place of its `sorry`s.")
]
WriteBack = Annotated[
    bool,
    typer.Option("--write", help="Put the proofs into the files where they stand, if nobody changed these meanwhile."),
]
AllSorries = Annotated[
    bool,
    typer.Option(
        "--all-sorries",
        help="Prove every `sorry` of the project, or of the folder TARGET. Another run goes on where this one ended.",
    ),
]
OfModules = Annotated[
    list[str] | None,
    typer.Option(
        "--module",
        metavar="MODULE",
        help="Prove anew each theorem of a compiled module, from what it imports; may be repeated.",
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="With --all-sorries: also what was tried before in vain with this budget.")
]
Answers = Annotated[
    bool,
    typer.Option(
        "--answers",
        help="In a folder like PutnamBench's: take the comment after `def … := sorry` for the value of the definition.",
    ),
]
Target = Annotated[
    str | None,
    typer.Argument(
        help="A statement; a .lean file with `sorry`s, a place in one (FILE:LINE) or a folder of them; with --project "
        "the name of a declaration; a .jsonl file of goals, or a .json file of SorryDB, LeanDojo Benchmark or FATE.",
        metavar="TARGET",
    ),
]
Imports = Annotated[
    list[str] | None, typer.Option("--import", "-i", help="A module that the statement needs; may be repeated.")
]
Keep = Annotated[
    int,
    typer.Option(
        "--keep",
        min=1,
        max=50,
        metavar="K",
        help="Go on until there are K different proofs, or the time is over; those that another one beats in everything"
        " are left out.",
    ),
]
Prefer = Annotated[
    str,
    typer.Option(
        "--prefer",
        metavar="PROFILE",
        help=f"Which of several proofs is the first: {', '.join(profiles())}, or FILE.toml:NAME (docs/metrics.md).",
        autocompletion=lambda incomplete: [name for name in profiles() if name.startswith(incomplete)],
    ),
]
StrategyName = Annotated[
    str,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help=f"Which goal is worked on next: {', '.join(STRATEGIES)}.",
        autocompletion=lambda incomplete: [name for name in STRATEGIES if name.startswith(incomplete)],
    ),
]
GraphFile = Annotated[
    Path | None,
    typer.Option(
        "--graph",
        metavar="FILE",
        help="Write what the search looked at, proved or not, as .svg, .graphml or .json. With several goals,"
        " each has a file of its own, with its name in it: FILE-NAME.svg.",
    ),
]
UsePortfolio = Annotated[
    bool | None,
    typer.Option(
        "--portfolio/--no-portfolio", help="Try the portfolio of tactics too (the default).", rich_help_panel=_MODELS
    ),
]
UseCascade = Annotated[
    bool | None,
    typer.Option(
        "--cascade/--no-cascade",
        help="Ask models one after the other, in the order in which they are named (cheap ones first), each where what"
        " came before it has failed.",
        rich_help_panel=_MODELS,
    ),
]
UseJudge = Annotated[
    bool | None,
    typer.Option(
        "--judge/--no-judge",
        help="Ask the models too how promising each goal is; that decides what is worked on, not what is proved.",
        rich_help_panel=_MODELS,
    ),
]
Refute = Annotated[
    bool | None, typer.Option("--refute/--no-refute", help="Look for a counterexample meanwhile (the default).")
]


def demand_time(seconds: float | None) -> None:
    """Raise `UsageError` where --time is given and leaves no time."""
    if seconds is not None and not seconds > 0:
        raise UsageError(f"--time must be more than 0, not {seconds:g}")
