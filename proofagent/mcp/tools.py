"""The tools `check`, `score` and `minimize`."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import anyio

from proofagent.check.gate import Claim
from proofagent.check.gate import check as ask_gate
from proofagent.errors import UsageError
from proofagent.goals.commands import header
from proofagent.goals.files import Source
from proofagent.goals.outline import outline
from proofagent.mcp.bench import Bench, Progress
from proofagent.mcp.inputs import CheckInput, MinimizeInput, ScoreInput
from proofagent.mcp.outputs import (
    CheckOutput,
    MinimizeOutput,
    QualityModel,
    ReceiptSummary,
    ScoreOutput,
    ShortenedModel,
)
from proofagent.mcp.texts import NAME, source_of
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.advice import SimpAdvice
from proofagent.minimize.driver import Minimizer, Shortened
from proofagent.minimize.edits import Place, challenge, places
from proofagent.minimize.measure import by_profile, is_blind, is_textual
from proofagent.minimize.quality import Quality
from proofagent.runs.inplace import difference
from proofagent.runs.scoring import scored, subjects_of
from proofagent.runs.task import Task, task_of
from proofagent.score.choice import Vector, profiles
from proofagent.score.metrics import histogram, vector
from proofagent.score.subject import Subject
from proofagent.search.suggestions import suggestions

_GATE_SECONDS = 120.0


async def check(bench: Bench, given: CheckInput, progress: Progress) -> CheckOutput:
    """Ask the gate. Raises `UsageError` where the challenge cannot be one: no module, no such theorem."""
    stated = await anyio.to_thread.run_sync(source_of, given.challenge, "challenge.lean")
    proved = await anyio.to_thread.run_sync(source_of, given.solution, "solution.lean")
    targets = tuple(dict.fromkeys(given.theorems)) or None
    await bench.demand(stated.imports, [given.challenge, given.solution])
    progress.start("asking the gate")
    claim = Claim(stated.imports, stated.body, proved.body, targets, proved.imports)
    verdict = await ask_gate(claim, bench.pool, deadline=given.seconds, judges=await bench.judges())
    if verdict.outcome == "undecided":
        await anyio.to_thread.run_sync(_demand_theorems, stated, given.theorems)
    receipt = verdict.receipt
    assert receipt is not None
    return CheckOutput(outcome=receipt.outcome, reasons=receipt.reasons, why=receipt.why, receipt=receipt)


def _demand_theorems(stated: Source, wanted: tuple[str, ...]) -> None:
    """Raise `UsageError` for a theorem that the challenge does not have.

    Only where the gate has decided nothing: what a macro declares is in no outline.
    """
    names = {part.name for part in outline(stated.body)}
    if missing := next((name for name in wanted if name not in names), None):
        raise UsageError(f"challenge.lean: there is no theorem `{missing}`")


async def score(bench: Bench, given: ScoreInput, progress: Progress) -> ScoreOutput:
    """Measure what the gate accepts. Raises `UsageError` where a theorem is not there, or none is."""

    def read() -> tuple[Source, Task]:
        source = source_of(given.text)
        return source, task_of([source], given.theorems)

    source, task = await anyio.to_thread.run_sync(read)
    await bench.demand(source.imports, [given.text])
    progress.start("asking the gate, and measuring")
    made = await scored(source, task, bench.pool, deadline=given.seconds)
    receipt = made.verdict.receipt
    assert receipt is not None
    return ScoreOutput(
        outcome=receipt.outcome,
        reasons=receipt.reasons,
        why=receipt.why,
        qualities=tuple(map(_quality, made.subjects)),
        receipt=ReceiptSummary.of(receipt),
    )


def _quality(subject: Subject) -> QualityModel:
    return QualityModel(
        theorem=subject.target,
        metrics=vector(subject),
        tactics=histogram(subject),
        survives=dict(subject.survives),
    )


async def minimize(bench: Bench, given: MinimizeInput, progress: Progress) -> MinimizeOutput:
    """Shorten proofs for as long as `given` says, and have the gate accept the result. Raises `UsageError`."""
    began = time.monotonic()
    source, indices, claim = await anyio.to_thread.run_sync(_job, given)
    await bench.demand(source.imports, [given.text])
    progress.start("asking the gate about the proofs as they are", given.seconds)
    profile = profiles()[given.profile]
    acceptor = LeanAcceptor(bench.pool, claim, judges=await bench.judges(), tidy=True)
    targets = claim.targets or ()

    async def measured(body: str) -> Mapping[str, Vector]:
        read = replace(source, body=body)
        found = await subjects_of(read, targets, bench.pool, deadline=_GATE_SECONDS, robust=False)
        return {each.target: vector(each) for each in found}

    def told(name: str, before: int, now: int, tried: int) -> None:
        progress.message = f"{name}: {before} -> {now} tokens, {tried} tried"

    minimizer = Minimizer(
        source.body,
        indices,
        acceptor,
        measure=by_profile(profile),
        blind=is_blind(profile),
        quality=None if is_textual(profile) else Quality(profile, targets, measured),
        advisers=[SimpAdvice(acceptor.messages, suggestions)],
        listener=told,
    )
    with anyio.move_on_after(given.seconds):
        await minimizer.run()
    progress.message = "asking the gate about the last edits"
    await minimizer.settle()
    return _minimized(given, minimizer, round(time.monotonic() - began, 3))


def _job(given: MinimizeInput) -> tuple[Source, tuple[int, ...], Claim]:
    """The text, the places of the theorems that are to be shortened, and what they claim."""
    source = source_of(given.text)
    found = places(source.body)
    if not found:
        raise UsageError(f"{NAME}: there is no theorem with a proof behind `:=`")
    chosen = [(i, place) for i, place in enumerate(found) if _is_meant(place, given.theorem)]
    if not chosen:
        raise UsageError(f"{NAME}: there is no theorem `{given.theorem}` with a proof behind `:=`")
    names = tuple(place.name for _, place in chosen)
    stated = challenge(source.body, [place for _, place in chosen])
    return source, tuple(i for i, _ in chosen), Claim(source.imports, stated, source.body, names)


def _is_meant(place: Place, wanted: str | None) -> bool:
    return wanted is None or place.name == wanted or place.name.endswith(f".{wanted}")


def _minimized(given: MinimizeInput, minimizer: Minimizer, seconds: float) -> MinimizeOutput:
    ruling, before = minimizer.ruling, given.text
    head = header(before).end
    # The body has blank lines where the header stood.
    after = before[:head] + minimizer.body[before.count("\n", 0, head) :]
    return MinimizeOutput(
        outcome=ruling.outcome if ruling else "undecided",
        why=ruling.why if ruling else "the gate did not answer about the proofs as they are before the time was over",
        profile=given.profile,
        text=after,
        diff=difference(Path(NAME), before, after),
        theorems=tuple(map(_shortened, minimizer.results())),
        receipt=ReceiptSummary.of(ruling.receipt if ruling else None),
        seconds=seconds,
    )


def _shortened(each: Shortened) -> ShortenedModel:
    return ShortenedModel(name=each.name, before=each.before, after=each.after, tried=each.tried, seconds=each.seconds)
