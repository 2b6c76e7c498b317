"""Who works on a goal: the proposers of its search, those of its refutation, and the models that they ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from proofagent.config.settings import Via
from proofagent.goals.goal import Goal
from proofagent.propose.asker import Asked, Asker, Panel
from proofagent.propose.base import Lemmas, Proposer, no_lemmas
from proofagent.propose.cascade import Cascade
from proofagent.propose.judge import ModelJudge
from proofagent.propose.llm import SketchProposer, StepProposer, WholeProposer
from proofagent.propose.memory.memory import Memory, MemoryProposer
from proofagent.propose.mix import Mix, Share
from proofagent.propose.negation import Counterexamples
from proofagent.propose.portfolio import Portfolio
from proofagent.propose.prompts import Prompts
from proofagent.propose.retrieval import Retrieval

ALL_WAYS = tuple(Via)
DEFAULT_REPAIRS = 2


@dataclass(frozen=True, slots=True)
class Team:
    """Proposers for one goal. Without a `refuter` nobody tries to refute it; without `askers` no model is asked."""

    proposer: Proposer
    refuter: Proposer | None = None
    askers: Sequence[Asker] = ()
    judge: ModelJudge | None = None
    """Says what goals are worth."""

    @property
    def calls(self) -> list[Asked]:
        """Every call of a model that was made for the goal."""
        return list(chain.from_iterable(asker.calls for asker in self.askers))


def tactics_team(_goal: Goal) -> Team:
    """The portfolio of tactics, and small counterexamples: what works without a model and without a library."""
    return TacticsTeam()(_goal)


@dataclass(frozen=True, slots=True)
class TacticsTeam:
    """Makes teams that need no model: the portfolio, `lemmas`, what is in `memory`, and small counterexamples."""

    lemmas: Lemmas = no_lemmas
    memory: Memory | None = None
    refute: bool = True

    def __call__(self, _goal: Goal) -> Team:
        return Team(Mix(_tactics(self.lemmas, self.memory)), _refuter(None) if self.refute else None)


@dataclass(frozen=True, slots=True)
class ModelTeam:
    """Makes teams in which models are asked in the ways `via`, and the portfolio as well unless it is left out.

    With `stages` that is a cascade: what needs no model first, then the memory, then the models of each stage.
    """

    panel: Panel
    prompts: Prompts
    via: Sequence[Via] = ALL_WAYS
    repairs: int = DEFAULT_REPAIRS
    portfolio: bool = True
    refute: bool = True
    lemmas: Lemmas = no_lemmas
    memory: Memory | None = None
    judge: bool = False
    """Whether the models are asked too what goals are worth."""

    stages: Sequence[Panel] = ()
    """The models of `panel` in the order in which they are asked, the cheap ones first; none for all at once."""

    heard: Callable[[Goal, Asked], None] = field(default=lambda _goal, _asked: None)
    """Hears of each call when it ended."""

    def __call__(self, goal: Goal) -> Team:
        def heard(asked: Asked) -> None:
            self.heard(goal, asked)

        askers = [Asker(panel, "c" + place * "c", heard) for place, panel in enumerate(self.stages or (self.panel,))]
        proposer = self._cascade(askers) if self.stages else Mix([*self._cheap(self.memory), *self._asking(askers[0])])
        judging = Asker(self.panel, "j", heard)
        judge = ModelJudge(judging, self.prompts) if self.judge else None
        if not self.refute:
            return Team(proposer, None, (*askers, judging), judge)
        against = Asker(self.panel, "r", heard)
        whole = WholeProposer(against, self.prompts, repairs=min(self.repairs, 1), refutes=goal)
        return Team(proposer, _refuter(whole), (*askers, judging, against), judge)

    def _cheap(self, memory: Memory | None) -> list[Share]:
        return _tactics(self.lemmas, memory) if self.portfolio else []

    def _asking(self, asker: Asker) -> list[Share]:
        ways: dict[Via, Callable[[], Proposer]] = {
            Via.WHOLE: lambda: WholeProposer(asker, self.prompts, repairs=self.repairs, lemmas=self.lemmas),
            Via.SKETCH: lambda: SketchProposer(asker, self.prompts, lemmas=self.lemmas),
            Via.STEP: lambda: StepProposer(asker, self.prompts, lemmas=self.lemmas),
        }
        return [Share(make()) for way, make in ways.items() if way in self.via]

    def _cascade(self, askers: Sequence[Asker]) -> Cascade:
        cheap = [Mix(shares)] if (shares := self._cheap(None)) else []
        known = [MemoryProposer(self.memory)] if self.memory is not None else []
        return Cascade([*cheap, *known, *(Mix(self._asking(asker)) for asker in askers)])


def _tactics(lemmas: Lemmas, memory: Memory | None) -> list[Share]:
    portfolio = Portfolio()
    shares = [Share(portfolio)]
    if lemmas is not no_lemmas:
        shares.append(Share(Retrieval(lemmas)))
    if memory is not None:
        shares.append(Share(MemoryProposer(memory, [portfolio])))
    return shares


def _refuter(model: Proposer | None) -> Proposer:
    cheap: list[Proposer] = [Counterexamples(), Portfolio()]
    return Mix([Share(proposer) for proposer in (*cheap, *([model] if model else []))])
