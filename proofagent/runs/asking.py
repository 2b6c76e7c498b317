"""From flags and settings to the team that works on goals: which models, in which ways, within which limit."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from proofagent.config.models import ModelSpec, resolve
from proofagent.config.settings import Via, load_settings
from proofagent.errors import ConfigError
from proofagent.goals.goal import Goal
from proofagent.lean.pool import Pool
from proofagent.llm.ledger import Ledger, Limit
from proofagent.propose.asker import Asked, Panel
from proofagent.propose.base import no_lemmas
from proofagent.propose.memory.memory import Memory
from proofagent.propose.prompts import Prompts, load_prompts
from proofagent.propose.team import ALL_WAYS, DEFAULT_REPAIRS, ModelTeam, TacticsTeam, Team
from proofagent.runs.lemmas import LibraryLemmas

if TYPE_CHECKING:
    from proofagent.llm.models import Models

T = TypeVar("T")
DEFAULT_LEMMAS = 16
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Flags:
    """What the caller says, on the command line as a rule; None where nothing is said."""

    models: Sequence[str] = ()
    base_url: str | None = None
    key_env: str | None = None
    via: Sequence[Via] = ()
    samples: int | None = None
    temperature: float | None = None
    repairs: int | None = None
    tokens: int | None = None
    dollars: Decimal | None = None
    prompts: Path | None = None
    portfolio: bool | None = None
    cascade: bool | None = None
    judge: bool | None = None
    refute: bool | None = None
    lemmas: int | None = None
    memory: Path | None = None
    record: Path | None = None
    replay: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """How goals are worked on. Without `specs` it is the portfolio alone."""

    specs: tuple[ModelSpec, ...]
    prompts: Prompts
    via: Sequence[Via]
    repairs: int
    limit: Limit
    portfolio: bool
    cascade: bool
    """Whether models are asked one after the other, in their order, where what is cheaper has failed."""

    judge: bool
    """Whether models are asked too what goals are worth."""

    refute: bool
    lemmas: int
    """Lemmas of the library for each goal, at most, in prompts and in tactics."""

    memory: Path | None
    record: Path | None
    replay: Sequence[Path]

    @property
    def ahead(self) -> int:
        """So many goals may be worked on beside those that have an engine: Lean need not wait while a model thinks.

        None where the requests are to be the same in another run, which what comes first would change.
        """
        return _AHEAD if self.specs and not (self.record or self.replay) else 0


def plan_of(flags: Flags, config: Path | None, profile_name: str | None) -> Asking:
    """What `flags` say, or else the profile of the settings, or else the defaults.

    Raises `ConfigError` where a model, a price or a prompt is not to be had, or flags do not go together.
    """
    settings = load_settings(config)
    profile = settings.chosen(profile_name)
    names = flags.models or profile.models
    if not names:
        _demand_models(flags)
    dollars = profile.dollars if flags.dollars is None else flags.dollars
    if dollars is not None and not (dollars.is_finite() and dollars >= 0):
        raise ConfigError(f"--dollars is an amount of 0 or more, not {dollars}")
    specs = resolve(
        names,
        settings,
        base_url=flags.base_url,
        key_env=flags.key_env,
        samples=_either(flags.samples, profile.samples),
        temperature=_either(flags.temperature, profile.temperature),
    )
    if dollars is not None and (unknown := [spec.id for spec in specs if spec.price is None]):
        raise ConfigError(
            f"no price of {unknown[0]} is known, so no limit in dollars can hold; add a table "
            f'[prices."{unknown[0]}"] with input and output (dollars a million tokens) to the settings, or use --tokens'
        )
    portfolio = _either(flags.portfolio, profile.portfolio)
    if portfolio is False and not specs:
        raise ConfigError("without the portfolio and without a --model there is nothing to try")
    refute = _either(flags.refute, profile.refute)
    repairs = _either(flags.repairs, profile.repairs)
    lemmas = _either(flags.lemmas, profile.lemmas)
    return Asking(
        specs=specs,
        prompts=load_prompts(flags.prompts or profile.prompts),
        via=flags.via or profile.via or ALL_WAYS,
        repairs=DEFAULT_REPAIRS if repairs is None else repairs,
        limit=Limit(_either(flags.tokens, profile.tokens), dollars),
        portfolio=portfolio is not False,
        cascade=bool(_either(flags.cascade, profile.cascade)),
        judge=bool(_either(flags.judge, profile.judge)),
        refute=refute is not False,
        lemmas=DEFAULT_LEMMAS if lemmas is None else lemmas,
        memory=flags.memory,
        record=flags.record,
        replay=flags.replay,
    )


@dataclass(slots=True)
class Desk:
    """An open team, and what it has spent."""

    team: Callable[[Goal], Team]
    ledger: Ledger = field(default_factory=Ledger)
    memory: Memory | None = None


def open_plan(plan: Asking, specs: Sequence[ModelSpec]) -> AbstractAsyncContextManager["Models"]:
    """Open `specs` within the limit of `plan`, recorded or replayed as it says."""
    # What speaks HTTP takes a fifth of a second to load, which every other command can do without.
    from proofagent.llm.models import open_models  # noqa: PLC0415

    return open_models(specs, limit=plan.limit, record=plan.record, replay=plan.replay)


@asynccontextmanager
async def open_desk(
    plan: Asking, pool: Pool, heard: Callable[[Goal, Asked], None] = lambda _goal, _asked: None
) -> AsyncIterator[Desk]:
    """Open the models of `plan`, if it has any, and its memory; `heard` is told of every call, `pool` prints lemmas."""
    memory = Memory.open(plan.memory) if plan.memory else None
    lemmas = LibraryLemmas(pool, plan.lemmas) if plan.lemmas else no_lemmas
    if not plan.specs:
        yield Desk(TacticsTeam(lemmas, memory, plan.refute), memory=memory)
        return
    async with open_plan(plan, plan.specs) as models:
        team = ModelTeam(
            Panel(models.clients),
            plan.prompts,
            via=plan.via,
            repairs=plan.repairs,
            portfolio=plan.portfolio,
            judge=plan.judge,
            stages=[Panel([client]) for client in models.clients] if plan.cascade else (),
            refute=plan.refute,
            lemmas=lemmas,
            memory=memory,
            heard=heard,
        )
        yield Desk(team, models.ledger, memory)


def _demand_models(flags: Flags) -> None:
    needs = {
        "--via": flags.via,
        "--cascade": flags.cascade,
        "--judge": flags.judge,
        "--record": flags.record,
        "--replay": flags.replay,
    }
    if given := next((name for name, value in needs.items() if value), None):
        raise ConfigError(f"{given} goes with a model: add --model provider/name, for example openai/gpt-4o-mini")


def _either(first: T | None, second: T | None) -> T | None:
    return second if first is None else first
