"""What the tools give back: models for programs, whose schemas clients are shown, each with a short text for people."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.check.receipt import Outcome, ReasonModel, Receipt, Rung
from proofagent.proof.state import OpenGoal

Stepped = Literal["goals", "proved", "closed", "error", "timed-out"]
Failed = Literal["", "tactics", "tactic"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Output(_Model):
    """What a tool found. `brief` is all of it that a reader needs to go on."""

    @abstractmethod
    def brief(self) -> str: ...


class ReceiptSummary(_Model):
    """What the gate checked; `check` gives the whole receipt."""

    outcome: Outcome
    rung: Rung
    """How far the check went: compiled, replayed in a clean kernel, compared with the challenge, judged by others."""

    lean: str
    """Version and engine."""

    targets: tuple[str, ...]
    """The theorems that were to be proved."""

    axioms: tuple[str, ...]
    """Axioms that they reach through new declarations; none is usual."""

    challenge_sha256: str
    solution_sha256: str
    assumed: tuple[str, ...]
    seconds: float

    @classmethod
    def of(cls, receipt: Receipt | None) -> "ReceiptSummary | None":
        """None of none."""
        return (
            None
            if receipt is None
            else cls(
                outcome=receipt.outcome,
                rung=receipt.rung,
                lean=_lean(receipt),
                targets=receipt.targets,
                axioms=receipt.axioms,
                challenge_sha256=receipt.challenge_sha256,
                solution_sha256=receipt.solution_sha256,
                assumed=receipt.assumed,
                seconds=receipt.seconds.whole,
            )
        )

    def brief(self) -> str:
        head = f"{self.outcome} by the gate: Lean {self.lean}, {self.seconds:.2f} s"
        return f"{head}; axioms: {_listed(self.axioms)}" if self.outcome == "accepted" else head


class HypothesisModel(_Model):
    name: str
    """It ends in ✝ where no tactic can name it."""

    type: str
    value: str | None
    """Of a `let` variable."""


class GoalModel(_Model):
    """An open goal."""

    case: str
    hypotheses: tuple[HypothesisModel, ...]
    target: str
    text: str
    """All of it, as Lean prints it."""

    @classmethod
    def of(cls, goal: OpenGoal) -> "GoalModel":
        hypotheses = tuple(HypothesisModel(name=h.name, type=h.type, value=h.value) for h in goal.hypotheses)
        return cls(case=goal.case, hypotheses=hypotheses, target=goal.target, text=goal.text)


class CheckOutput(Output):
    outcome: Outcome
    """Undecided: nothing is known of the solution, neither that it is right nor that it is wrong."""

    reasons: tuple[ReasonModel, ...]
    """Why it is rejected."""

    why: str
    """What kept it undecided."""

    receipt: Receipt

    def brief(self) -> str:
        head = f"{self.outcome}: Lean {_lean(self.receipt)}, {self.receipt.seconds.whole:.2f} s"
        lines = [head, *filter(None, [self.why]), *map(_reason, self.reasons)]
        if self.outcome == "accepted":
            lines.append(f"proved: {', '.join(self.receipt.targets)}")
            lines.append(f"axioms: {_listed(self.receipt.axioms)}")
        return "\n".join(lines)


class PartialModel(_Model):
    """How far a search came. Nothing of it was checked by the gate."""

    script: str
    """Tactics that Lean took, with `sorry` for what is left."""

    goals: tuple[GoalModel, ...]
    """What is left, in the order of these `sorry`s."""


class ProvedModel(_Model):
    """What became of one `sorry`."""

    name: str
    outcome: Literal["proved", "refuted", "partial", "unproved", "undecided", "error", "untried"]
    """Partial: a proof was found, but the declaration has another `sorry`, without which the gate accepts nothing.
    Untried: there was no time left."""

    statement: str
    proof: str | None
    """Text for the place of the `sorry`; null unless the gate accepted it."""

    refutation: str
    """Where it was refuted: a theorem that says so, accepted by the gate."""

    why: str
    """Why it is not proved."""

    notes: tuple[str, ...]
    """What may surprise the author of the statement."""

    seconds: float
    candidates: int
    """Tactics that were tried."""

    model_calls: int
    receipt: ReceiptSummary | None
    partial: PartialModel | None
    """The best partial state, where there is no proof."""

    def brief(self) -> str:
        spent = f"{self.seconds:.1f} s, {self.candidates} candidates"
        lines = [f"{self.outcome} {self.name}  {spent}", *filter(None, [self.why]), *self.notes]
        if self.refutation:
            lines.append(self.refutation)
        if self.receipt:
            lines.append(self.receipt.brief())
        if self.partial:
            lines += ["furthest, not checked:", self.partial.script, *(goal.text for goal in self.partial.goals)]
        return "\n".join(lines)


class ProveOutput(Output):
    outcome: Literal["proved", "refuted", "unproved", "undecided"]
    """Proved: every `sorry` that was to be proved is, and the gate accepted it."""

    text: str | None
    """The whole Lean text with the accepted proofs in place; null where there is none."""

    goals: tuple[ProvedModel, ...]
    """One for each `sorry`, in the order of the text."""

    receipt: ReceiptSummary | None
    """Of the whole file, with all proofs in place; null for a single statement, whose receipt is its goal's."""

    why: str
    """Why the whole text is not accepted though its parts are."""

    seconds: float

    def brief(self) -> str:
        lines = [goal.brief() for goal in self.goals]
        if self.text is not None:
            lines.append(self.text.rstrip())
        if self.receipt is not None:
            lines.append(f"the whole text: {self.receipt.brief()}")
        return "\n".join([f"{self.outcome}, {self.seconds:.1f} s", *filter(None, [self.why]), *lines])


