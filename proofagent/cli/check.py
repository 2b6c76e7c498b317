"""`proofagent check`: whether a solution proves what a challenge states."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import anyio
import typer
from pydantic import BaseModel, ConfigDict

from proofagent.check.axioms import STANDARD
from proofagent.check.gate import Claim, check, claim_of
from proofagent.check.policy import STRICT, Policy
from proofagent.check.receipt import Evidence, Outcome, Receipt
from proofagent.check.rechecks import NO_KERNELS
from proofagent.cli import options as o
from proofagent.cli.console import complain, err, out, print_json
from proofagent.cli.engine import chosen
from proofagent.cli.evidence import read_evidence
from proofagent.cli.verdict import brief
from proofagent.errors import UsageError
from proofagent.goals.files import source, write_atomically
from proofagent.lean.engine import Header
from proofagent.lean.engines import Choice, open_pool
from proofagent.lean.native import find_judges

EXIT_CODES: dict[Outcome, int] = {"accepted": 0, "rejected": 1, "undecided": 2}
Names = list[str] | None


class Rerun(BaseModel):
    """What `check --receipt` prints as JSON: what was recorded, what came out now, and where these differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recorded: Receipt
    found: Receipt
    differences: tuple[str, ...]


Challenge = Annotated[
    Path | None, typer.Argument(help="The trusted file: statements with `sorry`.", metavar="CHALLENGE")
]
Solution = Annotated[
    Path | None, typer.Argument(help="The untrusted file: the same statements with proofs.", metavar="SOLUTION")
]
Theorems = Annotated[
    Names, typer.Option("--theorem", "-t", help="What is to be proved, by full name; may be repeated.")
]
Axioms = Annotated[
    Names, typer.Option("--allow-axiom", help="An axiom that proofs may rest on besides Lean's own three.")
]
Answers = Annotated[
    Names, typer.Option("--allow-answer", help="A definition with `sorry` that the solution may fill in.")
]
Imports = Annotated[
    Names, typer.Option("--allow-import", help="A module that the solution may import besides the challenge's.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the receipt with both texts to this file.")]
Recorded = Annotated[
    Path | None, typer.Option("--receipt", "-r", help="Do the check of such a file again, and compare.")
]


def check_command(
    challenge: Challenge = None,
    solution: Solution = None,
    theorem: Theorems = None,
    allow_axiom: Axioms = None,
    allow_answer: Answers = None,
    allow_import: Imports = None,
    paranoid: Annotated[
        bool,
        typer.Option(
            "--paranoid", help="A second kernel has to accept, and one of the two has no known soundness bug."
        ),
    ] = False,
    judges: Annotated[
        bool, typer.Option(help="Ask the checkers of a native Lean toolchain too, where one is found.")
    ] = True,
    kernels: Annotated[
        bool, typer.Option(help="Have other kernels take the declarations too: the native one, those of the settings.")
    ] = True,
    time: Annotated[
        float, typer.Option("--time", help="Seconds for each compilation, the replay, and each other kernel or judge.")
    ] = 120.0,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
    build: o.Build = False,
    output: Output = None,
    receipt: Recorded = None,
    json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the verdict.")] = False,
) -> int:
    """Check that SOLUTION proves every theorem that CHALLENGE leaves to `sorry`.

    Each file is compiled by a fresh Lean; the solution's declarations are given to the kernel of a process that never
    saw its text; the result is compared with the challenge as kernel terms; and other kernels, where they are
    installed, take the declarations as well. Exit codes: 0 accepted, 1 rejected, 2 undecided (time, memory, a broken
    engine: never a success), 64 usage.

    Examples of use:

      [bold]proofagent check Challenge.lean Solution.lean[/]

      [bold]proofagent check Challenge.lean Solution.lean --theorem Main.thm --output receipt.json[/]

      [bold]proofagent check --receipt receipt.json[/]
    """
    policy = Policy(
        axioms=STANDARD.union(allow_axiom or ()),
        answers=frozenset(allow_answer or ()),
        imports=frozenset(allow_import or ()),
        paranoid=paranoid,
    )
    recorded = None if receipt is None else read_evidence(receipt)
    claim = _claim(challenge, solution, theorem, policy) if recorded is None else claim_of(recorded)
    if recorded is not None and (challenge or theorem or policy != STRICT):
        raise UsageError("--receipt says itself what is checked, and how: no files and no permissions with it")
    o.demand_time(time)
    choice = chosen(engine, project, solution or Path.cwd(), build=build, kernels=kernels)
    with nullcontext() if quiet or json or not err.is_terminal else err.status("checking"):
        found = anyio.run(_checked, claim, time, judges, kernels, choice)
    if output is not None:
        evidence = Evidence(receipt=found, challenge=claim.challenge, solution=claim.solution)
        write_atomically(output, evidence.model_dump_json(indent=1) + "\n")
    if recorded is not None:
        return _compare(recorded.receipt, found, json=json)
    if json:
        print_json(found.model_dump_json(indent=2))
    else:
        out.print(brief(found))
    return EXIT_CODES[found.outcome]


def _claim(challenge: Path | None, solution: Path | None, theorems: Names, policy: Policy) -> Claim:
    if challenge is None or solution is None:
        raise UsageError("two files are needed: CHALLENGE and SOLUTION (or --receipt FILE)")
    stated, proved = source(challenge), source(solution)
    targets = tuple(dict.fromkeys(theorems)) if theorems else None
    return Claim(stated.imports, stated.body, proved.body, targets, proved.imports, policy)


async def _checked(claim: Claim, deadline: float, with_judges: bool, with_kernels: bool, choice: Choice) -> Receipt:
    judges = await find_judges() if with_judges else ()
    async with open_pool(choice, spares=1) as pool:
        pool.warm(Header(claim.imports))
        others = None if with_kernels else NO_KERNELS
        verdict = await check(claim, pool, deadline=deadline, judges=judges, kernels=others)
    assert verdict.receipt is not None
    return verdict.receipt


def _compare(recorded: Receipt, found: Receipt, *, json: bool) -> int:
    """Say whether what was recorded came out again; the exit code is the verdict's only where it did."""
    differences = recorded.differences(found)
    if json:
        print_json(Rerun(recorded=recorded, found=found, differences=differences).model_dump_json(indent=2))
    else:
        out.print(brief(found))
        for name in differences:
            complain(f"{name}: recorded {getattr(recorded, name)!r}, found {getattr(found, name)!r}")
        if not differences:
            out.print("[green]the receipt is confirmed[/]")
    return 1 if differences and found.outcome == "accepted" else EXIT_CODES[found.outcome]
