"""A proof graph as JSON, GraphML and SVG: nothing is lost, nothing breaks the file, no box lies upon another.

Run as a program, with the repository on the path, this file rewrites `tests/golden/*.svg` and `*.graphml`.
"""

import io
import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import anyio
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.drawing import Box, layout
from proofagent.proof.export import FORMATS, to_graphml, to_json, to_svg
from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.proof.state import Hypothesis, OpenGoal, ProofState
from proofagent.search.loop import search
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver
from proofagent.types import Budget

FOLDER = Path(__file__).resolve().parent.parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
# As in `tests/search/test_golden.py`, whose trees these are pictures of.
SEARCHES = {
    "dead-ends": (6, (("trap", "hang", "nonsense", "crash"), ("done", "split 5 1", "split\n  3\n  3", "dec"))),
    "shared-metavariable": (9, (("done", "share"), ("pick 8", "swap", "pick 4"), ("halve",))),
    "exhausted": (6, (("halve", "trap"), ("split 2 4",))),
}
GOLDEN = [(name, suffix) for name in SEARCHES for suffix in (".svg", ".graphml")]


def state(name: str) -> ProofState:
    return ProofState((OpenGoal((), name),))


def searched(name: str) -> ProofGraph:
    start, waves = SEARCHES[name]

    async def main() -> ProofGraph:
        prover, budget = ToyProver(start), Budget(seconds=60.0, candidates=300)
        return (await search(TOY_GOAL, prover, ToyProposer(waves), budget, clock=ToyClock())).graph

    return anyio.run(main)


