"""What the memory costs and what it finds: time to build, to load and to ask, and how often it knows the next step.

    python benchmarks/memory.py [--rows 20000] [--asked 200] [--steps FILE.jsonl] [--record GOALS.jsonl --time 10]

Times are those of a memory of made-up steps, which resemble those of proofs about numbers and lists. What it finds is
asked of recorded steps, `--steps`: lines of JSON with `theorem`, `imports`, `state` (as Lean prints it) and `tactic`.
Each is asked for with all steps of its own theorem left out. `--record` proves the goals of a file first, with the
portfolio, and adds the steps of the proofs to `--steps`. Times are processor times.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_jsonl
from proofagent.lean.engines import embedded_pool
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Query
from proofagent.propose.memory.abstraction import Place, abstracted
from proofagent.propose.memory.features import features, similarity, weight
from proofagent.propose.memory.memory import Memory, MemoryProposer
from proofagent.propose.memory.steps import MemoryStep, proof_steps, remembered
from proofagent.propose.memory.store import Store
from proofagent.propose.portfolio import Portfolio
from proofagent.propose.team import Team
from proofagent.runs.attempt import attempt
from proofagent.types import Budget

GOAL = Goal("made_up", "theorem made_up : True")
KINDS = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step of a proof."""

    goal: Goal
    state: ProofState
    tactic: str


def made_up(count: int, seed: int) -> Iterator[Recorded]:
    """States that are terms of random size over a vocabulary with few common and many rare symbols."""
    random_ = random.Random(seed)
    functions = [f"f{number}" for number in range(300)]
    rarity = [1 / (1 + number) for number in range(300)]

    def term(depth: int) -> str:
        if depth == 0 or random_.random() < 0.2:
            return random_.choice(["n", "m", "k", "0", "1", "2", "17"])
        if random_.random() < 0.5:
            return f"({term(depth - 1)} {random_.choice('+*-^%')} {term(depth - 1)})"
        return f"({random_.choices(functions, rarity)[0]} {term(depth - 1)} {term(depth - 1)})"

    tactics = ["rw [h]", "simp [h] at *", "induction n with | zero => ?_ | succ a ih => ?_", "exact h.symm", "ac_rfl"]
    for _ in range(count):
        sign = random_.choice(["=", "≤", "<", "∣", "≠"])
        said = f"h : {term(2)} {random_.choice('=≤<')} {term(2)}"
        state = f"n m k : Nat\nxs ys : List Nat\n{said}\n⊢ {term(3)} {sign} {term(3)}"
        tactic = random_.choice([*tactics, f"simp [{random_.choices(functions, rarity)[0]}]"])
        yield Recorded(GOAL, ProofState(parse_goals(state)), tactic)


def row(name: str, value: float, unit: str) -> None:
    print(f"{name:58} {value:10.3f} {unit}", flush=True)


def steps_of(recorded: Sequence[Recorded]) -> list[MemoryStep]:
    found = (remembered(step.state, step.tactic, step.goal) for step in recorded)
    return [step for step in found if step is not None]


def times(rows: int, asked: int) -> None:
    """What it costs to have a memory and to ask it."""
    began = time.process_time()
    steps = steps_of(list(made_up(rows, 1)))
    row("features and abstraction", 1e3 * (time.process_time() - began) / rows, "ms a step")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.sqlite"
        began = time.process_time()
        Store(path).add(steps)
        row("store: write all in one transaction", time.process_time() - began, "s")
        row("store: size", path.stat().st_size / 1e6, "MB")
        began = time.process_time()
        memory = Memory.open(path)
        row(f"load {memory.rows} rows", time.process_time() - began, "s")
        one = steps_of(list(made_up(50, 3)))
        began = time.process_time()
        for step in one:
            memory.add([step])
        row("add one step, a transaction each", 1e3 * (time.process_time() - began) / len(one), "ms")
    proposer, seconds, parts = MemoryProposer(memory), [], []
    for question in made_up(asked, 2):
        began = time.process_time()
        memory.nearest(question.state, GOAL)
        parts.append(time.process_time() - began)
        began = time.process_time()
        anyio.run(proposer.propose, Query(GOAL, question.state))
        seconds.append(time.process_time() - began)
    started = time.process_time()
    for _ in range(20):
        anyio.run(anyio.sleep, 0)
    loop = (time.process_time() - started) / 20
    row(f"nearest: median of {asked}", 1e3 * statistics.median(parts), "ms")
    row("nearest: the slowest", 1e3 * max(parts), "ms")
    row(f"propose: median of {asked}, without starting a loop", 1e3 * (statistics.median(seconds) - loop), "ms")
    row("propose: the slowest", 1e3 * (max(seconds) - loop), "ms")
    agree(memory, steps, list(made_up(min(asked, 20), 4)))


