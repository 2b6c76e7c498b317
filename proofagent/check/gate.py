"""The gate: the only place that can say "accepted".

`trial` compiles the challenge (trusted text with `sorry`) and the solution (untrusted) and has the solution's
declarations taken by a kernel that never saw its text; `compare` reads the artefacts. Whatever keeps this from being
done leaves the claim undecided, which is never a success.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anyio import to_thread

from proofagent import telemetry
from proofagent.check.axioms import COMPILER
from proofagent.check.compare import Comparison, compare, resting
from proofagent.check.guards import guarded
from proofagent.check.judges import doubt, judgements, objections
from proofagent.check.kernels import known_bugs
from proofagent.check.options import refused_options
from proofagent.check.policy import STRICT, Policy
from proofagent.check.programs import programs
from proofagent.check.reasons import Code, Reason
from proofagent.check.receipt import Evidence, Judgement, Outcome, ReasonModel, Receipt, Recheck, Rung, Times, sha256
from proofagent.check.rechecks import Kernels, demand_closed, installed, rechecked, refusals, silence
from proofagent.check.trial import Inconclusive, NotCompiled, Trial
from proofagent.errors import EngineError, OleanError
from proofagent.lean.engine import Engine, Header, Message
from proofagent.lean.native import Judge
from proofagent.lean.olean import Module, Safety
from proofagent.lean.pool import Pool

_SEAL = object()
_ERRORS_REPORTED = 5


@dataclass(frozen=True, slots=True, init=False)
class Verdict:
    """What is known of a solution. `reasons` say why it is rejected, `why` what kept it undecided."""

    outcome: Outcome
    rung: Rung
    reasons: tuple[Reason, ...]
    why: str
    receipt: Receipt | None

    def __init__(
        self,
        outcome: Outcome,
        *,
        rung: Rung = "nothing",
        reasons: tuple[Reason, ...] = (),
        why: str = "",
        receipt: Receipt | None = None,
        seal: object = None,
    ) -> None:
        complete = rung in ("compared", "rechecked", "judged") and receipt is not None and receipt.outcome == "accepted"
        if outcome == "accepted" and (seal is not _SEAL or reasons or not complete):
            raise TypeError("only the gate accepts")
        for name, value in (
            ("outcome", outcome),
            ("rung", rung),
            ("reasons", reasons),
            ("why", why),
            ("receipt", receipt),
        ):
            object.__setattr__(self, name, value)

    @property
    def accepted(self) -> bool:
        return self.outcome == "accepted"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the gate is asked: whether `solution` proves `targets` as `challenge` states them.

    Both are whole files without their import lines; where these stood is best left blank, so that lines keep their
    numbers. Without `targets`, every theorem of the challenge that rests on `sorry` is to be proved.
    """

    imports: tuple[str, ...]
    challenge: str
    solution: str
    targets: tuple[str, ...] | None = None
    solution_imports: tuple[str, ...] | None = None
    """Where the solution imports other modules than the challenge."""
    policy: Policy = STRICT

    @property
    def both_imports(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.imports, self.imports if self.solution_imports is None else self.solution_imports


def claim_of(evidence: Evidence) -> Claim:
    """The claim that a receipt is about."""
    paper = evidence.receipt
    return Claim(
        paper.imports,
        evidence.challenge,
        evidence.solution,
        paper.targets or None,
        paper.solution_imports,
        Policy(
            axioms=frozenset(paper.permitted_axioms),
            answers=frozenset(paper.answers),
            imports=frozenset(paper.permitted_imports),
            paranoid=paper.paranoid,
        ),
    )


async def check(
    claim: Claim, pool: Pool, *, deadline: float, judges: Sequence[Judge] = (), kernels: Kernels | None = None
) -> Verdict:
    """Compile both texts, replay the solution's declarations, compare, and where all that went well have other
    `kernels` (those that are installed, where None) look at the declarations, and `judges` at the texts.

    `deadline` seconds for each of these. Raises `ConfigError` where the settings name a checker that is not there.
    """
    others = installed() if kernels is None else kernels
    began = time.monotonic()
    with telemetry.span("gate.check") as span, tempfile.TemporaryDirectory(prefix="proofagent-gate-") as folder:
        trial = Trial(Path(folder), deadline)
        said: tuple[Judgement, ...] = ()
        second: tuple[Recheck, ...] = ()
        found: Comparison | None = None
        reasons = await to_thread.run_sync(refused_options, claim.challenge, claim.solution)
        why = ""
        try:
            async with pool.fresh(Header(claim.imports), Header(claim.imports)) as (suspect, judge):
                trial.identity = judge.identity
                foreign = _foreign(claim, judge)
                reasons += foreign
                if words := () if trial.identity.sandboxed else programs(claim.challenge, claim.solution):
                    why = f"`{words[0]}` runs a program, which needs a sandbox: the embedded engine has one"
                elif known_bugs(trial.identity.version) is None:
                    why = f"nothing is known of the kernel of Lean {trial.identity.version}"
                elif not foreign:
                    modules = await trial.run((judge, suspect), claim.both_imports, (claim.challenge, claim.solution))
                    found = compare(*modules, claim.targets, policy=claim.policy)
                    reasons += [*_errors(trial), *_refused(trial, modules[1]), *found.reasons]
                    safe = [n for n in found.new_declarations if modules[1].constants[n].safety is Safety.SAFE]
                    reasons += guarded(modules[1], safe, trial.identity.version)
                    why = _nothing_to_prove(found, trial)
                    library = judge.libraries
            if found and not (reasons or why):
                trial.rung = "compared"
                second = await _rechecked(claim, others, library, modules[1], trial)
                said = await _asked(claim, found, trial, judges)
                if said and {each.outcome for each in second} | {each.outcome for each in said} == {"accepted"}:
                    trial.rung = "judged"
                reasons += refusals(second) + objections(said)
                if not reasons:
                    why = silence(second) or (
                        doubt(trial.identity.version, said, second) if claim.policy.paranoid else ""
                    )
        except NotCompiled as error:
            reasons += _errors(trial)
            why = "" if reasons else str(error)
        except (Inconclusive, EngineError, OleanError, OSError) as error:
            why = str(error)
        trial.seconds["whole"] = round(time.monotonic() - began, 3)
        verdict = _verdict(claim, trial, found, (second, said), reasons, why)
        codes = [reason.code for reason in verdict.reasons]
        span.set(verdict=verdict.outcome, rung=verdict.rung, reasons=codes or None, why=why or None)
        return verdict


async def _rechecked(
    claim: Claim, kernels: Kernels, libraries: Sequence[Path], module: Module, trial: Trial
) -> tuple[Recheck, ...]:
    """What other kernels say of all that the judge's kernel took."""
    began = time.monotonic()
    names = [name for name, constant in module.constants.items() if constant.safety is Safety.SAFE]
    imports = tuple({*claim.imports, *claim.both_imports[1]})
    if not kernels and trial.identity.partial_library:
        await demand_closed(libraries, imports, module, names, deadline=trial.deadline)
    second = await rechecked(kernels, libraries, imports, module, names, deadline=trial.deadline)
    if second:
        trial.seconds["recheck"] = round(time.monotonic() - began, 3)
        if all(each.outcome == "accepted" for each in second):
            trial.rung = "rechecked"
    return second


async def _asked(claim: Claim, found: Comparison, trial: Trial, judges: Sequence[Judge]) -> tuple[Judgement, ...]:
    """What the judges say."""
    files = [
        "".join(f"import {module}\n" for module in modules) + text
        for modules, text in zip(claim.both_imports, (claim.challenge, claim.solution), strict=True)
    ]
    return await judgements(
        judges,
        (files[0], files[1]),
        targets=found.targets,
        axioms=sorted(claim.policy.axioms),
        deadline=trial.deadline,
    )


def _verdict(
    claim: Claim,
    trial: Trial,
    found: Comparison | None,
    others: tuple[tuple[Recheck, ...], tuple[Judgement, ...]],
    reasons: list[Reason],
    why: str,
) -> Verdict:
    if why:
        reasons = []
    outcome: Outcome = "rejected" if reasons else "undecided" if why or found is None else "accepted"
    bugs = known_bugs(trial.identity.version)
    paper = Receipt(
        outcome=outcome,
        rung=trial.rung,
        reasons=tuple(map(_model, reasons)),
        why=why,
        engine=trial.identity.engine,
        lean_version=trial.identity.version,
        lean_commit=trial.identity.commit,
        library_sha256=trial.identity.library,
        kernel_bugs=tuple(bug.references[0] for bug in bugs or ()),
        imports=claim.imports,
        solution_imports=claim.both_imports[1],
        targets=found.targets if found else claim.targets or (),
        answers=found.answers if found else tuple(sorted(claim.policy.answers)),
        challenge_sha256=sha256(claim.challenge),
        solution_sha256=sha256(claim.solution),
        challenge_olean_sha256=trial.artefacts.get("challenge"),
        solution_olean_sha256=trial.artefacts.get("solution"),
        replayed_olean_sha256=trial.artefacts.get("replayed"),
        axioms=found.axioms if found else (),
        permitted_axioms=tuple(sorted(claim.policy.axioms)),
        permitted_imports=tuple(sorted(claim.policy.imports)),
        paranoid=claim.policy.paranoid,
        new_declarations=found.new_declarations if found else (),
        rechecks=others[0],
        judgements=others[1],
        deadline_seconds=trial.deadline,
        seconds=Times(**trial.seconds),
        made=datetime.now(UTC),
    )
    seal = _SEAL if outcome == "accepted" else None
    return Verdict(outcome, rung=trial.rung, reasons=tuple(reasons), why=why, receipt=paper, seal=seal)


def _foreign(claim: Claim, engine: Engine) -> list[Reason]:
    """A reason for each module that the solution imports and the challenge, however indirectly, does not."""
    ours, theirs = claim.both_imports
    if set(theirs) <= set(ours):
        return []
    permitted = engine.closure((*ours, *sorted(claim.policy.imports)))
    return [
        Reason("imports", "", f"the solution imports {module}, which the challenge does not")
        for module in theirs
        if module not in permitted
    ]


def _errors(trial: Trial) -> list[Reason]:
    """Errors of Lean, where the challenge itself has none: such a file would not build."""
    errors = [message for message in trial.said if message.severity == "error"]
    if any(message.severity == "error" for message in trial.stated):
        return []
    return [Reason("errors", "", f"Lean says: {m.text}", _place(m)) for m in errors[:_ERRORS_REPORTED]]


def _refused(trial: Trial, written: Module) -> list[Reason]:
    """A reason for each declaration that the kernel did not take; what trusts compiled code it never does."""
    trusting = {name for axiom in COMPILER for name in resting(written, axiom)} if trial.refused else set()
    found = []
    for refusal in trial.refused:
        for name in refusal.names:
            if name in trusting:
                reason: tuple[Code, str] = "compiler-axiom", f"{name} trusts compiled code"
            else:
                reason = "kernel", f"the kernel does not take {name}: {refusal.error}"
            found.append(Reason(reason[0], name, reason[1], written.positions.get(name)))
    return found


def _nothing_to_prove(found: Comparison, trial: Trial) -> str:
    """Why the challenge, whatever the solution is, makes no claim; empty where it does."""
    if misread := [reason.text for reason in found.reasons if reason.code in ("no-target", "no-hole")]:
        return misread[0]
    if found.targets:
        return ""
    said = next((m for m in trial.stated if m.severity == "error"), None)
    return f"the challenge leaves nothing to prove{'; line {}:{}: {}'.format(*_place(said), said.text) if said else ''}"


def _place(message: Message) -> tuple[int, int]:
    return message.start.line, message.start.column


def _model(reason: Reason) -> ReasonModel:
    line, column = reason.position or (None, None)
    return ReasonModel(code=reason.code, declaration=reason.declaration, text=reason.text, line=line, column=column)