def large(goals: int) -> ProofGraph:
    """A bushy graph whose goals are met again and again."""
    graph = ProofGraph(state("0"))
    for goal in range(goals // 3):
        graph.add_step(goal, f"one {goal}", tuple(state(str(3 * goal + place)) for place in (1, 2, 3)))
        graph.add_step(goal, f"two {goal}", (state(str(7 * goal + 5)),))
        for place in range(17):
            graph.add_failure(goal, f"bad {place}", "no")
    return graph


def picture(graph: ProofGraph) -> ET.Element:
    return ET.fromstring(to_svg(graph))


def groups(graph: ProofGraph, kind: str) -> dict[int, ET.Element]:
    """The drawn nodes of one kind; each is there once."""
    found = [g for g in picture(graph).iter(f"{SVG}g") if g.get("id", "").startswith(kind)]
    numbered = {int(g.get("id").removeprefix(f"{kind}-")): g for g in found}
    assert len(numbered) == len(found)
    return numbered


def tooltip(group: ET.Element) -> str:
    return group.find(f"{SVG}title").text


def assert_apart(boxes: list[Box]) -> None:
    """Boxes that share a row of pixels share no column: only those next to one another in a line are looked at."""
    by_row: dict[int, list[Box]] = {}
    for box in boxes:
        by_row.setdefault(box.top, []).append(box)
    for row in by_row.values():
        row.sort(key=lambda box: box.left)
        assert all(left.right < right.left for left, right in pairwise(row))
    tops = sorted(by_row)
    assert all(max(box.bottom for box in by_row[upper]) < lower for upper, lower in pairwise(tops))


@pytest.mark.parametrize(("name", "suffix"), GOLDEN)
def test_the_file_is_the_golden_one(name, suffix):
    """Any change of layout, colours or attributes shows here; this file, run as a program, accepts it."""
    assert FORMATS[suffix](searched(name)) == (FOLDER / f"{name}{suffix}").read_text(encoding="utf-8")


def test_the_json_has_one_goal_or_step_a_line():
    """The whole file for a small graph, letter by letter; half of a surrogate pair is escaped, Lean's letters not."""
    graph = ProofGraph(state("p ∧ q"))
    graph.add_failure(ROOT, "omega", "no")
    graph.add_step(ROOT, "and \ud800", (state("p"), state("p")), log_prior=-1 / 3, origin="toy")
    assert to_json(graph) == (
        '{"version": 1,\n'
        '"goals": [\n'
        '  {"id": 0, "text": "⊢ p ∧ q", "status": "open", "depth": 0, "log_prior": 0.0, "value": 0.25,'
        ' "exhausted": false, "proof": false, "failures": {"omega": "no"}},\n'
        '  {"id": 1, "text": "⊢ p", "status": "open", "depth": 1, "log_prior": -0.333333, "value": 0.5,'
        ' "exhausted": false, "proof": false, "failures": {}}\n'
        "],\n"
        '"steps": [\n'
        '  {"id": 0, "goal": 0, "tactic": "and \\ud800", "children": [1, 1], "status": "open", "log_prior": -0.333333,'
        ' "value": 0.25, "origin": "toy", "proof": false}\n'
        "]}\n"
    )


@pytest.mark.parametrize("name", SEARCHES)
def test_json_holds_every_goal_step_and_failure(name):
    """What the graph knows can be read back."""
    graph = searched(name)
    read = json.loads(to_json(graph))
    goals = [(n.id, n.state.key, n.status, n.failures) for n in graph.goals.values()]
    steps = [(s.id, s.goal, s.tactic, list(s.children), s.status) for s in graph.steps.values()]
    assert [(g["id"], g["text"], g["status"], g["failures"]) for g in read["goals"]] == goals
    assert [(s["id"], s["goal"], s["tactic"], s["children"], s["status"]) for s in read["steps"]] == steps


@pytest.mark.parametrize("name", SEARCHES)
def test_graphml_read_back_has_the_same_nodes_and_edges(name):
    """networkx reads the nodes, what is known of each, and the edges."""
    graph = searched(name)
    read = nx.read_graphml(io.BytesIO(to_graphml(graph).encode()))
    goals = {f"goal-{n.id}": (n.status, n.state.key, n.depth, n.value) for n in graph.goals.values()}
    steps = {f"step-{s.id}": (s.status, s.tactic, s.origin, s.log_prior) for s in graph.steps.values()}
    nodes = dict(read.nodes(data=True))
    found = {n: (d["status"], d["text"], d["depth"], d["value"]) for n, d in nodes.items() if d["kind"] == "goal"}
    taken = {n: (d["status"], d["tactic"], d["origin"], d["log_prior"]) for n, d in nodes.items() if "tactic" in d}
    assert (found, taken) == (goals, steps)
    down = {(f"goal-{s.goal}", f"step-{s.id}") for s in graph.steps.values()}
    assert set(read.edges) == down | {(f"step-{s.id}", f"goal-{c}") for s in graph.steps.values() for c in s.children}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_proof_is_marked_along_the_steps_of_the_script(suffix):
    """Thick in the picture, an attribute elsewhere: the steps that the shortest script takes, and no others."""
    graph = searched("dead-ends")
    wanted, todo = set(), [ROOT]
    while todo:
        step = graph.best_step(todo.pop())
        wanted.add(step.id)
        todo += step.children
    text = FORMATS[suffix](graph)
    if suffix == ".svg":
        found = {i for i, g in groups(graph, "step").items() if "proof" in g.get("class").split()}
    elif suffix == ".json":
        found = {step["id"] for step in json.loads(text)["steps"] if step["proof"]}
    else:
        nodes = nx.read_graphml(io.BytesIO(text.encode())).nodes(data=True)
        found = {int(name[5:]) for name, data in nodes if data["kind"] == "step" and data["proof"]}
    assert found == wanted
    assert len(wanted) < len(graph.steps)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_picture_has_every_goal_and_every_step_once(name):
    """Each node has its status as a class and as a sign, and its whole text as a tooltip."""
    graph = searched(name)
    goals, steps = groups(graph, "goal"), groups(graph, "step")
    assert (goals.keys(), steps.keys()) == (graph.goals.keys(), graph.steps.keys())
    marks = {"proved": "✓", "failed": "✗", "open": "○"}
    for node in graph.goals.values():
        assert all(goal.text in tooltip(goals[node.id]) for goal in node.state.goals)
        assert all(reason in tooltip(goals[node.id]) for reason in node.failures.values())
    for found, group in [
        *((n, goals[n.id]) for n in graph.goals.values()),
        *((s, steps[s.id]) for s in graph.steps.values()),
    ]:
        assert found.status in group.get("class").split()
        assert group.find(f"{SVG}text").text.startswith(marks[found.status])


def test_a_picture_needs_nothing_from_elsewhere():
    """No script, no link, no font that is fetched."""
    text = to_svg(searched("dead-ends"))
    assert re.findall(r"<script|href|url\(|@import|@font-face|<image|<foreignObject", text) == []
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]


def test_a_graph_of_one_goal():
    """A search that has found nothing yet is a picture of its goal."""
    graph = ProofGraph(state("p"))
    assert groups(graph, "goal").keys() == {ROOT}
    assert nx.read_graphml(io.BytesIO(to_graphml(graph).encode())).number_of_edges() == 0
    assert json.loads(to_json(graph))["steps"] == []