def agree(memory: Memory, steps: Sequence[MemoryStep], questions: Sequence[Recorded]) -> None:
    """How many of the ten nearest of all steps are found by looking at some of them."""
    having = Counter(feature for step in steps for feature in step.features)
    shares = []
    for question in questions:
        mine = features(question.state)
        weights = {feature: weight(feature, len(steps), having[feature]) for feature in having.keys() | mine}
        exact = sorted((similarity(mine, step.features, weights) for step in steps), reverse=True)[:10]
        found = [near.similarity for near in memory.nearest(question.state, GOAL, 10)]
        shares.append(sum(similar >= exact[-1] - 0.01 for similar in found) / len(exact))
    row("of the ten nearest of all, found", 100 * statistics.mean(shares), "%")


def read(path: Path) -> list[Recorded]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        goal = Goal(values["theorem"], f"theorem {values['theorem']}", tuple(values["imports"]))
        found.append(Recorded(goal, ProofState(parse_goals(values["state"])), values["tactic"]))
    return found


def recall(recorded: Sequence[Recorded]) -> None:
    """Leave one theorem out: how often is the recorded tactic among the first, as text, and but for its names."""
    by_theorem: defaultdict[str, list[Recorded]] = defaultdict(list)
    for step in recorded:
        by_theorem[step.goal.digest].append(step)
    kept = {theorem: steps_of(found) for theorem, found in by_theorem.items()}
    row(f"recorded steps, of {len(by_theorem)} theorems", len(recorded), "")
    places, alike = list[int](), list[int]()
    for theorem, asked in by_theorem.items():
        memory = Memory()
        memory.add(step for other, found in kept.items() if other != theorem for step in found)
        for step in asked:
            if remembered(step.state, step.tactic, step.goal) is None:
                continue  # one that no memory is asked for
            found = anyio.run(MemoryProposer(memory).propose, Query(step.goal, step.state))
            texts = [candidate.tactic for candidate in found]
            places.append(texts.index(step.tactic) + 1 if step.tactic in texts else 0)
            forms = [_form(text, step.state) for text in texts]
            alike.append(forms.index(mine) + 1 if (mine := _form(step.tactic, step.state)) in forms else 0)
    row("of these no closers and introductions", len(places), "")
    for most in KINDS:
        row(f"among the first {most}", _share(places, most), "%")
        row(f"among the first {most}, but for new names", _share(alike, most), "%")


def _form(tactic: str, state: ProofState) -> str:
    found = abstracted(tactic, Place.of(state.main))
    return found.text if found else tactic


def _share(places: Sequence[int], most: int) -> float:
    return 100 * sum(0 < place <= most for place in places) / max(1, len(places))


async def record(goals: Sequence[Goal], path: Path, seconds: float) -> None:
    """Prove goals and add the steps to the file."""
    async with embedded_pool() as pool:
        for goal in goals:
            made = await attempt(goal, pool, Team(Portfolio()), Budget(seconds))
            with path.open("a", encoding="utf-8") as file:
                for step in proof_steps(made.graph):
                    state = made.graph.goals[step.goal].state.key
                    line = {"theorem": goal.name, "imports": goal.imports, "state": state, "tactic": step.tactic}
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--steps", type=Path)
    parser.add_argument("--record", type=Path)
    parser.add_argument("--time", type=float, default=10.0)
    args = parser.parse_args()
    if args.record and args.steps:
        goals = [goal for goal in from_jsonl(args.record) if not isinstance(goal, BadLine)]
        anyio.run(record, goals, args.steps, args.time)
    if args.rows:
        times(args.rows, args.asked)
    if args.steps:
        recall(read(args.steps))


if __name__ == "__main__":
    main()
