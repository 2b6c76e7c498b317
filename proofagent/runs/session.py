"""Proving everything that a source holds: a statement, the holes of a Lean file, the lines of a goal file."""

import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field

import anyio

from proofagent.check.gate import Claim, check
from proofagent.check.receipt import Receipt
from proofagent.errors import EngineError, EngineRefused, GoalError, first_of
from proofagent.goals.commands import header
from proofagent.goals.files import NAMELESS, LeanFile, place
from proofagent.goals.goal import Goal, HolePosition
from proofagent.goals.loaders import BadLine
from proofagent.lean.pool import Pool
from proofagent.llm.chat import Cost
from proofagent.propose.memory.memory import Memory
from proofagent.propose.team import Team
from proofagent.runs.attempt import Attempt, attempt
from proofagent.runs.calls import CostModel
from proofagent.runs.results import BadLineModel, FileModel, GoalResult, ProveReport, result_of
from proofagent.runs.text import filled
from proofagent.score.choice import Profile
from proofagent.search.settings import Observer, Settings
from proofagent.types import Budget

_FILE_CHECK_SECONDS = 120.0


@dataclass(slots=True)
class Listener:
    """What happens meanwhile, for whoever shows it. All may be called often and must return at once."""

    began: Callable[[Goal], None] = lambda _goal: None
    tried: Observer = lambda _graph, _tried: None
    against: Observer = lambda _graph, _tried: None
    """As `tried`, of the search for a refutation."""

    ended: Callable[[GoalResult, Attempt | None], None] = lambda _result, _attempt: None


