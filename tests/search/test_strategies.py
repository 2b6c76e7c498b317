"""What every strategy promises, on toy problems; then what each of them is for. A new one is added to `ALL`."""

import inspect
from collections import Counter, deque
from collections.abc import Sequence

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.proof.script import render
from proofagent.proof.state import OpenGoal, ProofState
from proofagent.propose.base import Candidate, Query
from proofagent.search.beam import beam
from proofagent.search.best_first import best_first, by_rank
from proofagent.search.deepening import deepening
from proofagent.search.loop import search
from proofagent.search.puct import puct
from proofagent.search.settings import SearchResult, Settings, Tried
from proofagent.search.strategies import STRATEGIES
from proofagent.search.strategy import Entry, Frontier, Strategy
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver, check, dump, snapshot
from proofagent.types import Budget

patient = settings(deadline=None, max_examples=40)
USUAL = (("done", "halve"), ("dec",))


class BreadthFirst:
    """The goals in the order in which they came: all that a new strategy has to be."""

    def __init__(self, graph: ProofGraph) -> None:
        self._graph = graph
        self._queue = deque[Entry]()

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self._queue.append(Entry(goal, wave, penalty))

    def pop(self) -> Entry | None:
        for _ in range(len(self._queue)):
            entry = self._queue.popleft()
            if self._graph.relevant(entry.goal):
                return entry
            self._queue.append(entry)
        return None

    def done(self, entry: Entry) -> None:
        pass

    def restore(self) -> None:
        pass


ALL: dict[str, Strategy] = {
    **STRATEGIES,
    "beam of one": beam(1),
    "beam of three": beam(3),
    "deepening by one": deepening(1),
    "deepening by three": deepening(3),
    "puct without exploration": puct(0.0),
    "puct that explores": puct(20.0),
    "any order": by_rank(lambda graph, entry: (entry.goal * 7 % 5, -entry.wave)),
    "breadth-first": BreadthFirst,
}
everywhere = pytest.mark.parametrize("strategy", ALL.values(), ids=ALL.keys())
alone_and_together = pytest.mark.parametrize("workers", [1, 3])


class Watched:
    """A frontier that holds another to its word, and notes the goals in the order in which it gives them."""

    def __init__(self, graph: ProofGraph, inner: Frontier) -> None:
        self.graph, self._inner = graph, inner
        self.waiting: list[Entry] = []
        self.working: list[Entry] = []
        self.given: list[Entry] = []

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self.waiting.append(Entry(goal, wave, penalty))
        self._inner.push(goal, wave, penalty)

    def pop(self) -> Entry | None:
        entry = self._inner.pop()
        if entry is None:
            assert not any(self.graph.relevant(left.goal) for left in self.waiting), "something useful is left"
            return None
        assert self.graph.relevant(entry.goal), "this cannot help"
        self.waiting.remove(entry)
        self.working.append(entry)
        self.given.append(entry)
        return entry

    def done(self, entry: Entry) -> None:
        self.working.remove(entry)
        self._inner.done(entry)

    def restore(self) -> None:
        self._inner.restore()


def watched(strategy: Strategy, seen: list[Watched] | None = None) -> Strategy:
    def made(graph: ProofGraph) -> Frontier:
        frontier = Watched(graph, strategy(graph))
        if seen is not None:
            seen.append(frontier)
        return frontier

    return made


def run(
    prover: ToyProver, proposer: ToyProposer, strategy: Strategy, budget: Budget | None = None, **options
) -> tuple[SearchResult, list[Tried]]:
    tries: list[Tried] = []

    def observe(graph: ProofGraph, tried: Tried) -> None:
        graph.check()
        tries.append(tried)

    async def main() -> SearchResult:
        return await search(
            TOY_GOAL,
            prover,
            proposer,
            budget or Budget(seconds=60.0, candidates=100_000),
            settings=Settings(strategy=watched(strategy, options.pop("seen", None)), **options),
            observe=observe,
            clock=ToyClock(),
        )

    result = anyio.run(main)
    result.graph.check()
    return result, tries


def pairs(result: SearchResult, tries: Sequence[Tried]) -> Counter[tuple[str, str]]:
    """How often which tactic was tried at which state."""
    return Counter((result.graph.goals[tried.goal].state.key, tried.candidate.tactic) for tried in tries)


