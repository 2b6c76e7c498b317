"""`proofagent attacks`: cheats and honest proofs, put to this checker or to any other."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args

import anyio
import typer
from anyio.abc import Process
from pydantic import BaseModel, ConfigDict
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from proofagent.check.corpus import (
    Answer,
    Case,
    Expected,
    Finding,
    Outcome,
    Result,
    Score,
    chosen,
    codes_of,
    folder_of,
    load,
    outcome_of,
)
from proofagent.cli import options as o
from proofagent.cli.console import complain, err, out, print_json
from proofagent.errors import ConfigError, UsageError

_OWN = (sys.executable, "-m", "proofagent", "check", "--json", "{challenge}", "{solution}")
_PRINTED_BYTES = 8 << 20
"""What is read of a checker's output; a receipt is much smaller."""
_WORDS: dict[Finding, str] = {
    "got-through": "got through",
    "hang": "hang",
    "refused": "honest, refused",
    "wrong-codes": "other codes",
}

attacks = typer.Typer(
    name="attacks",
    help="Put known cheats, and honest proofs, to a checker of Lean proofs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Corpus = Annotated[
    Path | None, typer.Option("--corpus", help="A folder of cases, instead of the attacks and honest proofs at hand.")
]
Only = Annotated[list[str] | None, typer.Option("--only", help="The case of this name; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


class CaseModel(BaseModel):
    """A case as JSON has it."""

    model_config = ConfigDict(frozen=True)

    name: str
    row: int
    verdict: Expected
    codes: tuple[str, ...]
    options: tuple[str, ...]
    about: str


class ResultModel(CaseModel):
    """What became of a case."""

    outcome: Outcome
    found_codes: tuple[str, ...] | None
    exit_code: int | None
    seconds: float
    finding: Finding


class ScoreModel(BaseModel):
    """What `attacks run --json` prints."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = 1
    checker: str
    cases: int
    complete: bool
    safe: bool
    totals: dict[Finding, int]
    results: tuple[ResultModel, ...]


@attacks.command("list")
def list_cases(corpus: Corpus = None, only: Only = None, json: Json = False) -> int:
    """List the cases: what should come out, and what each is about.

    Example: [bold]proofagent attacks list --only sorry-plain --json[/]
    """
    cases = chosen(_cases(corpus), only or ())
    if json:
        models = [_model(case).model_dump_json(indent=2) for case in cases]
        print_json("[" + ",\n".join(models) + "]")
        return 0
    rows = [(case.name, str(case.row or ""), case.verdict, " ".join(sorted(case.codes))) for case in cases]
    _print([("case", "row", "verdict", "codes"), *rows])
    return 0


@attacks.command("run")
def run_cases(
    checker: Annotated[
        str | None,
        typer.Option(
            "--checker",
            metavar="'CMD {challenge} {solution}'",
            help="A checker's command, started without a shell; it ends with 0 (accepted), 1 (rejected) or another "
            "code (undecided). Without this option: `proofagent check`, whose reasons are compared too.",
        ),
    ] = None,
    corpus: Corpus = None,
    only: Only = None,
    time: Annotated[float, typer.Option("--time", help="Seconds for each case; more is a hang.")] = 180.0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Cases at a time.")] = 1,
    json: Json = False,
) -> int:
    """Put every case to a checker and say what got through.

    Exit codes: 0 nothing got through and nothing hung, 1 otherwise, 2 interrupted (what was found is printed).

    Examples of use:

      [bold]proofagent attacks run[/]

      [bold]proofagent attacks run --checker 'safe_verify.sh {challenge} {solution}' --jobs 4[/]
    """
    o.demand_time(time)
    command = _Checker.parse(checker)
    cases = chosen(_cases(corpus), only or ())
    score = anyio.run(_run, command, cases, time, jobs)
    if json:
        print_json(_score_model(command, score).model_dump_json(indent=2))
    else:
        _show(score)
    if not score.complete:
        complain("interrupted")
        return 2
    return 0 if score.safe else 1


@dataclass(frozen=True, slots=True)
class _Checker:
    """A command with places for the two files. Only our own understands the options of a case and has codes."""

    words: tuple[str, ...]
    own: bool

    @classmethod
    def parse(cls, text: str | None) -> "_Checker":
        """Raises `UsageError` where the text is no command, has no places or names no program."""
        if text is None:
            return cls(_OWN, own=True)
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise UsageError(f"--checker: {error}") from error
        for place in ("{challenge}", "{solution}"):
            if not any(place in word for word in words):
                raise UsageError(f"--checker has no {place} in it")
        if shutil.which(words[0]) is None:
            raise UsageError(f"--checker: there is no program {words[0]!r}")
        return cls(words, own=False)

    def command(self, case: Case) -> list[str]:
        places = {"{challenge}": str(case.challenge.resolve()), "{solution}": str(case.solution.resolve())}
        return [_filled(word, places) for word in self.words] + list(case.options if self.own else ())


def _filled(word: str, places: dict[str, str]) -> str:
    for place, path in places.items():
        word = word.replace(place, path)
    return word


def _cases(corpus: Path | None) -> tuple[Case, ...]:
    if corpus is not None:
        return load(corpus)
    cases = load(folder_of("attacks")) + load(folder_of("honest"))
    if len({case.name for case in cases}) < len(cases):
        raise ConfigError("an attack and an honest proof have the same name")
    return cases


async def _run(checker: _Checker, cases: Sequence[Case], seconds: float, jobs: int) -> Score:
    """Run the cases, `jobs` at a time; Ctrl-C ends it, and what was found until then is kept."""
    found: dict[str, Result] = {}
    limit = anyio.CapacityLimiter(jobs)
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    with (
        Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress,
        anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals,
    ):
        task = progress.add_task("", total=len(cases))
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                async for _ in signals:
                    group.cancel_scope.cancel()

            async def one(case: Case) -> None:
                async with limit:
                    progress.update(task, description=case.name)
                    found[case.name] = Result(case, await _answer(checker, case, seconds))
                    progress.advance(task)
                if len(found) == len(cases):
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            for case in cases:
                group.start_soon(one, case)
    return Score(tuple(found[case.name] for case in cases if case.name in found), len(cases))


async def _answer(checker: _Checker, case: Case, seconds: float) -> Answer:
    """Start the checker on a case, at most for `seconds`; nothing that it started in its group is left running."""
    began = clock.monotonic()
    with tempfile.TemporaryFile() as printed:  # with a pipe, what a checker leaves running could hold us up
        command = checker.command(case)
        async with _started(command, printed.fileno() if checker.own else subprocess.DEVNULL) as process:
            with anyio.move_on_after(seconds):
                await process.wait()
            exit_code = process.returncode
        spent = round(clock.monotonic() - began, 3)
        if exit_code is None:
            return Answer("hang", spent)
        printed.seek(0)
        codes = codes_of(printed.read(_PRINTED_BYTES)) if checker.own else None
    return Answer(outcome_of(exit_code), spent, exit_code, codes)


@asynccontextmanager
async def _started(command: list[str], output: int) -> AsyncIterator[Process]:
    """A process that leads a group of its own, which is killed in the end."""
    with anyio.CancelScope(shield=True):  # what is cancelled half-way is left running
        process = await anyio.open_process(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with anyio.CancelScope(shield=True):
            await process.aclose()


def _show(score: Score) -> None:
    """What is wrong, one line a case, and the totals."""
    rows = [
        (
            words,
            result.case.name,
            str(result.case.row or ""),
            _verdict(result.case.verdict, result.case.codes),
            _verdict(result.answer.outcome, result.answer.codes or ()),
            f"{result.answer.seconds:.1f} s",
        )
        for finding, words in _WORDS.items()
        for result in score.results
        if result.finding == finding
    ]
    if rows:
        _print([("", "case", "row", "expected", "found", ""), *rows])
    out.print(Text(_totals(score), style="green" if score.safe else "red"))


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    """Columns that are as wide as they need to be, whatever the screen is: a row is a line to whoever reads it."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for place, row in enumerate(rows):
        line = "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True))
        out.print(Text(line.rstrip(), "bold" if place == 0 else ""))


def _verdict(outcome: str, codes: Iterable[str]) -> str:
    return " ".join([outcome, *sorted(codes)])


def _totals(score: Score) -> str:
    attacked = [result for result in score.results if result.case.attack]
    stopped = sum(result.finding in ("right", "wrong-codes") for result in attacked)
    honest = len(score.results) - len(attacked)
    passed = sum(result.finding == "right" for result in score.results if not result.case.attack)
    parts = [
        f"{stopped} of {len(attacked)} attacks stopped",
        f"{passed} of {honest} honest proofs accepted",
        f"{score.count('got-through')} got through",
        f"{score.count('hang')} hung",
    ]
    if any(result.answer.codes is not None for result in score.results):
        parts.append(f"{score.count('wrong-codes')} with other codes")
    if not score.complete:
        parts.append(f"{score.cases - len(score.results)} not run")
    return ", ".join(parts)


def _model(case: Case) -> CaseModel:
    return CaseModel(**_case_fields(case))


def _case_fields(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "row": case.row,
        "verdict": case.verdict,
        "codes": tuple(sorted(case.codes)),
        "options": case.options,
        "about": case.about,
    }


def _score_model(checker: _Checker, score: Score) -> ScoreModel:
    return ScoreModel(
        checker="proofagent check" if checker.own else shlex.join(checker.words),
        cases=score.cases,
        complete=score.complete,
        safe=score.safe,
        totals={finding: score.count(finding) for finding in get_args(Finding)},
        results=tuple(map(_result_model, score.results)),
    )


def _result_model(result: Result) -> ResultModel:
    answer = result.answer
    return ResultModel(
        **_case_fields(result.case),
        outcome=answer.outcome,
        found_codes=None if answer.codes is None else tuple(sorted(answer.codes)),
        exit_code=answer.exit_code,
        seconds=answer.seconds,
        finding=result.finding,
    )