@dataclass(slots=True)
class Session:
    """Proves goals one after another and keeps what was found, also when it is interrupted."""

    pool: Pool
    team: Callable[[Goal], Team]
    budget: Budget
    settings: Settings = field(default_factory=Settings)
    keep: int = 1
    """So many different proofs of each goal are looked for."""

    measure: bool = False
    """Whether a proof is measured where one is enough."""

    profile: Profile | None = None
    """Says which of them is the best."""

    memory: Memory | None = None
    """Keeps the steps that proved something."""

    spent: Callable[[], Cost] = Cost
    """What models have cost so far."""

    listener: Listener = field(default_factory=Listener)
    results: list[GoalResult] = field(default_factory=list)
    bad_lines: list[BadLineModel] = field(default_factory=list)
    proofs: dict[HolePosition, str] = field(default_factory=dict)
    """Text for the holes of the file, verified or waiting for a later hole of the same declaration."""

    proved: set[tuple[str, str, int]] = field(default_factory=set)
    """Declarations that were accepted, by file, name and place."""

    began: float = field(default_factory=time.monotonic)
    tried: list[Goal] = field(default_factory=list)
    """The goals of `results`, in the same order."""

    async def run(self, goals: Iterable[Goal | BadLine]) -> None:
        """Attempt every goal; a line that is none is noted, a goal that Lean refuses is an error of its own."""
        for goal in goals:
            if isinstance(goal, BadLine):
                self.bad_lines.append(BadLineModel(line=goal.line, message=goal.message))
            else:
                await self._one(goal)

    async def finish(self, file: LeanFile) -> tuple[str, Receipt | None, str]:
        """The file's text with its verified proofs in place, checked as a whole in a fresh process.

        Returns the text, the receipt, and why there is no receipt.
        """
        text = place(file, self.verified(file))
        accepted = sorted({name for path, name, _ in self.proved if path == str(file.path)})
        if not accepted:
            return text, None, ""
        head = header(file.text)
        new_head = header(text)
        targets = tuple(name for name in accepted if name != NAMELESS)
        if not targets:
            return text, None, ""
        imports = tuple(dict.fromkeys(("Init", *head.imports)))
        claim = Claim(imports, file.text[head.end :], text[new_head.end :], targets)
        verdict = await check(claim, self.pool, deadline=_FILE_CHECK_SECONDS)
        why = verdict.why or "; ".join(reason.text for reason in verdict.reasons)
        return (text, verdict.receipt, "") if verdict.accepted else (text, None, why)

    def verified(self, file: LeanFile) -> dict[HolePosition, str]:
        """Proofs of declarations of `file` that were accepted whole."""
        return self._proofs_of({each for each in self.proved if each[0] == str(file.path)})

    def _proofs_of(self, declarations: Container[tuple[str, str, int]]) -> dict[HolePosition, str]:
        """What was found for the holes of `declarations`."""
        holes = [goal.position for goal in self.tried if declaration(goal) in declarations]
        return {hole: self.proofs[hole] for hole in holes if hole in self.proofs}

    def report(
        self,
        *,
        output: str | None = None,
        receipt: Receipt | None = None,
        file_why: str = "",
        files: Sequence[FileModel] = (),
        interrupted: bool = False,
        trace: str | None = None,
    ) -> ProveReport:
        """What was done so far."""
        return ProveReport(
            results=tuple(self.results),
            bad_lines=tuple(self.bad_lines),
            output=output,
            file_receipt=receipt,
            file_why=file_why,
            files=tuple(files),
            interrupted=interrupted,
            seconds=round(time.monotonic() - self.began, 3),
            cost=CostModel.of(self.spent()),
            trace=trace,
        )

    async def _one(self, goal: Goal) -> None:
        self.listener.began(goal)
        if self.memory is not None:
            self.memory.refresh()  # other processes may have proved something meanwhile
        whole = filled(goal, self._proofs_of({*self.proved, declaration(goal)}))
        made: Attempt | None = None
        so_far: list[Attempt] = []
        before = self.spent()
        try:
            made = await attempt(
                whole,
                self.pool,
                self.team(whole),
                self.budget,
                stated=goal,
                settings=self.settings,
                keep=self.keep,
                measure=self.measure,
                profile=self.profile,
                observe=self.listener.tried,
                against=self.listener.against,
                proved=so_far.append,
            )
            if self.memory is not None:
                self.memory.remember(made.graph, whole)
                self.memory.save()
            result = result_of(made)
        except anyio.get_cancelled_exc_class():
            if so_far:
                self._note(goal, so_far[-1], result_of(so_far[-1]), before)
            raise
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one goal, the others' results are kept
            made = None
            bad = isinstance(error, GoalError | EngineRefused)
            result = GoalResult(
                name=goal.name,
                origin=goal.origin,
                statement=goal.statement,
                digest=goal.digest,
                outcome="error" if bad else "undecided",
                end="",
                why=_why(error, goal, embedded=self.pool.embedded),
            )
        self._note(goal, made, result, before)

    def _note(self, goal: Goal, made: Attempt | None, result: GoalResult, before: Cost) -> None:
        """Keep what came of one goal, whose models had cost `before` until it began."""
        result = result.model_copy(update={"cost": CostModel.of(self.spent() - before)})
        if made is not None and made.proof is not None and goal.position is not None:
            self.proofs[goal.position] = made.proof
        if result.outcome == "proved":
            self.proved.add(declaration(goal))
            self.results[:] = [
                self._completed(earlier, at) if declaration(at) == declaration(goal) else earlier
                for earlier, at in zip(self.results, self.tried, strict=True)
            ]
        self.results.append(result)
        self.tried.append(goal)
        self.listener.ended(result, made)

    def _completed(self, earlier: GoalResult, goal: Goal) -> GoalResult:
        """The result of an earlier hole, `goal`, of a declaration that is proved with its last hole."""
        if earlier.outcome != "partial" or goal.position is None:
            return earlier
        return earlier.model_copy(update={"outcome": "proved", "proof": self.proofs[goal.position]})


def _why(error: Exception, goal: Goal, *, embedded: bool) -> str:
    """What is wrong with `goal`, in one line where it is not Lean's own message about the statement."""
    if isinstance(error, GoalError):
        return str(error)
    if not isinstance(error, EngineError):
        bug = first_of(error)
        return f"{goal.origin or goal.name}: proofagent has a bug, please report it: {type(bug).__name__}: {bug}"
    said = str(error).partition("\n")[0]
    where = goal.origin or goal.name
    if not isinstance(error, EngineRefused):
        return "\n".join(filter(None, (f"{where}: {said}", error.detail)))
    if "module" not in said and ".olean" not in said:
        return f"{where}: {said}"
    if not embedded:
        return f"{where}: {said}; is it built? (`lake build`, or --build)"
    has = "the embedded Lean has Init, Std, Lean and Lake only"
    return f"{where}: {said}; {has}, other imports need a native Lean (--project DIR)"


def declaration(goal: Goal) -> tuple[str, str, int]:
    """What tells two declarations apart: file, name, and where the statement ends (two `example`s)."""
    if goal.position is None:
        return "", goal.name, 0
    return goal.position.path, goal.name, goal.position.start - len(goal.lead)