def test_a_large_graph_counts_its_failed_tactics_only():
    """All nodes are there, in a picture that is not endlessly wide; a tooltip counts what failed, and is cut."""
    graph = large(1500)
    graph.add_step(ROOT, "long", (state("long " * 2000),))
    goals = groups(graph, "goal")
    assert goals.keys() == graph.goals.keys()
    assert "17 tactics failed" in tooltip(goals[3])
    assert "bad 3" not in tooltip(goals[3])
    assert "characters more)" in tooltip(goals[max(goals)])
    assert int(picture(graph).get("width")) < 12_000
    assert to_svg(graph) == to_svg(graph)


@pytest.mark.parametrize("graph", [large(30), large(1500), *map(searched, SEARCHES)], ids=range(5))
def test_no_two_boxes_of_a_picture_overlap(graph):
    """Whatever is drawn has its own place, inside the picture."""
    image = picture(graph)
    rects = [g.find(f"{SVG}rect") for g in image.iter(f"{SVG}g") if g.get("id")]
    boxes = [Box(*(int(rect.get(name)) for name in ("x", "y", "width", "height"))) for rect in rects]
    assert_apart(boxes)
    assert min(box.left for box in boxes) >= 0
    assert max(box.right for box in boxes) <= int(image.get("width"))
    assert max(box.bottom for box in boxes) <= int(image.get("height"))


EDGES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=120)


@given(EDGES, st.lists(st.tuples(st.integers(1, 400), st.integers(1, 40)), min_size=41, max_size=41))
def test_a_layout_goes_down_and_keeps_boxes_apart(edges, sizes):
    """Any graph without cycles, with boxes of any size: each node is below all that lead to it, none upon another."""
    below = {("goal", i): [] for i in range(41)}
    for upper, lower in edges:
        if upper < lower and ("goal", lower) not in below["goal", upper]:
            below["goal", upper].append(("goal", lower))
    boxes = layout(below, ("goal", 0), {node: sizes[node[1]] for node in below})
    assert boxes.keys() == {("goal", 0), *nx.descendants(nx.DiGraph(below), ("goal", 0))}
    assert all(boxes[node].bottom < boxes[child].top for node in boxes for child in below[node])
    for one, other in combinations(boxes.values(), 2):
        apart = one.right < other.left or other.right < one.left
        assert apart or one.bottom < other.top or other.bottom < one.top
    assert all(box.left >= 0 and box.top >= 0 for box in boxes.values())


TEXT = st.text(st.characters(), min_size=1, max_size=60) | st.sampled_from(
    [
        "<b>&amp;</title>]]>",
        'x" onload="alert(1)',
        "\x00\x1b[31m\r\n",
        "\ud800",
        "\u202egnp.\u2066",
        "￿\ufffe",
        "語" * 99,
    ]
)


@given(TEXT, TEXT, TEXT, TEXT)
def test_any_text_makes_well_formed_files(target, tactic, reason, name):
    """Goals, tactics and reasons may be anything: each file can be written as UTF-8, read back, and has all nodes."""
    graph = ProofGraph(ProofState((OpenGoal((Hypothesis(name, target),), target, case=name),)))
    graph.add_failure(ROOT, tactic, reason)
    graph.add_step(ROOT, tactic, (state(reason), state(name)), origin=name)
    for write in FORMATS.values():
        write(graph).encode()
    assert groups(graph, "goal").keys() == graph.goals.keys()
    read = json.loads(to_json(graph))
    assert read["goals"][0]["failures"] == graph.root.failures
    assert [step["tactic"] for step in read["steps"]] == [step.tactic for step in graph.steps.values()]
    nodes = nx.read_graphml(io.BytesIO(to_graphml(graph).encode())).nodes
    assert len(nodes) == len(graph.goals) + len(graph.steps)
    shown = "".join(picture(graph).itertext())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)


def test_a_hostile_goal_of_ten_thousand_characters():
    """Its tooltip has all of it, its box a line of it."""
    target = "<&\u202e\x07 語" * 2500
    graph = ProofGraph(state(target))
    group = groups(graph, "goal")[ROOT]
    assert tooltip(group).count("<&\\u{202e}\\u{0007} 語") == 2500
    assert int(group.find(f"{SVG}rect").get("width")) < 320
    assert len(group.find(f"{SVG}text").text) < 40


def update() -> None:
    for name, suffix in GOLDEN:
        (FOLDER / f"{name}{suffix}").write_text(FORMATS[suffix](searched(name)), encoding="utf-8")


if __name__ == "__main__":
    update()
