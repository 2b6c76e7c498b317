"""What `--json` prints: the same models that the library returns."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.check.receipt import ReasonModel, Receipt
from proofagent.goals.goal import Goal
from proofagent.llm.chat import Cost
from proofagent.runs.attempt import Attempt, Outcome
from proofagent.runs.calls import CallModel, CostModel, call_model
from proofagent.runs.kept import differences

_MOST_DEPTH = 60


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepModel(_Model):
    """A step of the proof tree: the tactic, who proposed it, and the goals that it leaves.

    Steps more than 60 levels down are in the proof alone: readers of JSON take no deeper nesting.
    """

    goal: str
    tactic: str
    origin: str
    children: tuple["StepModel", ...]


class GoalResult(_Model):
    """What became of one goal.

    `proof` is None unless `outcome` is "proved". Where it is "refuted", `refutation` is the theorem that says so, and
    `tree` and `receipt` are of its proof.
    """

    name: str
    origin: str
    statement: str
    digest: str
    outcome: Outcome | Literal["error"]
    end: str
    """How the search ended: complete, exhausted, out-of-time, out-of-candidates; empty where it never began."""
    proof: str | None = None
    others: tuple[str, ...] = ()
    """Further proofs, each accepted as well and of another kind, the better first; none is beaten in everything."""
    qualities: tuple[dict[str, float], ...] = ()
    """Where there are `others`: of `proof` and each of them, in this order, the metrics in which they differ."""
    quality: dict[str, float] = {}
    """What was measured of `proof`, by metric, where that was asked for."""
    tree: StepModel | None = None
    receipt: Receipt | None = None
    reasons: tuple[ReasonModel, ...] = ()
    why: str = ""
    notes: tuple[str, ...] = ()
    """What may surprise the author of the statement."""
    seconds: float = 0.0
    candidates: int = 0
    lean_seconds: float = 0.0
    goals_seen: int = 0
    timeouts: int = 0
    refused: tuple[str, ...] = ()
    """Why the gate did not accept each script that the search called complete."""

    refutation: str = ""
    calls: tuple[CallModel, ...] = ()
    """Every call of a model for this goal, with its prompt, its answers, and what Lean said to them."""

    cost: CostModel = CostModel()
    """Of these calls together, and of those that were cut off with the search."""


class BadLineModel(_Model):
    """A line of a goal file that is no goal; `line` is 0 for a file of a folder, which the message names."""

    line: int
    message: str


class FileModel(_Model):
    """What came of a Lean file whose declarations were proved where they stand."""

    path: str
    output: str | None
    """Where it was written, if it was."""

    difference: str
    """From the file as it was to the file with its proofs, as a unified diff."""

    receipt: Receipt | None = None
    """Of the whole file with all its proofs, checked once more."""

    why: str = ""
    """Why the file as a whole is not accepted, or could not be written."""


class ProveReport(_Model):
    """Everything that one `prove` did."""

    schema_version: Literal[1] = 1
    results: tuple[GoalResult, ...]
    bad_lines: tuple[BadLineModel, ...] = ()
    output: str | None = None
    """The file written, if any."""
    file_receipt: Receipt | None = None
    """Of the whole file with all its proofs, checked once more."""
    file_why: str = ""
    files: tuple[FileModel, ...] = ()
    """Files that were worked on in place, those in which something was proved."""

    interrupted: bool = False
    seconds: float = 0.0
    cost: CostModel = CostModel()
    """What all models have cost, calls that were interrupted included."""

    trace: str | None = None
    """The file with the trace, if one was written."""

    @property
    def disagreement(self) -> str:
        """How often the gate did not accept what the search called complete, and why, for people."""
        refused = [(result.name, why) for result in self.results for why in result.refused]
        complete = len(refused) + sum(result.outcome == "proved" for result in self.results)
        head = f"the gate accepted {complete - len(refused)} of {complete} scripts that looked complete"
        return "\n".join([head, *(f"  {name}: {why}" for name, why in refused)])

    @property
    def exit_code(self) -> int:
        """0 all proved, 1 something unproved or refuted, 2 something undecided, 64 bad input; the worst one counts."""
        outcomes = {result.outcome for result in self.results}
        if self.interrupted or "undecided" in outcomes or self.file_why or any(file.why for file in self.files):
            return 2
        if self.bad_lines or "error" in outcomes or not self.results:
            return 64
        return 0 if outcomes == {"proved"} else 1


def undecided(goal: Goal, why: str) -> GoalResult:
    """That nothing is known of a goal, and why."""
    name, origin, statement = goal.name, goal.origin, goal.statement
    return GoalResult(
        name=name, origin=origin, statement=statement, digest=goal.digest, outcome="undecided", end="", why=why
    )


def result_of(attempt: Attempt) -> GoalResult:
    """The model of an attempt."""
    verdict = attempt.verdict
    proved = attempt.outcome == "proved"
    return GoalResult(
        name=attempt.goal.name,
        origin=attempt.goal.origin,
        statement=attempt.goal.statement,
        digest=attempt.goal.digest,
        outcome=attempt.outcome,
        end=attempt.end,
        proof=attempt.proof if proved else None,
        others=tuple(proof.text for proof in attempt.kept[1:]) if proved else (),
        qualities=tuple(map(dict, differences(attempt.kept))) if proved and len(attempt.kept) > 1 else (),
        quality=_measured(attempt) if proved else {},
        tree=_tree(attempt, 0) if attempt.script is not None else None,
        receipt=verdict.receipt if verdict and verdict.accepted else None,
        reasons=verdict.receipt.reasons if verdict and verdict.receipt else (),
        why=verdict.why if verdict else "",
        notes=attempt.notes,
        seconds=round(attempt.seconds, 3),
        candidates=attempt.spent.candidates,
        lean_seconds=round(attempt.spent.lean_seconds, 3),
        goals_seen=len(attempt.graph.goals),
        timeouts=attempt.spent.timeouts,
        refused=attempt.refused,
        refutation=attempt.refutation,
        calls=tuple(call_model(asked, attempt.answers.get(asked.id, ())) for asked in attempt.calls),
        cost=CostModel.of(sum((asked.call.cost for asked in attempt.calls), Cost())),
    )


def _measured(attempt: Attempt) -> dict[str, float]:
    vector = attempt.kept[0].vector if attempt.kept else {}
    return {name: value for name, value in vector.items() if value is not None}


def _tree(attempt: Attempt, goal: int, depth: int = 0) -> StepModel:
    """The proof below `goal`, along the steps that the script takes."""
    step = attempt.graph.best_step(goal)
    return StepModel(
        goal=attempt.graph.goals[goal].state.main.target,
        tactic=step.tactic,
        origin=step.origin,
        children=tuple(_tree(attempt, child, depth + 1) for child in step.children) if depth < _MOST_DEPTH else (),
    )
