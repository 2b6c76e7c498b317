"""The contract of metrics: what must make none of them better, on real proofs that Lean compiled."""

from dataclasses import replace
from pathlib import Path

import pytest

from proofagent.goals.files import Source
from proofagent.goals.lexer import Lines
from proofagent.goals.outline import outline
from proofagent.runs.scoring import compiled, heartbeats
from proofagent.score.metric import Metric
from proofagent.score.metrics import BY_NAME, METRICS
from proofagent.score.subject import subject
from proofagent.testing.metric_contract import NEUTRAL, WORSE, cases, violations

SECONDS = 240.0
CHOOSING = [metric for metric in METRICS if metric.selects]
FOOLED = {
    "lean_tokens": {"join back"},
    "lines": {"join", "comment back"},
    "characters": {"rename back"},
    "longest_line": {"rename back", "comment back", "join back"},
    "automation": {"useless"},
}
"""What the metrics that may not choose are fooled by."""


@pytest.fixture(scope="module")
def measured(portal, pool):
    """The values of all metrics by theorem, and the pairs."""
    text, pairs = cases(1)
    source = Source(Path("cases.lean"), ("Init",), text)

    async def measure():
        made, module = await compiled(source, pool, SECONDS)
        assert [m.text for m in made.messages if m.severity == "error"] == []
        costs = await heartbeats(source, pool, deadline=SECONDS)
        parts, lines = list(outline(text)), Lines(text)
        subjects = [subject(part.name, parts, module, made.messages, lines=lines) for part in parts]
        known = [replace(s, heartbeats=sum(costs[body.origin] for body in s.bodies)) for s in subjects]
        return {metric.name: {s.target: metric.measure(s) for s in known} for metric in METRICS}

    return portal.call(measure), pairs


@pytest.mark.lean
def test_there_are_enough_cases_of_each_change(measured):
    """At least 200 pairs, and each change among them."""
    _, pairs = measured
    assert len(pairs) >= 200
    changes = {case.change for case in pairs}
    assert changes == {*NEUTRAL, *WORSE, *(f"{change} back" for change in NEUTRAL)}


@pytest.mark.lean
@pytest.mark.parametrize("metric", CHOOSING, ids=lambda metric: metric.name)
def test_a_metric_that_may_choose_is_not_fooled(metric, measured):
    """No change of the contract makes it better."""
    values, pairs = measured
    assert violations(metric, values[metric.name], pairs) == []


@pytest.mark.lean
@pytest.mark.parametrize("name", FOOLED)
def test_the_contract_finds_what_fools_the_others(name, measured):
    """A metric that is fooled may not choose, and the contract says by which change."""
    values, pairs = measured
    assert not BY_NAME[name].selects
    assert {case.change for case in violations(BY_NAME[name], values[name], pairs)} == FOOLED[name]


@pytest.mark.lean
def test_a_metric_of_a_user_is_held_to_it_too(measured):
    """Fewer tactics of one kind are better: a move to a lemma, or a useless tactic, gives that away."""
    values, pairs = measured
    more = Metric("long", "tokens", "more", lambda s: 0.0, "a user", "anything longer")
    assert {case.change for case in violations(more, values["tokens"], pairs)} == {"useless"}


def test_the_same_seed_makes_the_same_cases():
    """Cases are made deterministically."""
    assert cases(3) == cases(3)
    assert cases(3)[0] != cases(4)[0]
