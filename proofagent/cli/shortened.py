"""What `proofagent minimize` reports, and how it is shown."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rich.table import Table
from rich.text import Text

from proofagent.check.receipt import Outcome, Receipt
from proofagent.cli.console import complain, err, out, printable
from proofagent.cli.pictures import cost_line
from proofagent.minimize.driver import Shortened, at_k
from proofagent.propose.asker import Asked
from proofagent.runs.calls import CallModel, CostModel, call_model
from proofagent.score.choice import Profile, Vector, choose

_KS = (1, 2, 4, 8, 16)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MetricModel(_Model):
    """A metric of a proof at first and now; null is what is not known."""

    before: float | None
    after: float | None


class TheoremModel(_Model):
    """One theorem: its proof's length in Lean tokens at first and now."""

    name: str
    before: int
    after: int
    reduction: float
    variants: tuple[int, ...]
    tried: int
    seconds: float
    metrics: dict[str, MetricModel]
    """Every metric of the artefacts; empty where nothing was measured, since nothing was kept."""

    better: bool
    """Whether the profile takes the new proof."""

    why: str
    """What decided that."""

    calls: tuple[CallModel, ...]
    """Every call of a model for this theorem, with its prompt and its answers."""


class AtK(_Model):
    """min@k and red@k over the theorems."""

    k: int
    min: float
    red: float


class CacheModel(_Model):
    """The file with the answers of earlier runs, and how many of them were used."""

    path: str
    hits: int


class MinimizeReport(_Model):
    """What `minimize --json` prints."""

    schema_version: Literal[1] = 1
    path: str
    profile: str
    outcome: Outcome
    """Of the gate, about `text`."""
    why: str
    interrupted: bool
    theorems: tuple[TheoremModel, ...]
    at_k: tuple[AtK, ...]
    refused: tuple[str, ...]
    """Why the gate or the profile did not take what the warm engines took; it was taken back."""

    diff: str
    text: str
    written: str | None
    receipt: Receipt | None
    cache: CacheModel | None
    cost: CostModel
    """What all models have cost, calls that were interrupted included."""

    seconds: float


def theorem_model(
    each: Shortened, profile: Profile, old: Mapping[str, Vector], new: Mapping[str, Vector], calls: Sequence[Asked]
) -> TheoremModel:
    """The model of one theorem; `old` and `new` are what was measured of the original and of what is given back."""
    before, after = old.get(each.name, {}), new.get(each.name, {})
    choice = choose(profile, before, after) if before and after else None
    return TheoremModel(
        name=each.name,
        before=each.before,
        after=each.after,
        reduction=round(each.reduction, 4),
        variants=each.variants,
        tried=each.tried,
        seconds=each.seconds,
        metrics={name: MetricModel(before=before[name], after=after[name]) for name in before if name in after},
        better=choice is not None and choice.better > 0,
        why=choice.why if choice else "",
        calls=tuple(map(call_model, calls)),
    )


def at_ks(results: Sequence[Shortened]) -> tuple[AtK, ...]:
    """min@k and red@k for some k."""
    return tuple(AtK(k=k, min=least, red=red) for k in _KS for least, red in [at_k(results, k)])


def show(report: MinimizeReport, *, quiet: bool, asked: bool) -> None:
    """Print the diff and the table; what the gate says where it does not accept."""
    if report.outcome != "accepted":
        complain(f"the proofs are {report.outcome} as they are, nothing was changed: {report.why}")
        return
    if not quiet:
        for line in report.diff.splitlines():
            style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
            out.print(Text(printable(line), style))
    title = f"Lean tokens of the proofs, shortened for {report.profile}"
    table = Table("theorem", "before", "after", "cut", "tried", "seconds", "why it is better", title=title)
    for each in report.theorems:
        cells = (str(each.before), str(each.after), f"{each.reduction:.0%}", str(each.tried), f"{each.seconds:.1f}")
        table.add_row(Text(printable(each.name)), *cells, Text(printable(each.why) if each.better else "", "dim"))
    out.print(table)
    shown = ", ".join(f"min@{each.k} {each.min:.1f} red@{each.k} {each.red:.0%}" for each in report.at_k)
    out.print(Text(shown, "dim"))
    _remark(report, asked=asked)


def _remark(report: MinimizeReport, *, asked: bool) -> None:
    if asked:
        err.print(Text(cost_line(report.cost, sum(len(each.calls) for each in report.theorems)), "dim"))
    if report.interrupted:
        err.print("interrupted: the best so far, accepted by the gate")
    if report.written:
        err.print(Text(f"written: {report.written}", "dim"))