class StepOutput(Output):
    outcome: Stepped
    """Goals: the tactic worked, and goals are left. Proved: none is left, and the gate accepted the whole proof.
    Closed: none is left here, but nothing is proved; `why` says why. Error: Lean refused, see `error`."""

    goals: tuple[GoalModel, ...]
    """What is left, the next goal first; where the tactic failed, what was there before it."""

    error: str
    """Lean's message."""

    failed: Failed
    """Whether an earlier one of the tactics failed, or the one that was to be run."""

    suggestions: tuple[str, ...]
    """Tactics that Lean proposes in place of this one ("Try this")."""

    why: str
    text: str | None
    """The whole Lean text with the proof in place; null unless it is proved."""

    receipt: ReceiptSummary | None

    def brief(self) -> str:
        lines = [self.outcome + (": the tactics before it fail already" if self.failed == "tactics" else "")]
        lines += [*filter(None, [self.error, self.why]), *(f"\n{goal.text}" for goal in self.goals)]
        lines += [f"Try this: {suggestion}" for suggestion in self.suggestions]
        if self.text is not None:
            lines.append(self.text.rstrip())
        if self.receipt is not None:
            lines.append(self.receipt.brief())
        return "\n".join(lines)


class QualityModel(_Model):
    """Every metric of one proof; null is what is not known."""

    theorem: str
    metrics: dict[str, float | None]
    """By name; smaller is better. docs/metrics.md says what each means and how it is fooled."""

    tactics: dict[str, int]
    """How often each tactic is used."""

    survives: dict[str, bool]
    """Small changes of what is around the proof, and whether it still goes through."""


class ScoreOutput(Output):
    outcome: Outcome
    """Of the gate; what it does not accept is not measured."""

    reasons: tuple[ReasonModel, ...]
    why: str
    qualities: tuple[QualityModel, ...]
    receipt: ReceiptSummary | None

    def brief(self) -> str:
        lines = [
            self.receipt.brief() if self.receipt else self.outcome,
            *filter(None, [self.why]),
            *map(_reason, self.reasons),
        ]
        for each in self.qualities:
            metrics = ", ".join(f"{name} {_number(value)}" for name, value in each.metrics.items())
            lines.append(f"{each.theorem}: {metrics}")
            lines += [f"breaks with: {change}" for change, ok in each.survives.items() if not ok]
        return "\n".join(lines)


class ShortenedModel(_Model):
    """One theorem: its proof's length in Lean tokens at first and now."""

    name: str
    before: int
    after: int
    tried: int
    seconds: float


class MinimizeOutput(Output):
    outcome: Outcome
    """Of the gate, about `text`. Where it does not accept the proofs as they are, nothing is changed."""

    why: str
    profile: str
    text: str
    """The whole text with its shorter proofs, at worst as it was."""

    diff: str
    theorems: tuple[ShortenedModel, ...]
    receipt: ReceiptSummary | None
    seconds: float

    def brief(self) -> str:
        head = self.receipt.brief() if self.receipt else self.outcome
        if self.outcome != "accepted":
            return f"{head}\nthe proofs are {self.outcome} as they are, nothing was changed: {self.why}"
        lines = [f"{each.name}: {each.before} -> {each.after} tokens, {each.tried} tried" for each in self.theorems]
        return "\n".join([head, *lines, self.diff or "nothing got shorter"])


def _listed(axioms: Sequence[str]) -> str:
    return ", ".join(axioms) or "none beyond the library"


def _lean(receipt: Receipt) -> str:
    return f"{receipt.lean_version or '?'} ({receipt.engine or 'no engine'})"


def _reason(reason: ReasonModel) -> str:
    place = f"{reason.line}:{reason.column}: " if reason.line is not None else ""
    return f"{place}{reason.code}: {reason.text}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"
