"""Sessions on a pool that answers like Lean for statements of one kind, and on gates that say no."""

from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

import anyio
import pytest

from proofagent.check.gate import Verdict
from proofagent.errors import EngineLost, EngineRefused, GoalError
from proofagent.goals.files import from_file
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Step
from proofagent.proof.state import ProofState, parse_goals
from proofagent.runs import session as module
from proofagent.runs.attempt import Attempt
from proofagent.runs.results import GoalResult, ProveReport, result_of
from proofagent.runs.session import Listener, Session
from proofagent.search.strategy import by_size
from proofagent.types import Budget, Spent

pytestmark = pytest.mark.anyio
STATE = ProofState(parse_goals("⊢ True"))


def attempted(goal, outcome="proved", proof="trivial"):
    graph = ProofGraph(STATE, estimate=by_size)
    graph.add_step(0, "trivial", (), log_prior=0.0, origin="test")
    held = outcome in ("proved", "partial")
    return Attempt(
        goal=goal,
        outcome=outcome,
        end="complete" if held else "exhausted",
        proof=proof if held else None,
        script=Step("trivial") if held else None,
        verdict=None,
        graph=graph,
        spent=Spent(candidates=1),
        seconds=0.1,
        notes=(),
        refused=(),
    )


@pytest.fixture
def session(monkeypatch):
    """A session whose attempts come out as the test says, by name: an outcome or an error."""
    outcomes, seen = {}, []

    async def attempt(goal, *_arguments, **_options):
        seen.append(goal)
        outcome = outcomes.get(goal.name, "proved")
        if isinstance(outcome, Exception):
            raise outcome
        return attempted(goal, outcome if outcome != "proved" or "sorry" not in goal.tail else "partial")

    monkeypatch.setattr(module, "attempt", attempt)
    made = Session(SimpleNamespace(embedded=True), lambda _goal: None, Budget())
    return made, outcomes, seen


def goals(*names):
    return [Goal(name, f"theorem {name} : True") for name in names]


async def test_one_bad_goal_does_not_stop_the_rest(session):
    """A broken line and a goal that Lean refuses are noted; what comes after them is still tried."""
    run, outcomes, _ = session
    outcomes["b"] = GoalError("1:2: unexpected token", where="goals:2")
    outcomes["c"] = "unproved"
    await run.run([*goals("a", "b"), BadLine(3, "no JSON"), *goals("c", "d")])
    report = run.report()
    assert [result.outcome for result in report.results] == ["proved", "error", "unproved", "proved"]
    assert report.results[1].why == "goals:2: 1:2: unexpected token"
    assert [(bad.line, bad.message) for bad in report.bad_lines] == [(3, "no JSON")]
    assert report.exit_code == 64


async def test_an_interrupt_keeps_a_proof_while_others_are_looked_for(session, monkeypatch):
    """What was proved before Ctrl-C is a result, though the attempt had not ended."""

    async def attempt(goal, *_, proved, **__):
        proved(attempted(goal))
        await anyio.sleep_forever()

    monkeypatch.setattr(module, "attempt", attempt)
    with anyio.move_on_after(0.1):
        await session[0].run(goals("a", "b"))
    assert [(result.name, result.outcome) for result in session[0].results] == [("a", "proved")]


async def test_a_missing_module_is_explained_in_one_line(session):
    """Where an import is missing, the error says which modules the engine has and what would have the others."""
    run, outcomes, _ = session
    outcomes["a"] = EngineRefused("unknown module prefix 'Mathlib'\n\nNo directory 'Mathlib'")
    (goal,) = goals("a")
    await run.run([replace(goal, origin="goals:7")])
    why = run.results[0].why
    assert why.startswith("goals:7: unknown module prefix 'Mathlib'; ")
    assert "native Lean" in why
    assert "\n" not in why


async def test_a_lost_engine_leaves_its_goal_undecided(session):
    """What was found before and after an engine was lost is in the report, and the exit code is 2."""
    run, outcomes, _ = session
    outcomes["b"] = EngineLost("it died")
    await run.run(goals("a", "b", "c"))
    assert [result.outcome for result in run.results] == ["proved", "undecided", "proved"]
    assert "it died" in run.results[1].why
    assert run.report().exit_code == 2


async def test_two_examples_of_one_text_are_two_declarations(session, tmp_path):
    """A hole of one `example` does not count as proved because another example with the same statement is."""
    run, outcomes, _ = session
    path = tmp_path / "Two.lean"
    text = "example : True ∧ True := by\n  constructor\n  · sorry\n  · sorry\n"
    path.write_text(text + text.replace("  · sorry\n  · sorry", "  all_goals sorry"))
    _, (first, second, third) = from_file(path)
    await run.run([first])
    outcomes["_example"] = "unproved"
    await run.run([second])
    del outcomes["_example"]
    await run.run([third])
    assert [result.outcome for result in run.results] == ["partial", "unproved", "proved"]


