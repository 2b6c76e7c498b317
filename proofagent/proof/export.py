"""A proof graph as a file: JSON and GraphML for programs, SVG for people.

Goals and tactics may be anything that a model or a file says: what an XML file cannot hold is written as a visible
sign, and a picture shows no character that would hide or turn others.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from math import isfinite
from xml.sax.saxutils import escape

import networkx as nx

from proofagent.proof.drawing import Box, Node, Size, layout
from proofagent.proof.graph import ROOT, GoalNode, ProofGraph, Status, StepNode

# What no XML file carries as it is; a carriage return is read as a line feed.
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# And what is not seen, or changes how the rest is seen: further controls, joiners, marks of direction, tags.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_LARGE = 300
"""Nodes from which on tooltips are kept short: failed tactics are only counted."""
_MOST_TOOLTIP, _MOST_FAILURES, _MOST_REASON = 2_000, 40, 200
_GOAL_COLUMNS, _STEP_COLUMNS, _LARGE_COLUMNS = 32, 24, 16
_GOAL_HEIGHT, _STEP_HEIGHT = 36, 20
_GOAL_LETTER, _STEP_LETTER, _SMALL_LETTER = 7.2, 6.6, 6.0
"""Widths of a letter of 12, 11 and 10 pixels in a font of fixed width."""
_MARGIN, _HEAD, _LEAST_WIDTH = 16, 64, 640
_MARKS: Mapping[Status, str] = {"proved": "✓", "failed": "✗", "open": "○"}
_STYLE = """
text { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1a1a1a; }
.paper { fill: #ffffff; }
.goal text, .legend text { font-size: 12px; }
.step text { font-size: 11px; }
.goal .small { font-size: 10px; fill: #555555; }
.goal rect, .step rect { stroke-width: 1.2; fill: #f4f6f8; stroke: #57606a; }
.goal.proved rect, .step.proved rect { fill: #e3f1fb; stroke: #0072b2; }
.goal.failed rect, .step.failed rect { fill: #fbece3; stroke: #b34700; stroke-dasharray: 6 3; }
.goal.open rect, .step.open rect { stroke-dasharray: 2 3; }
.edge { fill: none; stroke-width: 1.2; stroke: #6e7781; }
.edge.proved { stroke: #0072b2; }
.edge.failed { stroke: #b34700; stroke-dasharray: 6 3; }
.edge.open { stroke-dasharray: 2 3; }
.proof rect, .edge.proof { stroke-width: 3.5; }
@media screen and (prefers-color-scheme: dark) {
text { fill: #e6e6e6; }
.paper { fill: #0d1117; }
.goal .small { fill: #a0a8b0; }
.goal rect, .step rect { fill: #1b2129; stroke: #9aa4af; }
.goal.proved rect, .step.proved rect { fill: #0b2a40; stroke: #56b4e9; }
.goal.failed rect, .step.failed rect { fill: #3a1d0b; stroke: #f0904d; }
.edge { stroke: #7d8590; }
.edge.proved { stroke: #56b4e9; }
.edge.failed { stroke: #f0904d; }
}
"""


def to_json(graph: ProofGraph) -> str:
    """The whole graph as JSON, one goal or step a line; `proof` marks what belongs to the proof found."""
    steps, goals = _proof(graph)
    tables: dict[str, list[Mapping[str, object]]] = {
        "goals": [
            {
                "id": node.id,
                "text": node.state.key,
                "status": node.status,
                "depth": node.depth,
                "log_prior": _number(node.log_prior),
                "value": _number(node.value),
                "exhausted": node.exhausted,
                "proof": node.id in goals,
                "failures": node.failures,
            }
            for node in graph.goals.values()
        ],
        "steps": [
            {
                "id": step.id,
                "goal": step.goal,
                "tactic": step.tactic,
                "children": step.children,
                "status": step.status,
                "log_prior": _number(step.log_prior),
                "value": _number(step.value),
                "origin": step.origin,
                "proof": step.id in steps,
            }
            for step in graph.steps.values()
        ],
    }
    parts = [
        f'"{name}": [' + ",".join(f"\n  {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]"
        for name, rows in tables.items()
    ]
    text = '{"version": 1,\n' + ",\n".join(parts) + "}\n"
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def to_graphml(graph: ProofGraph) -> str:
    """The graph for other programs: nodes `goal-0`, `step-0` with their attributes, edges from top to bottom.

    A step that leaves the same goal twice has one edge to it; `children` has all of them, in their order.
    """
    steps, goals = _proof(graph)
    made = nx.DiGraph()
    for node in graph.goals.values():
        made.add_node(
            f"goal-{node.id}",
            kind="goal",
            status=node.status,
            text=_written(node.state.key),
            value=node.value,
            log_prior=node.log_prior,
            depth=node.depth,
            exhausted=node.exhausted,
            failures=len(node.failures),
            proof=node.id in goals,
        )
    for step in graph.steps.values():
        made.add_node(
            f"step-{step.id}",
            kind="step",
            status=step.status,
            tactic=_written(step.tactic),
            value=step.value,
            log_prior=step.log_prior,
            origin=_written(step.origin),
            children=" ".join(map(str, step.children)),
            proof=step.id in steps,
        )
        made.add_edge(f"goal-{step.goal}", f"step-{step.id}")
        made.add_edges_from((f"step-{step.id}", f"goal-{child}") for child in step.children)
    return "\n".join(nx.generate_graphml(made)) + "\n"


def to_svg(graph: ProofGraph) -> str:
    """A picture of the whole graph: goals are rounded boxes, steps small labels, the proof found is drawn thick.

    Failed tactics are no nodes: the tooltip of their goal has them, in a large graph their number alone. The file
    needs no other file, follows a dark screen, and tells proved, failed and open apart without colour as well.
    """
    drawing = _Drawing(graph)
    sizes = {node: drawing.size(node) for node in drawing.below}
    boxes = {
        node: Box(box.left + _MARGIN, box.top + _HEAD + _MARGIN, box.width, box.height)
        for node, box in layout(drawing.below, ("goal", ROOT), sizes).items()
    }
    width = max(_LEAST_WIDTH, *(box.right + _MARGIN for box in boxes.values()))
    height = max(box.bottom for box in boxes.values()) + _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>{escape('search for ' + _short(_label(graph.root), _MOST_REASON))}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *_legend(graph),
        *drawing.edges(boxes),
        *(line for node, box in boxes.items() for line in drawing.node(node, box)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


FORMATS: Mapping[str, Callable[[ProofGraph], str]] = {".svg": to_svg, ".graphml": to_graphml, ".json": to_json}
"""By the suffix of the file's name."""


class _Drawing:
    """What stands in the boxes and between them."""

    def __init__(self, graph: ProofGraph) -> None:
        self._graph = graph
        self._steps, self._goals = _proof(graph)
        self.large = len(graph.goals) + len(graph.steps) > _LARGE
        self.below: dict[Node, list[Node]] = {("goal", goal): [] for goal in graph.goals}
        # The proof comes first, at the left.
        for step in sorted(graph.steps.values(), key=lambda step: (step.id not in self._steps, step.id)):
            self.below["goal", step.goal].append(("step", step.id))
            self.below["step", step.id] = [("goal", child) for child in dict.fromkeys(step.children)]

    def size(self, node: Node) -> Size:
        label, small = self._lines(node)
        if node[0] == "step":
            return round(_columns(label) * _STEP_LETTER) + 12, _STEP_HEIGHT
        return round(max(_columns(label) * _GOAL_LETTER, _columns(small) * _SMALL_LETTER)) + 18, _GOAL_HEIGHT

    def node(self, node: Node, box: Box) -> Iterable[str]:
        """The box of `node` with its text and its tooltip."""
        kind, number = node
        label, small = self._lines(node)
        classes = f"{kind} {self._status(node)}" + " proof" * self._in_proof(node)
        yield f'<g class="{classes}" id="{kind}-{number}">'
        yield f"<title>{escape(_visible(self._tooltip(node)))}</title>"
        corner = 9 if kind == "goal" else 0
        place = f'x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" rx="{corner}"'
        yield f"<rect {place}/>"
        letter = _GOAL_LETTER if kind == "goal" else _STEP_LETTER
        yield _text(label, box.left + (9 if kind == "goal" else 6), box.top + (15 if kind == "goal" else 14), letter)
        if small:
            yield _text(small, box.left + 9, box.top + 29, _SMALL_LETTER, "small")
        yield "</g>"

    def edges(self, boxes: Mapping[Node, Box]) -> Iterable[str]:
        """One path for all edges of a kind; those of the proof come last, on top of the others."""
        found: dict[str, list[str]] = {name: [] for name in ("open", "failed", "proved", "proved proof")}
        for node, children in self.below.items():
            for child in children:
                step = child if child[0] == "step" else node
                name = "proved proof" if self._in_proof(step) else self._status(child)
                found[name].append(_curve(boxes[node], boxes[child]))
        return [f'<path class="edge {name}" d="{"".join(curves)}"/>' for name, curves in found.items() if curves]

    def _of(self, node: Node) -> GoalNode | StepNode:
        return self._graph.goals[node[1]] if node[0] == "goal" else self._graph.steps[node[1]]

    def _status(self, node: Node) -> Status:
        return self._of(node).status

    def _in_proof(self, node: Node) -> bool:
        return node[1] in (self._goals if node[0] == "goal" else self._steps)

    def _lines(self, node: Node) -> tuple[str, str]:
        """The label of `node` with the mark of its status, and for a goal the small line under it."""
        found = self._of(node)
        mark = _MARKS[found.status] + " "
        if isinstance(found, StepNode):
            return mark + _short(found.tactic, _LARGE_COLUMNS if self.large else _STEP_COLUMNS), ""
        label = mark + _short(_label(found), _LARGE_COLUMNS if self.large else _GOAL_COLUMNS)
        return label, f"#{found.id} · {found.value:.2f}" + (f" · {len(found.failures)} ✗" if found.failures else "")

    def _tooltip(self, node: Node) -> str:
        found = self._of(node)
        lines = self._about_step(found) if isinstance(found, StepNode) else self._about_goal(found)
        text = "\n".join(filter(None, lines))
        return _cut(text, _MOST_TOOLTIP) if self.large else text

    def _about_goal(self, node: GoalNode) -> Iterable[str]:
        yield f"goal {node.id}: {node.status}, depth {node.depth}, value {node.value:.2f}"
        if node.status == "failed":
            yield "no tactic is left to try"
        if node.failures:
            yield f"{len(node.failures)} tactic{'s' * (len(node.failures) > 1)} failed"
        for goal in node.state.goals:
            yield (f"\ncase {goal.case}\n" if goal.case else "\n") + goal.text
        if self.large or not node.failures:
            return
        yield "\nfailed here:"
        for tactic, reason in list(node.failures.items())[:_MOST_FAILURES]:
            yield f"  {_short(tactic, _MOST_REASON)} — {_short(reason, _MOST_REASON)}"
        if len(node.failures) > _MOST_FAILURES:
            yield f"  and {len(node.failures) - _MOST_FAILURES} more"

    def _about_step(self, step: StepNode) -> Iterable[str]:
        yield f"step {step.id}: {step.status}" + (f", from {step.origin}" if step.origin else "")
        if step.status == "failed":
            failed = [str(child) for child in dict.fromkeys(step.children) if self._status(("goal", child)) == "failed"]
            yield f"leaves goal {' and '.join(failed)}, which failed"
        yield f"\n{step.tactic}"


def _proof(graph: ProofGraph) -> tuple[set[int], set[int]]:
    """The steps and the goals of the proof of the root; nothing where it is not proved."""
    proof = graph.proof()
    return {step.id for step in proof.values()}, set(proof)


def _legend(graph: ProofGraph) -> Iterable[str]:
    """What is to be seen, in numbers, and an example of each kind."""
    goals = [node.status for node in graph.goals.values()]
    failures = sum(len(node.failures) for node in graph.goals.values())
    counts = ", ".join(f"{goals.count(status)} {status}" for status in _MARKS)
    caption = f"goals: {len(goals)} ({counts}) · steps: {len(graph.steps)} · tactics that failed: {failures}"
    yield '<g class="legend">'
    yield _text(caption, _MARGIN, 26, _GOAL_LETTER)
    yield "</g>"
    left = _MARGIN
    for label, classes, corner in (
        *((f"{mark} goal {status}", f"goal {status}", 9) for status, mark in _MARKS.items()),
        ("tactic", "step open", 0),
        ("in the proof", "goal proved proof", 9),
    ):
        width = round(len(label) * _GOAL_LETTER) + 18
        yield f'<g class="{classes}"><rect x="{left}" y="40" width="{width}" height="24" rx="{corner}"/>'
        yield _text(label, left + 9, 56, _GOAL_LETTER) + "</g>"
        left += width + 12


def _text(text: str, left: int, base: int, letter: float, classes: str = "") -> str:
    """Text that takes the room that was measured for it, whatever fonts there are."""
    named = f' class="{classes}"' if classes else ""
    length = round(_columns(text) * letter)
    place = f'x="{left}" y="{base}" textLength="{length}" lengthAdjust="spacingAndGlyphs"'
    return f"<text{named} {place}>{escape(text)}</text>"


def _curve(upper: Box, lower: Box) -> str:
    bend = (upper.bottom + lower.top) / 2
    start, end = f"{upper.middle:g} {upper.bottom}", f"{lower.middle:g} {lower.top}"
    return f"M{start}C{upper.middle:g} {bend:g} {lower.middle:g} {bend:g} {end}\n"


def _label(node: GoalNode) -> str:
    """The target of a goal; of several that hang together, the first, with their number."""
    goals = node.state.goals
    return goals[0].target if len(goals) == 1 else f"{len(goals)} goals: {goals[0].target}" if goals else "no goals"


def _short(text: str, columns: int) -> str:
    """`text` in one line of at most so many columns, with nothing hidden."""
    line = " ".join(_visible(text[: 8 * columns]).split())
    if len(text) <= 8 * columns and _columns(line) <= columns:
        return line
    widths = accumulate(map(_column, line))
    return line[: sum(width < columns for width in widths)] + "…"


def _columns(text: str) -> int:
    return sum(map(_column, text))


def _column(letter: str) -> int:
    """How many columns of a font of fixed width `letter` takes."""
    if letter.isascii():
        return 1
    return 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} characters more)"


def _visible(text: str) -> str:
    return _HIDDEN.sub(_code, text)


def _written(text: str) -> str:
    return _NO_XML.sub(_code, text)


def _code(letter: re.Match[str]) -> str:
    return f"\\u{{{ord(letter[0]):04x}}}"


def _number(value: float) -> float | None:
    """JSON has no infinity, and a zero of one kind is enough."""
    return round(value, 6) + 0.0 if isfinite(value) else None
