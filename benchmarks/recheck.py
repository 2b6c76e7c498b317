"""What other kernels say of the proofs of a batch, and what asking them costs.

    python benchmarks/recheck.py GOALS RUN [--repeat 3] [--most 40]

GOALS are the goals of a batch and RUN its folder. First, from its journal: how many accepted proofs each other kernel
takes, which it does not decide and for the lack of what. Then up to `--most` of the proofs go through the gate again,
in turns with and without the native kernel, with engines that are kept; seconds of wall time.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from proofagent.check.gate import Claim, check
from proofagent.check.receipt import Receipt
from proofagent.check.rechecks import NO_KERNELS, Kernels
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl
from proofagent.lean.engine import Engine, Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.kernel import NativeKernel
from proofagent.runs.journal import Ended, read_events
from proofagent.runs.text import checked_name, text_with

_SECONDS = 120.0


def accepted(run: Path) -> Mapping[str, tuple[str, Receipt]]:
    """The accepted proofs of a batch and their receipts, by digest of the goal."""
    found = dict[str, tuple[str, Receipt]]()
    for event in read_events(run):
        if isinstance(event, Ended) and event.result.outcome == "proved":
            proof, receipt = event.result.proof, event.result.receipt
            if proof is not None and receipt is not None:
                found[event.digest] = proof, receipt
    return found


def agreement(receipts: list[Receipt]) -> None:
    for kernel in sorted({each.name for receipt in receipts for each in receipt.rechecks}):
        said = [each for receipt in receipts for each in receipt.rechecks if each.name == kernel]
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in Counter(r.outcome for r in said).most_common())
        print(f"{kernel}: {len(said)} accepted proofs, {outcomes}")
        for detail, count in Counter(r.detail for r in said if r.outcome != "accepted").most_common():
            print(f"  {count} times: {detail}")
        if counted := [r for r in said if r.taken is not None]:
            for name in ("taken", "checked", "assumed"):
                print(f"  {name}: median {statistics.median(getattr(r, name) for r in counted):.0f}")


class Kept:
    """A pool whose fresh engines are the same ones: what is measured is what comes after them."""

    def __init__(self, engines: tuple[Engine, ...]) -> None:
        self._engines = engines

    @asynccontextmanager
    async def fresh(self, *_headers: Header) -> AsyncIterator[tuple[Engine, ...]]:
        yield self._engines


async def costs(proofs: list[tuple[Goal, str]], repeat: int) -> list[tuple[float, float]]:
    """Seconds of the gate for each proof, without and with the native kernel: medians of the repetitions."""
    native, found = Kernels(NativeKernel.find()), list[tuple[float, float]]()
    async with embedded_pool() as pool, pool.fresh(Header(("Init",)), Header(("Init",))) as engines:
        for goal, proof in proofs:
            claim = Claim(goal.imports, text_with(goal, "sorry"), text_with(goal, proof), (checked_name(goal),))
            spent = dict[Kernels, list[float]]({NO_KERNELS: [], native: []})
            for _ in range(repeat):
                for kernels, seconds in spent.items():
                    began = time.perf_counter()
                    await check(claim, Kept(engines), deadline=_SECONDS, kernels=kernels)
                    seconds.append(time.perf_counter() - began)
            found.append((statistics.median(spent[NO_KERNELS]), statistics.median(spent[native])))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goals", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--most", type=int, default=40)
    options = parser.parse_args()
    found = accepted(options.run)
    agreement([receipt for _, receipt in found.values()])
    goals = [goal for goal in from_jsonl(options.goals) if isinstance(goal, Goal) and goal.digest in found]
    proofs = [(goal, found[goal.digest][0]) for goal in goals]
    proofs = proofs[:: max(1, len(proofs) // options.most)]
    pairs = anyio.run(costs, proofs, options.repeat)
    added = sorted(after - before for before, after in pairs)
    print(f"{len(pairs)} proofs: the gate takes {statistics.median(before for before, _ in pairs):.2f} s without")
    most = added[int(len(added) * 0.9)]
    print(f"the native kernel adds: median {statistics.median(added):.2f} s, {most:.2f} s to nine tenths of them")
    print(f"with and without: {statistics.median(after / before for before, after in pairs):.2f} times as long")


if __name__ == "__main__":
    main()
