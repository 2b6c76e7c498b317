"""Scoring files: the gate first, then every metric of each theorem that it accepted."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from proofagent.check.gate import Verdict, check
from proofagent.errors import EngineLost
from proofagent.goals.commands import DEPTH
from proofagent.goals.files import Source
from proofagent.goals.lexer import Kind, Lines, code
from proofagent.goals.outline import Part, outline
from proofagent.lean.engine import Compilation, Header
from proofagent.lean.olean import Module
from proofagent.lean.pool import Pool
from proofagent.runs.task import Task
from proofagent.score.subject import Subject, stands_in, subject

# What is printed in one line is one: only blocks of tactics are cut.
_PROFILER = (
    ("trace.profiler", "true"),
    ("trace.profiler.useHeartbeats", "true"),
    ("pp.oneline", "true"),
    ("format.width", "10000"),
)
_THRESHOLDS = (100_000, 5_000)
"""Heartbeats: what is dearer than the first is told in few lines; what is cheaper than the last counts as nothing."""
_TELLING = 200
"""Heartbeats: what a step has to cost to be told of where lines are asked for."""
_COMMAND = re.compile(r"\[Elab\.command\] \[(\d+)\.\d+\]")
_SIMP_LEMMA = "Nat.add_comm"
_AGAIN = "_again_"


@dataclass(frozen=True, slots=True)
class Scored:
    """A file, what the gate said, and its theorems as subjects; none of these unless it was accepted."""

    source: Source
    verdict: Verdict
    subjects: tuple[Subject, ...] = ()
    traces: Mapping[str, str] = field(default_factory=dict)
    """What Lean's profiler tells of each declaration, by name."""


async def scored(source: Source, task: Task, pool: Pool, *, deadline: float) -> Scored:
    """Put a file to the gate, and measure the theorems of `task` where it is accepted.

    Raises `EngineLost` where an accepted file cannot be compiled a second time, and as `subject` does.
    """
    verdict = await check(task.claim(source), pool, deadline=deadline)
    if not verdict.accepted:
        return Scored(source, verdict)
    subjects = await subjects_of(source, task.theorems, pool, deadline=deadline)
    told = await _profiled(source, pool, _TELLING, deadline)
    return Scored(source, verdict, subjects, {name: text for name, (_, text) in told.items()})


async def subjects_of(
    source: Source, theorems: Sequence[str], pool: Pool, *, deadline: float, robust: bool = True
) -> tuple[Subject, ...]:
    """What metrics look at, of theorems in a file that the gate has accepted; raises as `scored`.

    Without `robust` nobody looks whether they would survive small changes, which no metric that may select asks for.
    """
    made, module = await compiled(source, pool, deadline)
    parts, lines = list(outline(source.body)), Lines(source.body)
    written = {part.name: part for part in parts}
    costs = await heartbeats(source, pool, deadline=deadline)
    subjects = []
    for theorem in theorems:
        plain = subject(theorem, parts, module, made.messages, lines=lines)
        subjects.append(
            replace(
                plain,
                heartbeats=sum(costs.get(body.origin, 0) for body in plain.bodies),
                survives=await _survives(source, written[theorem], pool, deadline) if robust else {},
            )
        )
    return tuple(subjects)


async def compiled(source: Source, pool: Pool, deadline: float) -> tuple[Compilation, Module]:
    """What Lean says of a file, and the artefact. Raises `EngineLost` where there is none, and `OleanError`."""
    header = Header(source.imports)
    with tempfile.TemporaryDirectory(prefix="proofagent-score-") as folder:
        async with pool.engine(header) as engine:
            made = await engine.compile(header, source.body, Path(folder) / "file.olean", deadline=deadline)
        if made.path is None:
            raise EngineLost(f"{source.path}: {made.status}", detail=made.detail)
        return made, Module.open(made.path)