SOLVABLE = {
    "chain": (24, USUAL),
    "split": (12, (("done",), ("split", "halve"), ("dec",))),
    "dead ends": (6, (("trap", "hang", "nonsense", "crash"), ("done", "split 5 1", "split\n  3\n  3", "dec"))),
    "metavariable": (9, (("done", "share"), ("pick 8", "swap", "pick 4"), ("halve",))),
    "harvest": (8, (("try?",), ("dec",))),
    "ways back": (4, (("triple", "halve", "trap"), ("done",))),
    "the last wave": (3, (("trap",), ("skip",), (), ("dec", "done"))),
}


@everywhere
@alone_and_together
@pytest.mark.parametrize("name", SOLVABLE)
def test_what_can_be_proved_is_proved(strategy: Strategy, workers: int, name: str) -> None:
    """By any strategy, with a script that holds."""
    start, waves = SOLVABLE[name]
    result, _ = run(ToyProver(start), ToyProposer(waves), strategy, workers=workers)
    assert result.end == "complete"
    assert check(start, result.script)


# No step leaves two goals: where one does, what is tried at one depends on when the other fails.
HOPELESS = {
    "chain": (24, (("halve",), ("dec", "trap"))),
    "nothing to try": (5, ((), ())),
    "nothing works": (5, (("nonsense", "done"), ("hang", "skip"))),
    "suggestions": (12, (("try?", "trap"), ("nonsense",))),
    "repetitions": (7, (("dec", "dec"), ("dec ", "halve"), ("halve", "dec"))),
}


@everywhere
@alone_and_together
@pytest.mark.parametrize("name", HOPELESS)
def test_all_that_can_be_tried_is_tried_once_before_a_search_ends(strategy: Strategy, workers: int, name: str) -> None:
    """The same candidates at the same goals as by best-first search; only their order is the strategy's."""
    start, waves = HOPELESS[name]
    result, tries = run(ToyProver(start), ToyProposer(waves), strategy, workers=workers)
    assert result.end == "exhausted"
    assert pairs(result, tries) == pairs(*run(ToyProver(start), ToyProposer(waves), best_first))
    assert set(pairs(result, tries).values()) <= {1}


@everywhere
@alone_and_together
@pytest.mark.parametrize("most", [1, 5, 30])
def test_no_strategy_outruns_the_budget(strategy: Strategy, workers: int, most: int) -> None:
    """Exactly as many candidates reach the prover as there may, where more would be needed."""
    prover = ToyProver(9_973)
    result, _ = run(prover, ToyProposer((("dec",), ("halve",))), strategy, Budget(candidates=most), workers=workers)
    assert (result.end, len(prover.applied)) == ("out-of-candidates", most)


@everywhere
def test_one_worker_searches_the_same_way_twice(strategy: Strategy) -> None:
    """The order has no chance in it."""
    waves = (("done", "split", "trap"), ("halve", "split 1 2 3"), ("dec",))

    def tree() -> str:
        result, tries = run(ToyProver(17), ToyProposer(waves), strategy)
        tried: list[object] = [[each.goal, each.candidate.tactic] for each in tries]
        return dump({**snapshot(result.graph), "tries": tried})

    assert tree() == tree()


# None of these leads back or up, so every search comes to an end, and no order can hide a proof.
TACTICS = ["done", "halve", "dec", "split", "split 1 2", "split 2 2 3", "trap", "skip", "try?", "hang", "crash"]
WAVES = st.lists(st.lists(st.sampled_from(TACTICS), max_size=4), min_size=1, max_size=4)


@everywhere
@patient
@given(st.integers(1, 14), WAVES, st.sampled_from([1, 3]))
def test_every_strategy_comes_to_the_verdict_of_best_first_search(
    strategy: Strategy, start: int, waves: list[list[str]], workers: int
) -> None:
    """Complete or exhausted; nothing is tried twice, and a goal has failed only once all was tried there."""
    expected, _ = run(ToyProver(start), ToyProposer(waves), best_first)
    result, tries = run(ToyProver(start), ToyProposer(waves), strategy, workers=workers)
    assert result.end == expected.end
    assert (result.end == "complete") == check(start, result.script)
    tried = pairs(result, tries)
    assert set(tried.values()) <= {1}
    failed = [node.state.key for node in result.graph.goals.values() if node.status == "failed"]
    assert all((key, tactic) in tried for key in failed for wave in waves for tactic in wave)


