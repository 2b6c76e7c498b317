"""What a verdict costs, beside compiling the solution once.

    python benchmarks/gate.py [CASES] [--every 5] [--repeat 3] [--json FILE]

CASES is a folder of cases with a challenge and a solution each (default: tests/honest). Every solution is compiled
alone by a fresh engine, and given with its challenge to the gate, which has two fresh engines; starting and warming
up the engines is timed apart. Figures are of wall time; what is compared is taken in turns, in one run.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anyio

from proofagent.check.gate import Claim, check
from proofagent.errors import ProofAgentError, SetupError
from proofagent.goals.files import source
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import find_node
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Engine, Header
from proofagent.lean.pool import WARM_UP

CASES = Path(__file__).parents[1] / "tests" / "honest"
SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for one case: medians of the repetitions."""

    name: str
    start: float
    """One engine from nothing until it is imported and warm, while another one starts beside it."""
    compiled: float
    """The solution alone."""
    gate: float
    """Both compilations, replay, comparison and receipt."""
    replay: float

    @property
    def ratio(self) -> float:
        return self.gate / self.compiled


class Ready:
    """A pool whose fresh engines are started before they are asked for, and timed."""

    def __init__(self, engines: tuple[Engine, ...]) -> None:
        self._engines = engines

    @asynccontextmanager
    async def fresh(self, *_headers: Header) -> AsyncIterator[tuple[Engine, ...]]:
        yield self._engines


async def started(count: int, imports: tuple[str, ...]) -> tuple[tuple[Engine, ...], float]:
    """Engines started side by side, and how long that took."""
    installation, node = locate(), find_node()
    if installation is None:
        raise SetupError("the embedded Lean is not installed; run `proofagent setup`")
    engines: list[Engine] = []

    async def start() -> None:
        engine = await EmbeddedEngine.start(installation, node)
        await engine.elaborate(Header(imports), WARM_UP, deadline=SECONDS)
        engines.append(engine)

    began = time.perf_counter()
    async with anyio.create_task_group() as group:
        for _ in range(count):
            group.start_soon(start)
    return tuple(engines), time.perf_counter() - began


async def measured(claim: Claim, folder: Path) -> tuple[float, float, float, float]:
    """Start, compilation, gate and replay, in seconds."""
    imports = claim.both_imports[1]
    (alone,), _ = await started(1, imports)
    engines, start = await started(2, imports)
    try:
        began = time.perf_counter()
        await alone.compile(Header(imports), claim.solution, folder / "alone.olean", deadline=SECONDS)
        compiled = time.perf_counter() - began
        began = time.perf_counter()
        pool: Any = Ready(engines)
        verdict = await check(claim, pool, deadline=SECONDS)
        gate = time.perf_counter() - began
    finally:
        for engine in (alone, *engines):
            await engine.aclose()
    if not verdict.accepted or verdict.receipt is None:
        raise ProofAgentError(f"not accepted: {verdict.why} {verdict.reasons}")
    return start, compiled, gate, verdict.receipt.seconds.replay or 0.0


async def cost(case: Path, repeat: int, folder: Path) -> Cost:
    challenge, solution = source(case / "challenge.lean"), source(case / "solution.lean")
    claim = Claim(challenge.imports, challenge.body, solution.body, None, solution.imports)
    runs = [await measured(claim, folder) for _ in range(repeat)]
    return Cost(case.name, *map(statistics.median, zip(*runs, strict=True)))


def report(costs: Sequence[Cost]) -> None:
    for item in sorted(costs, key=lambda item: -item.ratio):
        print(f"{item.name:<55} {item.compiled:7.3f} s  {item.gate:7.3f} s  {item.ratio:5.2f}")
    whole = sum(item.gate for item in costs) / sum(item.compiled for item in costs)
    beyond = [item for item in costs if item.gate > 2 * item.compiled + item.start]
    print(f"\n{len(costs)} solutions: compiling, the gate with its engines ready, and the ratio")
    print(f"ratio: median {statistics.median(item.ratio for item in costs):.2f}, of the sums {whole:.2f}")
    print(f"replay: median {1000 * statistics.median(item.replay for item in costs):.1f} ms")
    print(f"start of an engine: median {statistics.median(item.start for item in costs):.2f} s")
    print(f"gate > 2 x compiling + start: {len(beyond)} of {len(costs)}")


async def run(cases: Sequence[Path], repeat: int) -> list[Cost]:
    with tempfile.TemporaryDirectory() as folder:
        return [await cost(case, repeat, Path(folder)) for case in cases if 'options = ["' not in said(case)]


def said(case: Path) -> str:
    return (case / "case.toml").read_text(encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=Path, default=CASES)
    parser.add_argument("--every", type=int, default=5, help="take every so many-th case")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    cases = sorted(path for path in arguments.cases.iterdir() if (path / "case.toml").is_file())
    costs = anyio.run(run, cases[:: arguments.every], arguments.repeat)
    report(costs)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(item) for item in costs], indent=1))


if __name__ == "__main__":
    main()
