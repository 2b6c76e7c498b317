"""What is remembered of a proof: its steps, its parts as blocks, and which of these are of use for a goal."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from proofagent.errors import GoalError
from proofagent.goals.commands import split
from proofagent.goals.declarations import declared_name
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import Kind, code
from proofagent.proof.graph import ProofGraph, StepNode
from proofagent.proof.script import is_step, render, size
from proofagent.proof.state import ProofState
from proofagent.propose.content import refusal
from proofagent.propose.memory.abstraction import Abstract, Place, abstracted
from proofagent.propose.memory.features import features
from proofagent.propose.memory.kinds import kind_of

_ALWAYS_THERE = frozenset(["Init"])
_WITH_MATHLIB = frozenset(["Batteries", "Aesop", "Qq", "ProofWidgets", "ImportGraph", "Plausible", "Lean", "Std"])
_HARVESTS = re.compile(r"^\w+\?", re.MULTILINE)
"""`simp?` and its like, which say what to write in their place."""

_MOST_BLOCKS, _MOST_TACTICS = 12, 10

_INTRODUCES = re.compile(r"(?:intros?|rename_i)(?: [^\s;⟨<(]+)*")


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """A tactic that is part of a proof, and what the state looked like that it was applied to."""

    digest: str
    """Of the state with its names, the tactic and the packages: what is the same counts once."""
    theorem: str
    """`Goal.digest` of the goal whose proof it is from."""
    features: tuple[str, ...]
    tactic: Abstract
    packages: tuple[str, ...] = ()
    """The packages that were imported, `Init` left out."""
    needs: tuple[str, ...] = ()
    """The declarations of the goal's own preamble that the tactic names."""
    lean: str = ""
    """The version of Lean, where it was told; for people."""
    kind: str = ""
    """What is left of the tactic without any name (`kinds`); empty for blocks, and in rows of older programs."""
    block: bool = False
    """Whether `tactic` is several tactics that prove the goal together."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a goal lets its tactics speak of."""

    packages: frozenset[str]
    declared: frozenset[str]

    def offer(self, step: MemoryStep) -> bool:
        """Whether everything that `step` may speak of is there."""
        return self.packages.issuperset(step.packages) and self.declared.issuperset(step.needs)


@lru_cache(maxsize=64)
def surroundings(goal: Goal) -> Surroundings:
    """Of imports the first components only: whether a module imports another one is not looked up, but that Mathlib
    brings the packages that it is built on.
    """
    packages = frozenset(module.partition(".")[0] for module in goal.imports)
    return Surroundings(packages | (_WITH_MATHLIB if "Mathlib" in packages else frozenset()), _declared(goal.preamble))


def remembered(state: ProofState, tactic: str, goal: Goal, *, lean: str = "", block: bool = False) -> MemoryStep | None:
    """The step that is remembered of `tactic`, or of a whole `block`, at `state`; None of one not worth another try.

    Left out are tactics that may not be proposed (`content.refusal`), that only print advice (`simp?`), that are too
    long to be a step of another proof, and states or tactics that no file can hold. So are introductions, which with
    names of another proof would only give a goal that is there once more.
    """
    if refusal(tactic) or not is_step(tactic) or _HARVESTS.search(tactic):
        return None
    if _INTRODUCES.fullmatch(tactic):
        return None
    place = Place.of(state.main)
    abstract = abstracted(tactic, place)
    found = tuple(sorted(features(state)))
    if abstract is None or not _encodable("".join((*found, goal.statement, lean))):
        return None
    packages = tuple(sorted({module.partition(".")[0] for module in goal.imports} - _ALWAYS_THERE))
    digest = hashlib.sha256("\0".join((state.key, tactic, *packages)).encode("utf-8", "surrogatepass")).hexdigest()
    needs = tuple(sorted(surroundings(goal).declared & _named(tactic)))
    kind = "" if block else kind_of(abstract, place)
    return MemoryStep(digest, goal.digest, found, abstract, packages, needs, lean, kind, block)


def _encodable(text: str) -> bool:
    return not re.search("[\ud800-\udfff]", text)


def _declared(preamble: str) -> frozenset[str]:
    """What a preamble declares, with and without namespaces: by full names and by their last components."""
    if not preamble.strip():
        return frozenset()
    try:
        names = [name for command in split(preamble) if (name := declared_name(preamble, command))]
    except GoalError:
        return frozenset()
    return frozenset(names) | {name.rpartition(".")[2] for name in names}


def _named(tactic: str) -> set[str]:
    """The names in a tactic, whole, and each of their components: `xs.size` may be `Tree.size` of a preamble."""
    names = {token.text for token in code(tactic) if token.kind is Kind.IDENTIFIER}
    return names | {part for name in names for part in name.split(".")}


def proof_blocks(graph: ProofGraph, steps: Iterable[StepNode]) -> Iterator[tuple[int, str]]:
    """The goals of the `proof_steps` with their whole proofs, where these are short and no introduction comes first.

    A step alone leaves goals that have to wait for their turn; a block is tried at once.
    """
    scripts = ((step.goal, graph.script(step.goal)) for step in islice(filter(_begins_block, steps), _MOST_BLOCKS))
    return ((goal, render(script)) for goal, script in scripts if size(script) <= _MOST_TACTICS)


def _begins_block(step: StepNode) -> bool:
    return bool(step.children) and not _INTRODUCES.fullmatch(step.tactic)


def proof_steps(graph: ProofGraph) -> Iterator[StepNode]:
    """One step for each proved goal: the one that begins its shortest proof, as in `ProofGraph.script`.

    Goals beside the final proof are taken as well: their proofs are as true as those in it, and a run that does not
    reach the root teaches something. Of several proofs of a goal only the shortest is taken: searches go on after a
    goal is proved, and the detours that they find would outvote what should have been done.
    """
    sizes: dict[int, int] = {}
    for node in graph.goals.values():
        if node.status == "proved":
            _measure(graph, node.id, sizes)
    for goal in sizes:
        proved = (step for step in graph.steps_of(goal) if step.status == "proved")
        yield min(proved, key=lambda step: (_size(step, sizes), len(step.tactic), step.id))


def _measure(graph: ProofGraph, goal: int, sizes: dict[int, int]) -> None:
    """Put into `sizes` how many tactics the shortest proofs of `goal` and of all proved goals below it have."""
    todo = [goal]
    while todo:
        ways = [step for step in graph.steps_of(todo[-1]) if step.status == "proved"]
        unknown = [child for step in ways for child in step.children if child not in sizes]
        if unknown:
            todo += unknown
        else:
            sizes[todo.pop()] = min(_size(step, sizes) for step in ways)


def _size(step: StepNode, sizes: dict[int, int]) -> int:
    return 1 + sum(sizes[child] for child in step.children)