def state(name: object) -> ProofState:
    return ProofState((OpenGoal((), str(name)),))


def grown(*steps: tuple[object, str, Sequence[object]]) -> ProofGraph:
    """A graph of steps (goal, tactic, children), goals by their names; the first goal is that of the first step."""
    graph = ProofGraph(state(steps[0][0]))
    for goal, tactic, children in steps:
        graph.add_step(named(graph, goal), tactic, tuple(map(state, children)))
    return graph


def named(graph: ProofGraph, name: object) -> int:
    return next(node.id for node in graph.goals.values() if node.state.main.target == str(name))


def order(frontier: Frontier, graph: ProofGraph) -> list[str]:
    """All that a frontier gives, each reported as done at once."""
    found: list[str] = []
    while (entry := frontier.pop()) is not None:
        found.append(graph.goals[entry.goal].state.main.target)
        frontier.done(entry)
    return found


@everywhere
@pytest.mark.parametrize("waves", [0, 1])
def test_what_cannot_help_comes_back_when_it_can(strategy: Strategy, waves: int) -> None:
    """b is of no use once a, which was needed with it, has failed; a new way to it makes it useful."""
    graph = grown(("root", "both", "ab"), ("root", "other", "c"))
    frontier = strategy(graph)
    for wave in range(waves + 1):
        # What was worked on already may be kept elsewhere than what was not.
        assert wave == 0 or sorted(order(frontier, graph)) == ["b", "c"]
        for name in "bc":
            frontier.push(named(graph, name), wave, float(wave))
    graph.exhaust(named(graph, "a"))
    assert order(frontier, graph) == ["c"]
    graph.add_step(named(graph, "c"), "on", (state("b"),))
    frontier.restore()
    assert order(frontier, graph) == ["b"]
    assert frontier.pop() is None


@everywhere
def test_settled_goals_are_not_given_out(strategy: Strategy) -> None:
    """Neither one that was proved meanwhile nor one below a proved goal, nor anything once the root is."""
    graph = grown(("root", "both", "ab"), ("a", "on", "c"), ("b", "on", "d"))
    frontier = strategy(graph)
    for name in "acbd":
        frontier.push(named(graph, name), 0, 0.0)
    graph.add_step(named(graph, "a"), "close", ())
    assert sorted(order(frontier, graph)) == ["b", "d"]
    frontier.push(named(graph, "b"), 1, 1.0)
    graph.add_step(named(graph, "b"), "close", ())
    assert frontier.pop() is None


@everywhere
def test_long_ways_are_no_trouble(strategy: Strategy) -> None:
    """A way of more steps than Python has frames."""
    graph = grown(*((number, "on", [number + 1]) for number in range(1_500)))
    frontier = strategy(graph)
    frontier.push(1_500, 0, 0.0)
    assert frontier.pop() == Entry(1_500, 0, 0.0)


def test_a_strategy_is_a_few_lines() -> None:
    """Less than thirty, and it passes all that is asked of strategies here."""
    assert len(inspect.getsource(BreadthFirst).splitlines()) < 30
    assert BreadthFirst in ALL.values()


def test_a_value_of_ones_own_moves_the_search() -> None:
    """Told that even numbers are better, best-first search goes there first."""

    def even(state: ProofState) -> float:
        return 0.9 if state.main.target in "02468" else 0.001

    def second(**options) -> str:
        result, tries = run(ToyProver(7), ToyProposer((("split 3 4",), ("done", "dec"))), best_first, **options)
        return result.graph.goals[next(t.goal for t in tries if t.goal != ROOT)].state.key

    assert (second(), second(value=even)) == ("⊢ 3", "⊢ 4")


# Beam search.


def beamed(width: int, *steps: tuple[object, str, Sequence[object]]) -> tuple[ProofGraph, Frontier]:
    return (graph := grown(*steps)), beam(width, rank=lambda g, e: (-e.penalty - e.goal / 100,))(graph)


