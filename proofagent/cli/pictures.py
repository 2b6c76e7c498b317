"""Pictures of proofs: the tree as it grows, the tree that was found, the receipt."""

import time
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from proofagent.check.receipt import Receipt
from proofagent.goals.goal import Goal
from proofagent.proof.graph import ROOT, GoalNode, ProofGraph
from proofagent.propose.asker import Asked
from proofagent.runs.calls import CostModel
from proofagent.runs.results import GoalResult, StepModel
from proofagent.search.settings import Tried

_MARKS = {"open": ("○", "cyan"), "proved": ("✓", "green"), "failed": ("✗", "red")}
_ROWS = 18
_WIDTH = 76


@dataclass(slots=True)
class LiveView:
    """The state of a running search as a picture: rich asks for it several times a second."""

    goal: Goal | None = None
    graph: ProofGraph | None = None
    last: Tried | None = None
    tried: int = 0
    calls: int = 0
    tokens: int = 0
    began: float = field(default_factory=time.monotonic)

    def begin(self, goal: Goal) -> None:
        self.goal, self.graph, self.last, self.began = goal, None, None, time.monotonic()
        self.tried = self.calls = self.tokens = 0

    def see(self, graph: ProofGraph, tried: Tried) -> None:
        self.graph, self.last, self.tried = graph, tried, self.tried + 1

    def called(self, asked: Asked) -> None:
        self.calls, self.tokens = self.calls + 1, self.tokens + asked.call.cost.tokens

    def __rich__(self) -> RenderableType:
        if self.goal is None:
            return Text("starting Lean ...", style="dim")
        seconds = max(time.monotonic() - self.began, 0.001)
        head = Text.assemble(
            (self.goal.name, "bold"), f"  {seconds:.1f} s  {self.tried} candidates  {self.tried / seconds:.0f}/s"
        )
        if self.calls:
            head.append(f"  {self.calls} calls, {self.tokens:,} tokens")
        if self.graph is None:
            return head
        rows: list[RenderableType] = [head, growing_tree(self.graph)]
        if self.last is not None:
            rows.append(Text(f"trying  {_short(self.last.candidate.tactic)}", style="dim"))
        return Group(*rows)


def growing_tree(graph: ProofGraph, rows: int = _ROWS) -> Tree:
    """The most promising part of `graph`, at most `rows` goals of it, best steps first."""
    left = [rows]
    tree = Tree(_goal_line(graph.root))
    _grow(graph, ROOT, tree, left, {ROOT})
    return tree


def _grow(graph: ProofGraph, goal: int, tree: Tree, left: list[int], shown: set[int]) -> None:
    steps = sorted(graph.steps_of(goal), key=lambda s: (s.status == "failed", s.status != "proved", -s.value, s.id))
    for step in steps:
        if left[0] <= 0 or step.status == "failed":
            return
        branch = tree.add(Text(_short(step.tactic), style="bold" if step.status == "proved" else ""))
        for child in step.children:
            if child not in shown and left[0] > 0:
                left[0] -= 1
                shown.add(child)
                _grow(graph, child, branch.add(_goal_line(graph.goals[child])), left, shown)
        if step.status == "proved":
            return


def _goal_line(node: GoalNode) -> Text:
    mark, style = _MARKS[node.status]
    return Text.assemble((f"{mark} ", style), (f"⊢ {_short(node.state.main.target)}", style))


def proof_tree(result: GoalResult) -> Tree | None:
    """The steps of a proof, each goal with the tactic that was applied to it."""
    if result.tree is None:
        return None
    tree = Tree(Text(result.name, style="bold"))
    _add_step(tree, result.tree)
    return tree


def _add_step(tree: Tree, step: StepModel) -> None:
    branch = tree.add(Text.assemble(("⊢ ", "green"), _short(step.goal)))
    leaf = branch.add(Text.assemble((_short(step.tactic), "bold"), (f"   {step.origin}", "dim")))
    for child in step.children:
        _add_step(leaf, child)


def receipt_lines(receipt: Receipt) -> Text:
    """A receipt for people."""
    axioms = ", ".join(receipt.axioms) or "none beyond the library"
    others = f", and taken by {' and '.join(receipt.confirmed_by)}" if receipt.confirmed_by else ""
    return Text.assemble(
        ("✓ accepted", "bold green"),
        f"  Lean {receipt.lean_version} ({receipt.engine}), {receipt.seconds.whole:.2f} s\n",
        (
            f"  compiled by a fresh process, taken by the kernel of a second one, compared as kernel terms{others}\n",
            "dim",
        ),
        (f"  axioms: {axioms}; solution {receipt.solution_sha256[:16]}", "dim"),
    )


def cost_line(cost: CostModel, calls: int) -> str:
    """What models have cost, for people."""
    parts = [f"{calls} call{'' if calls == 1 else 's'} of models", f"{cost.input_tokens + cost.output_tokens:,} tokens"]
    if cost.dollars or not cost.unpriced_tokens:
        parts.append(f"${cost.dollars:.4f}")
    if cost.unpriced_tokens:
        parts.append(f"{cost.unpriced_tokens:,} tokens of unknown price")
    if cost.unconfirmed_tokens:
        parts.append(f"up to {cost.unconfirmed_tokens:,} tokens (${cost.unconfirmed_dollars:.4f}) unconfirmed")
    return ", ".join(parts)


def _short(text: str, width: int = _WIDTH) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def aligned(proof: str) -> str:
    """A proof, which is kept from its first character on, with its first line moved in as far as the others show."""
    first, _, rest = proof.partition("\n")
    margins = [len(line) - len(line.lstrip()) for line in rest.split("\n") if line.strip()]
    if not margins:
        return proof
    opens = first.split()[-1] in ("by", "with", "=>", ":=")
    column = min(margins) - (2 if opens and margins[0] == min(margins) else 0)
    return " " * max(0, column) + proof
