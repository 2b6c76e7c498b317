"""What finding premises costs: building the index, loading it, asking it; its size on disk and in memory.

    python benchmarks/premises.py [--goals GOALS.jsonl] [--repeat 3] [--most 32] [--json FILE]

Building and loading are medians over processes of their own, because only a new process tells its peak of memory; the
file is written to a temporary folder. Questions are asked once each, with all modules of `Init` and `Std`, or with what
a goal imports: states of the kind that proofs have, or the statements of a file of goals. Times are processor times.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from proofagent.errors import ProofAgentError, SetupError
from proofagent.goals.loaders import BadLine, from_jsonl
from proofagent.lean.closure import import_closure
from proofagent.lean.embedded.package import Installation, locate
from proofagent.proof.state import OpenGoal, ProofState, parse_goals
from proofagent.propose.premises import store
from proofagent.propose.premises.index import PremiseIndex
from proofagent.propose.premises.library import statements

STATES = (
    "a b c : Nat\nh : a ≤ b\n⊢ a * c ≤ b * c",
    "n : Nat\nih : n ^ 2 % 4 = 0 ∨ n ^ 2 % 4 = 1\n⊢ (n + 1) ^ 2 % 4 = 0 ∨ (n + 1) ^ 2 % 4 = 1",
    "x y : Int\nh₀ : 0 ≤ x\nh₁ : x ∣ y\n⊢ x.natAbs ∣ y.natAbs",
    "α : Type u_1\nβ : Type u_2\nf : α → β\nxs ys : List α\n⊢ List.map f (xs ++ ys) = List.map f xs ++ List.map f ys",
    "α : Type u_1\ninst✝ : BEq α\na : α\nl : List α\nih : (l.erase a).length ≤ l.length\n⊢ (l.erase a).Sublist l",
    "o : Option Nat\nh : o.isSome = true\n⊢ ∃ x, o = some x",
    "xs : Array Nat\ni : Nat\nh : i < xs.size\n⊢ xs[i]? = some xs[i]",
    "p q : Prop\nh : ¬(p ∧ q)\n⊢ ¬p ∨ ¬q",
    "x y : BitVec 8\n⊢ x + y &&& 1#8 = (x ^^^ y) &&& 1#8",
)
DEFAULT_IMPORTS = ("Init", "Std")

Row = tuple[str, float, str]
Question = tuple[ProofState, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one piece of work in a process of its own; `peak` is in bytes and counts what only Python and imports take."""

    seconds: float
    peak: int


def measured(work: Callable[[], object]) -> Cost:
    began = time.process_time()
    work()
    seconds = time.process_time() - began
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def nothing(_: Installation, __: Path) -> Cost:
    return measured(lambda: None)


def build(installation: Installation, path: Path) -> Cost:
    """Read the library and write the file."""
    library = installation.manifest.library_sha256
    return measured(lambda: store.write(path, store.Table.of(statements(installation.library), library)))


def load(installation: Installation, path: Path) -> Cost:
    """Read the file and get ready to search."""
    return measured(lambda: loaded(installation, path))


def loaded(installation: Installation, path: Path) -> PremiseIndex:
    table = store.read(path, installation.manifest.library_sha256)
    assert table is not None, "the file was written a moment ago"
    return PremiseIndex(table)


def apart(work: Callable[[Installation, Path], Cost], installation: Installation, path: Path) -> Cost:
    """The cost of `work` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(work, installation, path).result()


def questions(goals: Path | None) -> list[Question]:
    """States and imports; of a goal, its statement as it is before anything is introduced."""
    if goals is None:
        return [(ProofState(parse_goals(text)), DEFAULT_IMPORTS) for text in STATES]
    read = [goal for goal in from_jsonl(goals) if not isinstance(goal, BadLine)]
    return [(ProofState((OpenGoal((), goal.statement.partition(" : ")[2]),)), goal.imports) for goal in read]


class Bench:
    """One run of all measurements; rows are printed as they come."""

    def __init__(self, installation: Installation, repeat: int) -> None:
        self.installation = installation
        self.repeat = repeat
        self.rows: list[Row] = []

    def row(self, name: str, value: float, unit: str) -> None:
        self.rows.append((name, round(value, 4), unit))
        print(f"{name:58} {value:10.3f} {unit}", flush=True)

    def index(self, path: Path) -> PremiseIndex:
        """What it costs to have an index."""
        built, read, empty = (
            [apart(work, self.installation, path) for _ in range(self.repeat)] for work in (build, load, nothing)
        )
        for name, costs in (("build", built), ("load", read)):
            self.row(f"{name}: time", statistics.median(cost.seconds for cost in costs), "s")
            self.row(f"{name}: peak memory of the process", max(cost.peak for cost in costs) / 1e6, "MB")
        self.row("peak memory of a process that does neither", max(cost.peak for cost in empty) / 1e6, "MB")
        seconds = [statistics.median(cost.seconds for cost in costs) for costs in (built, read)]
        self.row("build / load", seconds[0] / seconds[1], "ratio of times")
        self.row("file: size", path.stat().st_size / 1e6, "MB")
        self.row("file: size unpacked", len(gzip.decompress(path.read_bytes())) / 1e6, "MB")
        index = loaded(self.installation, path)
        self.row("theorems", len(index), "")
        return index

    def search(self, index: PremiseIndex, asked: Sequence[Question], most: int) -> None:
        """What a question costs, once the modules that it is about are known."""
        seconds, found = [], 0
        for state, imports in asked:
            modules = import_closure(self.installation.library, imports)
            began = time.process_time()
            found += len(index.search(state, modules, most))
            seconds.append(time.process_time() - began)
        self.row(f"search: median of {len(asked)}", 1000 * statistics.median(seconds), "ms")
        self.row("search: the slowest", 1000 * max(seconds), "ms")
        self.row(f"search: theorems found, of {most}", found / len(asked), "a question")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--goals", type=Path, help="ask about the statements of this file of goals")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--most", type=int, default=32)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    given = parser.parse_args()
    load_average = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, load {load_average:.1f} before; figures taken beside other work are not to be trusted"
    )
    try:
        if (installation := locate()) is None:
            raise SetupError("the embedded Lean is not installed; run `proofagent setup`")
        asked = questions(given.goals)
        bench = Bench(installation, given.repeat)
        with tempfile.TemporaryDirectory() as folder:
            index = bench.index(Path(folder) / "premises")
        bench.search(index, asked, given.most)
    except ProofAgentError as error:
        parser.exit(2, f"error: {error}\n")
    if given.json:
        rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in bench.rows]
        given.json.write_text(json.dumps({"load": load_average, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
