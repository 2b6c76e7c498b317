"""What other checkers and the version of the kernel have to say, once everything else speaks for a solution."""

from collections.abc import Sequence

from proofagent.check.kernels import known_bugs, sound
from proofagent.check.reasons import Reason
from proofagent.check.receipt import Judgement, Recheck
from proofagent.lean.kernel.native import EXTRA
from proofagent.lean.native import Judge, run_judge


async def judgements(
    judges: Sequence[Judge],
    texts: tuple[str, str],
    *,
    targets: Sequence[str],
    axioms: Sequence[str],
    deadline: float,
) -> tuple[Judgement, ...]:
    """What each of `judges` says of a challenge and a solution, whole files, within `deadline` seconds each."""
    said = []
    for judge in judges:
        answer = await run_judge(judge, *texts, targets, axioms, deadline=deadline)
        said.append(
            Judgement(
                judge=judge.name,
                scope=judge.scope,
                lean_version=judge.version,
                outcome=answer.outcome,
                detail=answer.detail,
            )
        )
    return tuple(said)


def objections(said: Sequence[Judgement]) -> list[Reason]:
    """A reason for each judge that rejects the solution: all that ran must accept."""
    return [Reason("judge", "", f"{j.judge} rejects it: {j.detail}") for j in said if j.outcome == "rejected"]


def doubt(version: str, said: Sequence[Judgement], rechecks: Sequence[Recheck] = ()) -> str:
    """Why whoever is paranoid cannot accept yet; empty where a second kernel has, somebody has a kernel without known
    bugs, and no judge is silent.

    `version` is that of the kernel that took the solution's declarations, and `rechecks` are of others that did.
    """
    if silent := [j for j in said if j.outcome == "undecided"]:
        return f"{silent[0].judge} does not decide: {silent[0].detail}"
    if not rechecks:
        return f"no second kernel was asked: `pip install '{EXTRA}'` brings one, and the settings may name checkers"
    others = [*(j.lean_version for j in said), *(r.version for r in rechecks)]
    if any(map(sound, (version, *others))):
        return ""
    bugs = known_bugs(version)
    which = "is unknown" if bugs is None else f"has known soundness bugs ({', '.join(b.references[0] for b in bugs)})"
    return f"the kernel of Lean {version} {which}, and nobody else that ran has a better one"