async def test_listeners_hear_of_every_goal(session):
    """Each goal is announced before and reported after, errors without an attempt."""
    run, outcomes, _ = session
    outcomes["b"] = GoalError("no")
    heard = []
    run.listener = Listener(
        began=lambda goal: heard.append(goal.name),
        ended=lambda result, made: heard.append((result.outcome, made is not None)),
    )
    await run.run(goals("a", "b"))
    assert heard == ["a", ("proved", True), "b", ("error", False)]


TWO_HOLES = "theorem two : True ∧ True := by\n  constructor\n  · sorry\n  · sorry\ntheorem one : True := by sorry\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "A.lean"
    path.write_text(TWO_HOLES, encoding="utf-8")
    return from_file(path)


async def test_holes_of_one_declaration_count_together(session, file):
    """The first of two holes is partial until the last is proved, in whose text it is filled in."""
    run, _, seen = session
    await run.run(file[1])
    assert [result.outcome for result in run.results] == ["proved", "proved", "proved"]
    assert seen[1].lead == " := by\n  constructor\n  · trivial\n  · "
    assert len(run.verified(file[0])) == 3


async def test_a_declaration_with_a_hole_left_is_not_verified(session, file):
    """A proof whose declaration is not complete is not put into the file."""
    run, outcomes, _ = session
    await run.run(file[1][:1])
    assert [result.outcome for result in run.results] == ["partial"]
    assert run.verified(file[0]) == {}
    outcomes["two"] = "unproved"
    await run.run(file[1][1:])
    assert len(run.verified(file[0])) == 1
    assert run.report().exit_code == 1


class Never:
    """A pool from which no fresh engine can be had."""

    @asynccontextmanager
    async def fresh(self, *_headers):
        raise EngineLost("there is none")
        yield


async def test_a_file_that_is_not_accepted_as_a_whole_says_why(session, file):
    """Without a check of the whole file there is no receipt, and the report's exit code is 2."""
    run, _, _ = session
    run.pool = Never()
    await run.run(file[1])
    text, receipt, why = await run.finish(file[0])
    assert "sorry" not in text
    assert (receipt, why) == (None, "there is none")
    assert run.report(file_why=why).exit_code == 2


async def test_nothing_proved_leaves_the_file_as_it_is(session, file):
    """Without a proof there is nothing to check and nothing to write."""
    run, outcomes, _ = session
    outcomes.update(two="unproved", one="undecided")
    await run.run(file[1])
    assert await run.finish(file[0]) == (TWO_HOLES, None, "")


def _results(*outcomes):
    return tuple(GoalResult(name="t", origin="", statement="", digest="", outcome=o, end="") for o in outcomes)


@pytest.mark.parametrize(
    ("outcomes", "more", "code"),
    [
        (["proved"], {}, 0),
        (["proved", "unproved"], {}, 1),
        (["proved", "partial"], {}, 1),
        (["proved", "undecided", "unproved"], {}, 2),
        (["proved", "error"], {}, 64),
        (["undecided", "error"], {}, 2),
        ([], {}, 64),
        (["proved"], {"interrupted": True}, 2),
        (["proved"], {"file_why": "no"}, 2),
        (["proved"], {"bad_lines": ({"line": 1, "message": "no"},)}, 64),
    ],
)
async def test_exit_codes(outcomes, more, code):
    """The worst outcome decides; only a report where all is proved is a success."""
    assert ProveReport(results=_results(*outcomes), **more).exit_code == code


async def test_a_proof_that_is_not_verified_is_not_in_its_result():
    """A result has a proof only where the outcome is "proved"; an undecided one has the reason."""
    (goal,) = goals("a")
    assert result_of(attempted(goal)).proof == "trivial"
    assert result_of(attempted(goal, "partial")).proof is None
    undecided = replace(attempted(goal, "undecided"), verdict=Verdict("undecided", why="the engine died"))
    assert (result_of(undecided).proof, result_of(undecided).why) == (None, "the engine died")


async def test_where_search_and_gate_disagree():
    """A report says how many scripts looked complete, how many of them were accepted, and why others were not."""
    (proved, other) = _results("proved", "unproved")
    report = ProveReport(results=(proved, other.model_copy(update={"refused": ("kernel: no", "timed out")})))
    assert report.disagreement.splitlines() == [
        "the gate accepted 1 of 3 scripts that looked complete",
        "  t: kernel: no",
        "  t: timed out",
    ]
