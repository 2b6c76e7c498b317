"""`proofagent minimize`: better proofs of the same theorems, each accepted by the gate."""

import difflib
import time as clock
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.status import Status
from rich.text import Text

from proofagent.check.gate import Claim
from proofagent.cli import options as o
from proofagent.cli.check import EXIT_CODES
from proofagent.cli.console import err, print_json, printable
from proofagent.cli.engine import chosen
from proofagent.cli.failures import CallFailures
from proofagent.cli.interrupts import until_interrupted
from proofagent.cli.shortened import CacheModel, MinimizeReport, at_ks, show, theorem_model
from proofagent.errors import ConfigError, GoalError, UsageError
from proofagent.goals.commands import header
from proofagent.goals.files import Source, read_text, source, write_atomically
from proofagent.lean.embedded.package import cache_folder
from proofagent.lean.engine import Header
from proofagent.lean.engines import EMBEDDED, Choice, open_pool
from proofagent.lean.native import find_judges
from proofagent.lean.pool import Pool
from proofagent.llm.chat import Cost
from proofagent.llm.ledger import Ledger
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.advice import SimpAdvice
from proofagent.minimize.cache import FILE, Cache
from proofagent.minimize.driver import Minimizer
from proofagent.minimize.edits import Place, challenge, places
from proofagent.minimize.measure import by_profile, is_blind, is_textual
from proofagent.minimize.quality import Quality
from proofagent.minimize.rewriting import Rewriting
from proofagent.propose.asker import Asked, Panel
from proofagent.runs.asking import Asking, Flags, open_plan, plan_of
from proofagent.runs.calls import CostModel
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.scoring import subjects_of
from proofagent.score.choice import Profile, Vector, profile_named
from proofagent.score.metrics import vector
from proofagent.search.suggestions import suggestions

_GATE_SECONDS = 120.0

File = Annotated[Path, typer.Argument(help="A Lean file whose proofs are complete.", metavar="FILE")]
Theorems = Annotated[
    list[str] | None,
    typer.Option("--theorem", "-t", help="A theorem to shorten, by its name; may be repeated; all where not given."),
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile", "-p", help="What is better, as in `compare`: mathlib, golf, fast, didactic, or FILE.toml:NAME."
    ),
]
Seconds = Annotated[float | None, typer.Option("--time", help="Seconds in all; what was found until then is kept.")]
Engines = Annotated[int, typer.Option("--engines", min=1, max=16, help="Lean processes that try candidates.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the file with its shorter proofs here.")]
Write = Annotated[bool, typer.Option("--write", help="Change FILE itself.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no diff, only the table.")]
CacheFile = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="FILE",
        help="Where it is kept what Lean said of candidates; the user's cache folder where not given. The gate is asked"
        " in any case.",
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither read nor keep what Lean said of candidates.")]
SettingsProfile = Annotated[
    str | None,
    typer.Option("--settings-profile", help="A profile of the settings file.", rich_help_panel="Models"),
]


