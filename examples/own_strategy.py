"""A strategy of your own: which goal is worked on next. This one takes them in the order in which they came."""

from collections import deque

from proofagent import Budget, Entry, Frontier, ProofGraph, Search, Settings


class FirstComeFirstServed:
    def __init__(self, graph: ProofGraph) -> None:
        self.graph = graph
        self.waiting: deque[Entry] = deque()
        self.aside: list[Entry] = []

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self.waiting.append(Entry(goal, wave, penalty))

    def pop(self) -> Entry | None:
        while self.waiting:
            entry = self.waiting.popleft()
            if self.graph.relevant(entry.goal):
                return entry
            self.aside.append(entry)  # a new way may make it useful again
        return None

    def done(self, entry: Entry) -> None: ...

    def restore(self) -> None:
        self.waiting.extend(self.aside)
        self.aside.clear()


def first_come(graph: ProofGraph) -> Frontier:
    return FirstComeFirstServed(graph)


search = Search(settings=Settings(strategy=first_come), budget=Budget(seconds=60))
(attempt,) = search.run(["theorem t (p q : Prop) : p ∧ q → q ∧ p"])
print(attempt.outcome, "in", len(attempt.graph.goals), "goals")
print(attempt.proof)