def test_the_beam_gets_all_its_waves_before_the_next_level() -> None:
    """Of four goals the first two are the beam; what these leave comes before the two that were laid aside."""
    graph, frontier = beamed(2, ("root", "all", "abcd"))
    for goal in "abcd":
        frontier.push(named(graph, goal), 0, 0.0)
    frontier.push(ROOT, 1, 5.0)
    given = []
    for wave, below in (("root", ()), ("a", "e"), ("b", "f"), ("a", ()), ("b", ()), ("e", ()), ("f", ()), ("c", ())):
        entry = frontier.pop()
        assert entry is not None
        given.append(graph.goals[entry.goal].state.main.target)
        assert given[-1] == wave
        for child in below:
            graph.add_step(entry.goal, f"to {child}", (state(child),))
            frontier.push(named(graph, child), 0, 0.0)
        if entry.wave == 0 and given[-1] in "ab":
            frontier.push(entry.goal, 1, 9.0)
    assert order(frontier, graph) == ["d"]


def test_goals_that_cannot_help_have_no_place_in_the_beam() -> None:
    """The beam is filled with the best that can."""
    graph, frontier = beamed(2, ("root", "both", "ab"), ("root", "others", "cd"))
    graph.exhaust(named(graph, "a"))
    for goal in "bcd":
        frontier.push(named(graph, goal), 0, 0.0)
    frontier.push(named(graph, "d"), 1, 0.0)
    assert order(frontier, graph) == ["c", "d", "d"]


# Depth-first search with iterative deepening.


def test_the_deepest_goal_within_the_limit_is_next() -> None:
    """Two steps at first, then four."""
    graph = grown(("root", "on", "ab"), ("a", "on", "c"), ("c", "on", "d"), ("d", "on", "e"), ("e", "on", "f"))
    frontier = deepening(2)(graph)
    for goal in graph.goals:
        frontier.push(goal, 0, 0.0)
    assert order(frontier, graph) == ["c", "a", "b", "root", "e", "d", "f"]


class Planner(ToyProposer):
    """After 3, 10 its plan has no end: 9, 28, 27 and on. The second wave at 3 is the way out."""

    async def propose(self, query: Query) -> list[Candidate]:
        number = int(query.state.main.target)
        plan = "done" if number == 1 else "dec" if number % 2 == 0 else "triple"
        return [Candidate(plan, planned=number != 3)] if query.wave == 0 else [Candidate("split 1 1 1")]


def test_a_plan_without_an_end_does_not_keep_the_limit_from_being_reached() -> None:
    """Its steps do not add to the depth that the graph counts; to that of the limit they do."""
    for limit in (1, 3, 8):
        result, _ = run(ToyProver(3), Planner(((), ())), deepening(limit), Budget(candidates=40))
        assert result.end == "complete"
        assert render(result.script).startswith("split 1 1 1")
        assert max(node.depth for node in result.graph.goals.values()) == 1


# PUCT.


def test_the_least_proved_goal_of_a_step_is_first() -> None:
    """All goals of a step have to be proved, so the worst of them decides."""
    values = {"root": 0.5, "a": 0.9, "b": 0.2, "c": 0.6}
    graph = ProofGraph(state("root"), estimate=lambda s: values[s.main.target])
    graph.add_step(ROOT, "all", tuple(map(state, "abc")))
    frontier = puct()(graph)
    for goal in (1, 2, 3):
        frontier.push(goal, 0, 0.0)
    assert order(frontier, graph) == ["b", "c", "a"]


def two_ways(likely: float = 0.0) -> tuple[ProofGraph, Frontier]:
    """A root with a way to a, worth 0.6, and one to b, worth 0.5."""
    values = {"root": 0.5, "a": 0.6, "b": 0.5}
    graph = ProofGraph(state("root"), estimate=lambda s: values[s.main.target])
    graph.add_step(ROOT, "to a", (state("a"),))
    graph.add_step(ROOT, "to b", (state("b"),), log_prior=likely)
    frontier = puct()(graph)
    for wave in range(100):
        for name in "ab":
            frontier.push(named(graph, name), wave, 0.0)
    return graph, frontier


def test_values_priors_and_visits_decide_together() -> None:
    """The better way is visited more often, but not alone; an unlikely way is visited more rarely."""
    (graph, frontier), (other, frontier_of_other) = two_ways(), two_ways(-2.0)
    equal, unlikely = order(frontier, graph)[:100], order(frontier_of_other, other)[:100]
    assert equal[0] == unlikely[0] == "a"
    assert 0 < unlikely.count("b") < equal.count("b") < 50