def minimize(
    file: File,
    theorem: Theorems = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    time: Seconds = None,
    engines: Engines = 1,
    output: Output = None,
    write: Write = False,
    json: o.Json = False,
    quiet: Quiet = False,
    cache: CacheFile = None,
    no_cache: NoCache = False,
    model: o.ModelNames = None,
    base_url: o.BaseUrl = None,
    key_env: o.KeyEnv = None,
    settings_profile: SettingsProfile = None,
    config: o.ConfigFile = None,
    samples: o.Samples = None,
    temperature: o.Temperature = None,
    tokens: o.Tokens = None,
    dollars: o.Dollars = None,
    prompts: o.PromptFolder = None,
    record: o.Record = None,
    replay: o.Replay = None,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
) -> int:
    """Shorten the proofs of FILE; statements stay as they are, and the gate accepts what is given back.

    Tactics, arguments and detours are left out, equal cases shared, blocks closed by one tactic, and with a model whole
    proofs rewritten, as long as Lean accepts the proof, it is not much slower, and not worse under the profile. Ctrl-C
    keeps the best so far. Exit codes: 0 done, even where nothing is shorter; 1 the gate rejects the proofs of FILE, 2
    undecided, 64 usage.

    Examples of use:

      [bold]proofagent minimize Proofs.lean[/]

      [bold]proofagent minimize Proofs.lean --profile didactic --theorem Main.thm --time 60 -o Shorter.lean[/]

      [bold]proofagent minimize Proofs.lean --write --quiet --model ollama/qwen3:8b --samples 4[/]
    """
    if write and output is not None:
        raise UsageError("either --write or --output, not both")
    o.demand_time(time)
    flags = Flags(model or (), base_url, key_env, samples=samples, temperature=temperature, tokens=tokens)
    flags = replace(flags, dollars=dollars, prompts=prompts, record=record, replay=replay or ())
    job = _job(file, theorem or (), profile_named(profile), plan_of(flags, config, settings_profile))
    job = replace(job, seconds=time, engines=engines, choice=chosen(engine, project, file))
    with _cache(cache, unused=no_cache) as kept, err.status("checking the proofs as they are") as status:
        if quiet or json or not err.is_terminal:
            status.stop()
        report = anyio.run(_minimized, job, kept, status)
    return _finished(report, file if write else output, _Show(json, quiet, bool(job.plan.specs)), changed=write)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be shortened, and with what."""

    read: Source
    chosen: tuple[int, ...]
    targets: tuple[str, ...]
    claim: Claim
    profile: Profile
    plan: Asking
    seconds: float | None = None
    engines: int = 1
    choice: Choice = EMBEDDED


@dataclass(frozen=True, slots=True)
class _Show:
    json: bool
    quiet: bool
    asked: bool


@dataclass(slots=True)
class _Models:
    """Open models, and what they were asked about which theorem."""

    panel: Panel
    ledger: Ledger
    calls: dict[str, list[Asked]] = field(default_factory=dict)
    _failures: CallFailures = field(default_factory=CallFailures)

    def heard(self, theorem: str, asked: Asked) -> None:
        """Keep a call; what went wrong with one is said once."""
        self.calls.setdefault(theorem, []).append(asked)
        self._failures.hear(asked)


def _job(file: Path, wanted: Sequence[str], profile: Profile, plan: Asking) -> _Job:
    read = source(file)
    found = places(read.body)
    chosen = _chosen(found, wanted, file)
    names = tuple(found[index].name for index in chosen)
    claim = Claim(read.imports, challenge(read.body, [found[index] for index in chosen]), read.body, names)
    return _Job(read, tuple(chosen), names, claim, profile, plan)


@contextmanager
def _cache(path: Path | None, *, unused: bool) -> Iterator[Cache | None]:
    """The cache that is to be used. One that nobody asked for is not worth failing for."""
    if unused and path is not None:
        raise UsageError("either --cache or --no-cache, not both")
    kept = None
    if not unused:
        try:
            kept = Cache(path or cache_folder() / FILE)
        except ConfigError as error:
            if path is not None:
                raise
            err.print(Text.assemble(("note: ", "yellow"), printable(str(error))))
    with kept or nullcontext():
        yield kept


def _finished(report: MinimizeReport, target: Path | None, how: _Show, *, changed: bool) -> int:
    if target is not None and report.outcome == "accepted" and (report.diff or not changed):
        write_atomically(target, report.text)
        report = report.model_copy(update={"written": str(target)})
    if how.json:
        print_json(report.model_dump_json(indent=2))
    else:
        show(report, quiet=how.quiet, asked=how.asked)
    return EXIT_CODES[report.outcome]


def _chosen(found: tuple[Place, ...], wanted: Sequence[str], file: Path) -> list[int]:
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


async def _minimized(job: _Job, cache: Cache | None, status: Status) -> MinimizeReport:
    began = clock.monotonic()

    def listener(name: str, before: int, now: int, tried: int) -> None:
        status.update(f"{printable(name)}: {before} -> {now} tokens, {tried} candidates")

    # The models first: a missing key is said before Lean works for nothing.
    async with _opened(job.plan) as models, open_pool(job.choice, size=job.engines) as pool:
        pool.warm(Header(job.read.imports))
        acceptor = LeanAcceptor(pool, job.claim, judges=await find_judges(), cache=cache, tidy=True)
        measured = partial(_measured, job.read, job.targets, pool)
        quality = None if is_textual(job.profile) else Quality(job.profile, job.targets, measured)
        minimizer = Minimizer(
            job.read.body,
            job.chosen,
            acceptor,
            measure=by_profile(job.profile),
            blind=is_blind(job.profile),
            quality=quality,
            advisers=[SimpAdvice(acceptor.messages, suggestions)],
            late=[Rewriting(models.panel, job.plan.prompts, job.profile, job.read.imports, models.heard)]
            if models
            else (),
            workers=job.engines,
            listener=listener,
        )
        interrupted = await _until(minimizer, job.seconds)
        status.update("asking the gate about the last edits")
        await minimizer.settle()
        report = _report(job, minimizer, quality, models)
    hits = CacheModel(path=str(cache.path), hits=cache.hits) if cache else None
    return report.model_copy(
        update={"interrupted": interrupted, "cache": hits, "seconds": round(clock.monotonic() - began, 3)}
    )


@asynccontextmanager
async def _opened(plan: Asking) -> AsyncIterator[_Models | None]:
    if not plan.specs:
        yield None
        return
    async with open_plan(plan, plan.specs) as models:
        yield _Models(Panel(models.clients), models.ledger)


async def _until(minimizer: Minimizer, seconds: float | None) -> bool:
    """Run until nothing gets shorter, or the time is over; True where Ctrl-C ended it."""

    async def work() -> None:
        with anyio.move_on_after(seconds):
            await minimizer.run()

    return await until_interrupted(work)


async def _measured(read: Source, targets: Sequence[str], pool: Pool, body: str) -> Mapping[str, Vector]:
    """Every metric of the theorems of an accepted file, as `score` has them, but for how robust they are."""
    found = await subjects_of(replace(read, body=body), targets, pool, deadline=_GATE_SECONDS, robust=False)
    return {each.target: vector(each) for each in found}


def _report(job: _Job, minimizer: Minimizer, quality: Quality | None, models: _Models | None) -> MinimizeReport:
    results, ruling = minimizer.results(), minimizer.ruling
    before = read_text(job.read.path)
    head = header(before).end
    # The body has blank lines where the header stood.
    after = before[:head] + minimizer.body[before.count("\n", 0, head) :]
    name = str(job.read.path)
    diff = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    old, new = (quality.known(text) if quality else {} for text in (minimizer.original, minimizer.body))
    calls = models.calls if models else {}
    return MinimizeReport(
        path=name,
        profile=job.profile.name,
        outcome=ruling.outcome if ruling else "undecided",
        why=ruling.why if ruling else "the gate was not asked yet",
        interrupted=False,
        theorems=tuple(theorem_model(each, job.profile, old, new, calls.get(each.name, ())) for each in results),
        at_k=at_ks(results),
        refused=tuple(minimizer.refused),
        diff="".join(diff),
        text=after,
        written=None,
        receipt=ruling.receipt if ruling else None,
        cache=None,
        cost=CostModel.of(models.ledger.spent if models else Cost()),
        seconds=0.0,
    )
