"""Golden trees: the whole search on toy problems, compared goal by goal, step by step and try by try.

`scripts/update-golden` runs this file as a program, which rewrites the trees; nothing else does.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from proofagent.search.beam import beam
from proofagent.search.best_first import best_first
from proofagent.search.deepening import deepening
from proofagent.search.loop import search
from proofagent.search.puct import puct
from proofagent.search.settings import SearchResult, Settings
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver, check, dump, snapshot
from proofagent.types import Budget

FOLDER = Path(__file__).resolve().parent.parent / "golden"
USUAL = (("done", "halve"), ("dec", "triple"))
SPLITS = (("done", "split 12 8", "split 15 5"), ("dec", "halve"))
# Narrow and shallow, so that the small trees show what the strategies do.
STRATEGIES = {"best-first": best_first, "beam": beam(2), "depth-first": deepening(3), "puct": puct()}


@dataclass(frozen=True)
class Case:
    """A toy problem, and the strategy that it is searched with."""

    name: str
    start: int
    waves: tuple[tuple[str, ...], ...] = USUAL
    candidates: int = 300
    seconds: float = 0.0
    strategy: str = "best-first"

    @property
    def file(self) -> str:
        """The name of its golden file."""
        return self.name if self.strategy == "best-first" else f"{self.strategy}-{self.name}"


CASES = (
    Case("chain", 24),
    Case("split-and-merge", 12, (("done",), ("split", "halve"), ("dec",))),
    Case("cycle", 5, (("triple", "halve"), ("done", "dec"))),
    Case("dead-ends", 6, (("trap", "hang", "nonsense", "crash"), ("done", "split 5 1", "split\n  3\n  3", "dec"))),
    Case("shared-metavariable", 9, (("done", "share"), ("pick 8", "swap", "pick 4"), ("halve",))),
    Case("harvest", 8, (("try?",), ("dec",))),
    Case("exhausted", 6, (("halve", "trap"), ("split 2 4",))),
    Case("out-of-candidates", 97, candidates=25),
    Case("out-of-time", 97, seconds=2.5),
    # 8 and 12, of the first wave, come before the second at 20; deeper ones and later waves then take turns.
    Case("two-splits", 20, SPLITS),
    # 12 gets all its waves, then 6 and 11 together get theirs, then 3 and 5, then 2 and 1.
    Case("split-and-merge", 12, (("done",), ("split", "halve"), ("dec",)), strategy="beam"),
    # Of six goals 19 and 8 are the beam; once 16 leaves nothing new, 15 and 12 come back from those laid aside.
    Case("two-splits", 20, SPLITS, strategy="beam"),
    # Of 3, 0, 2 and 4 the beam is 3 and 2; these leave only 1 that is new; after it 0 and 4 are all that waits.
    Case("exhausted", 6, (("halve", "trap"), ("split 2 4",)), strategy="beam"),
    # Down to 3 at once, then all others within three steps of 24; 2 and 10, which 3 left, wait until then.
    Case("chain", 24, strategy="depth-first"),
    # Below 8 it goes down to 6 and 2, three steps, and turns to 12, 5 and 15; 3 and 1, a step deeper, are last.
    Case("two-splits", 20, SPLITS, strategy="depth-first"),
    # From 3 it looks at 2, which is worth as much as 10, then at 10 for its visits, then at 1 below 2.
    Case("chain", 24, strategy="puct"),
    # 12 comes before 8 and 15 before 5, as the less likely parts; visits make the two splits take turns.
    Case("two-splits", 20, SPLITS, strategy="puct"),
    # 0 gets all its waves first; 4 is never looked at, since its sibling 2 had failed before.
    Case("exhausted", 6, (("halve", "trap"), ("split 2 4",)), strategy="puct"),
)


def run(case: Case, workers: int = 1) -> tuple[SearchResult, str]:
    """The end of the search and the text of everything that happened."""
    tries: list[object] = []
    clock = ToyClock()
    prover = ToyProver(case.start, seconds=case.seconds, clock=clock)
    proposer = ToyProposer(case.waves)

    def observe(graph, tried) -> None:
        graph.check()
        tries.append([tried.goal, tried.candidate.tactic, tried.result.status, tried.step and tried.step.id])

    async def main() -> SearchResult:
        budget = Budget(seconds=60.0, candidates=case.candidates)
        return await search(
            TOY_GOAL,
            prover,
            proposer,
            budget,
            settings=Settings(workers=workers, strategy=STRATEGIES[case.strategy]),
            observe=observe,
            clock=clock,
        )

    result = anyio.run(main)
    result.graph.check()
    asked = [list(pair) for pair in proposer.asked]
    return result, dump({"end": [result.end], **snapshot(result.graph), "asked": asked, "tries": tries})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_the_whole_tree_is_the_golden_one(case: Case) -> None:
    """Any change of selection, backup, merging or tie-break shows here; `scripts/update-golden` accepts it."""
    result, text = run(case)
    golden = (FOLDER / f"{case.file}.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(golden)
    assert text == golden
    assert (result.end == "complete") == check(case.start, result.script)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_search_is_repeatable(case: Case) -> None:
    """One worker, the same problem: the same tree, twice."""
    assert run(case)[1] == run(case)[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_two_workers_come_to_the_same_end(case: Case) -> None:
    """The order differs with two workers, the end does not, and the graph is sound after each try."""
    result, _ = run(case, workers=2)
    assert result.end == run(case)[0].end
    assert (result.end == "complete") == check(case.start, result.script)


def test_every_golden_file_has_its_case() -> None:
    """No golden file is left over."""
    assert {path.stem for path in FOLDER.iterdir()} == {case.file for case in CASES}


def update() -> None:
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for case in CASES:
        result, text = run(case)
        (FOLDER / f"{case.file}.json").write_text(text, encoding="utf-8")
        print(f"{case.file}: {result.end}, {len(result.graph.goals)} goals, {len(result.graph.steps)} steps")


if __name__ == "__main__":
    update()