def test_a_way_in_work_counts_as_visited_in_vain() -> None:
    """A second worker takes the other way, which would not be next if the first were done."""
    graph, frontier = two_ways(-4.0)
    first, second = frontier.pop(), frontier.pop()
    assert first is not None
    assert second is not None
    assert [graph.goals[entry.goal].state.main.target for entry in (first, second)] == ["a", "b"]
    graph, frontier = two_ways(-4.0)
    for _ in range(2):
        entry = frontier.pop()
        assert entry is not None
        assert graph.goals[entry.goal].state.main.target == "a"
        frontier.done(entry)


def test_workers_spread_over_the_ways() -> None:
    """With one below a, the next goes to b, although a has a second goal that is worth more."""
    values = {"root": 0.5, "a": 0.6, "b": 0.5, "c": 0.6, "d": 0.6}
    graph = ProofGraph(state("root"), estimate=lambda s: values[s.main.target])
    for goal, child in (("root", "a"), ("root", "b"), ("a", "c"), ("a", "d")):
        graph.add_step(named(graph, goal), f"to {child}", (state(child),))
    for together, expected in ((True, "cb"), (False, "cd")):
        frontier = puct(0.1)(graph)
        for name in "cdb":
            frontier.push(named(graph, name), 0, 0.0)
        for name in expected:
            entry = frontier.pop()
            assert entry is not None
            assert graph.goals[entry.goal].state.main.target == name
            if not together:
                frontier.done(entry)


def test_workers_spread_over_the_goals_of_a_step() -> None:
    """With one below a, the least proved, the next goes to b: both are needed, and a has somebody."""
    values = {"root": 0.5, "a": 0.2, "b": 0.9, "c": 0.2, "d": 0.2}
    graph = ProofGraph(state("root"), estimate=lambda s: values[s.main.target])
    for goal, children in (("root", "ab"), ("a", "c"), ("a", "d")):
        graph.add_step(named(graph, goal), f"to {children}", tuple(map(state, children)))
    frontier = puct()(graph)
    for name in "bcd":
        frontier.push(named(graph, name), 0, 0.0)
    given = [entry.goal for _ in range(3) if (entry := frontier.pop())]
    assert [graph.goals[goal].state.main.target for goal in given] == ["c", "b", "d"]


def test_waves_that_were_asked_in_vain_make_room_for_steps() -> None:
    """Each lowers what a further wave is worth, until a step that is there is worth more."""
    values = {"root": 0.9, "a": 0.4}
    graph = ProofGraph(state("root"), estimate=lambda s: values[s.main.target])
    graph.add_step(ROOT, "to a", (state("a"),))
    frontier = puct(0.0)(graph)
    for wave in range(4):
        frontier.push(ROOT, wave, 0.0)
    frontier.push(named(graph, "a"), 0, 0.0)
    assert order(frontier, graph) == ["root", "root", "a", "root", "root"]


@pytest.mark.parametrize("workers", [2, 3, 5])
@pytest.mark.parametrize("waves", [[["halve", "split"], ["dec", "trap"], ["split 3 4"]], [["split 6 7", "dec"], []]])
def test_workers_are_at_different_goals_where_there_are_others(workers: int, waves: list[list[str]]) -> None:
    """A goal is given out a second time only where no goal that can help waits that nobody works on."""
    seen: list[Watched] = []

    class Spread(Watched):
        def pop(self) -> Entry | None:
            busy = {entry.goal for entry in self.working}
            free = {e.goal for e in self.waiting if self.graph.relevant(e.goal)} - busy
            entry = super().pop()
            assert entry is None or entry.goal not in busy or not free
            most.append(len({entry.goal for entry in self.working}))
            return entry

    most: list[int] = []
    prover = ToyProver(13, delays={"dec": 0.002, "halve": 0.001})
    result, _ = run(prover, ToyProposer(waves), lambda graph: Spread(graph, puct()(graph)), workers=workers, seen=seen)
    assert result.end == "exhausted"
    assert max(most) >= min(workers, 3)
    assert not seen[0].working