async def heartbeats(source: Source, pool: Pool, *, deadline: float) -> Mapping[str, int]:
    """What each theorem costs Lean, by name; what is not there costs next to nothing, or nothing is known of it.

    The first to use a tactic in a file pays for what Lean keeps for the others, so every theorem stands there twice,
    and the second one counts. Raises `EngineError`.
    """
    found: dict[str, int] = {}
    proved = sum(part.proves for part in outline(source.body))
    for threshold in _THRESHOLDS:
        for name, (cost, _) in (await _profiled(source, pool, threshold, deadline)).items():
            found.setdefault(name, cost)
        if len(found) == proved:
            break
    return found


async def _profiled(source: Source, pool: Pool, threshold: int, deadline: float) -> Mapping[str, tuple[int, str]]:
    """By name of a theorem what it costs, and what the profiler tells of it: steps that cost so much at least."""
    text, found = _twice(source.body), dict[str, tuple[int, str]]()
    lines, seconds = Lines(text), [part for part in outline(text) if part.name.endswith(_AGAIN)]
    header = Header(source.imports, options=(*_PROFILER, ("trace.profiler.threshold", str(threshold))))
    outcome = await pool.elaborate(header, text, deadline=deadline)
    for message in outcome.messages:
        cost = _COMMAND.match(message.text)
        part = next((p for p in seconds if stands_in(message, p, lines)), None) if cost else None
        if cost and part:
            found.setdefault(part.name.removesuffix(_AGAIN), (int(cost[1]), message.text))
    return found


def _twice(body: str) -> str:
    """`body` with every theorem a second time behind itself, under another name."""
    pieces, at = list[str](), 0
    for part in outline(body):
        pieces.append(body[at : part.end])
        at = part.end
        if part.proves:
            name = next(code(part.text, part.at + len(part.keyword)))
            pieces.append(f"\n{part.text[: name.end]}{_AGAIN}{part.text[name.end :]}\n")
    return "".join([*pieces, body[at:]])


async def _survives(source: Source, part: Part, pool: Pool, deadline: float) -> Mapping[str, bool]:
    """Whether the proof goes through where what is around it changes a little."""
    header, found = Header(source.imports, source.body[: part.start]), dict[str, bool]()
    for name, text in changes(part).items():
        outcome = await pool.elaborate(header, text, deadline=deadline)
        if outcome.status == "done":
            found[name] = not outcome.errors
    return found


def changes(part: Part) -> Mapping[str, str]:
    """A theorem with one thing about it changed, by the name of the change; those that cannot be made are left out.

    Hypotheses are renamed in statement and proof alike, so that only a proof that hangs on names it never states fails.
    """
    found = {"one more simp lemma": f"attribute [local simp] {_SIMP_LEMMA} in\n{part.text}"}
    colon = _colon(part)
    if colon is not None:
        found["one more hypothesis"] = f"{part.text[:colon].rstrip()} (irrelevant_ : 0 = 0) {part.text[colon:]}"
    names = _hypotheses(part, colon)
    if names:
        pieces, at = list[str](), 0
        for token in code(part.text):
            first, dot, rest = token.text.partition(".")
            if token.kind is Kind.IDENTIFIER and first in names:
                pieces += [part.text[at : token.start], f"{first}_renamed{dot}{rest}"]
                at = token.end
        found["hypotheses renamed"] = "".join([*pieces, part.text[at:]])
    return found


def _colon(part: Part) -> int | None:
    """Where the `:` before what is stated stands in the text of a theorem."""
    depth = 0
    for token in code(part.text, 0, part.stop):
        if depth == 0 and token.text == ":":
            return token.start
        depth += DEPTH.get(token.text, 0)
    return None


def _hypotheses(part: Part, colon: int | None) -> frozenset[str]:
    """The names that the brackets before the colon bind and that look like those of hypotheses."""
    names, depth, bound = set[str](), 0, True
    for token in code(part.text, 0, colon or 0):
        change = DEPTH.get(token.text, 0)
        depth += change
        if change > 0:
            bound = depth == 1
        elif token.text == ":":
            bound = False
        elif depth == 1 and bound and token.kind is Kind.IDENTIFIER and token.text.startswith("h"):
            names.add(token.text)
    return frozenset(names)
