"""What a journal comes to: every event once, by the attempt that tells, and runs against each other."""

import base64
import gzip
import json
import random
import tracemalloc
from pathlib import Path

import pytest
from synthetic_journals import BEGAN, CONFIG, digest_of, search_of, synthetic, write_journal

from proofagent.errors import GoalError
from proofagent.report.comparing import compared
from proofagent.report.curves import MOST_POINTS, curves
from proofagent.report.finding import find_goal, names_of
from proofagent.report.models import BatchReports
from proofagent.report.payload import chunks
from proofagent.report.reading import read_run
from proofagent.report.stories import BEGUN, LOST, whole_of
from proofagent.report.tables import to_csv, to_json, to_markdown
from proofagent.report.telling import labels, names
from proofagent.runs.calls import AnswerModel, CallModel, CostModel
from proofagent.runs.journal import (
    Bad,
    Began,
    Called,
    Ended,
    Known,
    Lost,
    Resumed,
    Started,
    Stopped,
    read_events,
)
from proofagent.runs.progress import Progress
from proofagent.runs.results import GoalResult


def known(digest, name=None):
    fields = {"statement": "theorem t : p := by\n  ", "imports": ("Init",), "preamble": "", "origin": ""}
    return Known(digest=digest, name=name or digest, at=1, **fields)


def ended(digest, outcome="proved", seconds=1.0, *, at=2.0, attempt="", budget=4.0, **more):
    search = more.pop("search", None)
    end = "complete" if outcome == "proved" else "out-of-time"
    proof = "rfl" if outcome == "proved" else None
    fields = {"name": digest, "origin": "", "statement": "", "digest": digest, "end": end, "proof": proof, **more}
    result = GoalResult(outcome=outcome, seconds=seconds, **fields)
    return Ended(digest=digest, seconds=budget, attempt=attempt, result=result, search=search, at=at)


def began(digest, attempt="", at=1.0, seconds=4.0):
    return Began(digest=digest, seconds=seconds, attempt=attempt, at=at)


def model_of(events, folder="run"):
    return read_run(Path(folder), events).model


def row_of(events):
    (row,) = model_of(events).rows
    return row


def run_with(**outcomes):
    """A run in which goals came to an end like that, each after as many seconds as are given with it."""
    events = [Started(config=CONFIG, at=0.5)]
    for name, (outcome, seconds) in outcomes.items():
        events += [known(name), began(name), ended(name, outcome, seconds)]
    return model_of(events)


def test_rows_agree_with_the_progress_of_the_batch():
    """What the report says of a goal is what the batch itself goes by."""
    events = list(synthetic(80, paid=True))
    model, progress = model_of(events), Progress.of(events)
    assert model.outcomes == dict(sorted(progress.outcomes().items()))
    assert model.cost == progress.cost
    assert [row.digest for row in model.rows] == list(progress.standings)
    for row, standing in zip(model.rows, progress.standings.values(), strict=True):
        assert row.outcome == standing.outcome
        assert row.candidates == standing.candidates
        assert row.seconds == pytest.approx(standing.seconds, abs=1e-3)
        assert (row.needed is not None) == (row.outcome == "proved") == (row.kind == "")
    assert model.proved.count == len(model.curve) == len(model.history) == progress.outcomes()["proved"]


def test_what_is_needed_counts_up_to_the_proof():
    """Attempts before it count; what another worker did to the same goal afterwards does not."""
    events = [
        known("a"),
        began("a", "1"),
        ended("a", "unproved", 4.0, attempt="1"),
        began("a", "2"),
        began("a", "3"),
        ended("a", "proved", 2.5, attempt="2"),
        ended("a", "unproved", 8.0, attempt="3"),
    ]
    row = row_of(events)
    assert (row.outcome, row.needed, row.seconds, row.attempts) == ("proved", 6.5, 14.5, 3)


def test_an_attempt_that_is_told_twice_counts_once():
    """Calls and ends of one attempt come again where a worker was thought to be lost."""
    call = CallModel(id="c", purpose="step", model="m", prompt=(), cost=CostModel(input_tokens=10, dollars=0.5))
    events = [
        known("a"),
        began("a", "1"),
        Called(digest="a", attempt="1", call=call),
        Called(digest="a", attempt="1", call=call),
        ended("a", "unproved", 4.0, attempt="1", refused=("why",)),
        ended("a", "proved", 9.0, attempt="1", refused=("why",)),
    ]
    model = model_of(events)
    (row,) = model.rows
    assert (row.outcome, row.seconds, row.calls, row.tokens, row.refused) == ("unproved", 4.0, 1, 10, 1)
    assert len(model.refused) == 1


def test_a_goal_whose_declaration_had_another_hole_may_be_proved_later():
    """And then it is proved, after the seconds of both; what comes after that changes nothing."""
    events = [
        known("a"),
        began("a", "1"),
        ended("a", "partial", 2.0, attempt="1"),
        began("a", "2"),
        ended("a", "proved", 3.0, attempt="2"),
        began("a", "3"),
        ended("a", "unproved", 4.0, attempt="3"),
    ]
    model = model_of(events)
    assert (model.rows[0].outcome, model.rows[0].needed, model.rows[0].kind) == ("proved", 5.0, "")
    assert len(model.history) == model.proved.count == 1


def test_attempts_of_a_process_that_was_killed_are_lost():
    """Whoever goes on knows it; the pause between the two is no work."""
    events = [
        Started(config=CONFIG, at=100.0),
        known("a"),
        began("a", "1", at=110.0),
        Resumed(config=CONFIG, at=1000.0),
        began("a", "2", at=1005.0),
        ended("a", "proved", 3.0, attempt="2", at=1008.0),
    ]
    # The goal's own time stamp is from before the run: clocks are set back.
    model = model_of(events)
    assert (model.rows[0].lost, model.rows[0].attempts) == (1, 2)
    assert model.resumed == 1
    assert model.work_seconds == pytest.approx(109 + 8)
    tries = whole_of(events, "a").story.tries
    assert [attempt.outcome for attempt in tries.values()] == ["lost", "proved"]


def test_a_goal_without_an_end_says_why():
    """At work or killed, and lost with its worker, are not the same."""
    assert row_of([known("a"), began("a", "1")]).kind == BEGUN
    assert row_of([known("a"), began("a", "1"), Lost(digest="a", attempt="1", why="killed")]).kind == LOST
    assert row_of([known("a")]).outcome == "open"


def test_the_attempt_that_settles_a_goal_tells_of_it():
    """Its search counts, not that of the attempts before; without a search of its own, the one before is kept."""
    first, second = (search_of(random.Random(seed), 6, proved=False) for seed in (1, 2))
    events = [known("a"), began("a", "1"), ended("a", "unproved", attempt="1", search=first)]
    assert row_of(events).failures == {failure.kind: failure.count for failure in first.failures}
    events += [began("a", "2"), ended("a", "unproved", attempt="2", search=second)]
    assert row_of(events).failures == {failure.kind: failure.count for failure in second.failures}
    events += [began("a", "3"), ended("a", "undecided", attempt="3")]
    assert row_of(events).failures == {failure.kind: failure.count for failure in second.failures}
    assert row_of(events).kind == "the environment failed"
    assert whole_of(events, "a").search == second


def test_failures_are_summed_over_goals_with_examples():
    """Every kind with how often and at how many goals, and at most three goals to look at."""
    model = model_of(synthetic(60))
    for failure in model.failures:
        assert failure.count == sum(row.failures.get(failure.kind, 0) for row in model.rows)
        assert failure.goals == sum(failure.kind in row.failures for row in model.rows)
        assert 1 <= len(failure.examples) <= 3
        assert len({example.digest for example in failure.examples}) == len(failure.examples)
    assert [failure.count for failure in model.failures] == sorted((f.count for f in model.failures), reverse=True)


def test_scripts_that_the_gate_did_not_accept_are_all_named():
    """Those of attempts that came to nothing, too, among all that looked complete."""
    events = [
        known("a"),
        began("a", "1"),
        ended("a", "unproved", attempt="1", refused=("an axiom", "another axiom")),
        began("a", "2"),
        ended("a", "unproved", attempt="2", refused=("unsafe",)),
    ]
    model = model_of(events)
    assert [refused.why for refused in model.refused] == ["an axiom", "another axiom", "unsafe"]
    assert model.accepted == 0
    assert "accepted 0 of 3" in to_markdown(BatchReports(runs=(model,)))


@pytest.mark.parametrize(
    "events",
    [
        [],
        [Stopped(why="done")],
        [Began(digest="x", seconds=1)],
        [ended("x")],
        [ended("x", attempt="unheard of")],
        [Lost(digest="x", attempt="?", why="?")],
        [Bad(line=1, message="?")],
        [known("x"), Resumed(config=CONFIG)],
    ],
    ids=range(8),
)
def test_any_beginning_of_a_journal_is_a_report(events):
    """In every format, whatever is missing."""
    report = BatchReports(runs=(model_of(events),))
    assert json.loads(to_json(report))["runs"][0]["goals"] <= 1
    assert to_csv(report)
    assert to_markdown(report)
    assert curves(report.runs)


def test_curves_end_where_the_run_did_and_are_thin():
    """A step for every proof, at most as many as a screen shows; bands around it; costs only where there are any."""
    free, paid = model_of(synthetic(900)), model_of(synthetic(900, paid=True))
    assert [curve.key for curve in curves([free])] == ["seconds", "clock"]
    assert [curve.key for curve in curves([free, paid])] == ["seconds", "clock", "dollars", "tokens"]
    for curve in curves([free, paid]):
        for line, run in zip(curve.lines, (free, paid), strict=True):
            assert len(line.at) <= MOST_POINTS + 2
            assert list(line.at) == sorted(line.at)
            assert list(line.count) == sorted(line.count)
            assert (line.at[0], line.count[0]) == (0, 0) or run is free
            assert line.count[-1] == run.proved.count
            assert all(
                low <= count / line.of <= high for count, low, high in zip(line.count, line.low, line.high, strict=True)
            )
    clock = curves([free])[1]
    assert clock.lines[0].at[-1] == pytest.approx(free.work_seconds)


def test_runs_are_compared_on_the_goals_that_both_have_ended():
    """Others are named and left out; who proves what the other does not is named too."""
    first = run_with(a=("proved", 1), b=("proved", 2), c=("unproved", 9), d=("proved", 1), e=("undecided", 1))
    second = run_with(a=("proved", 3), b=("unproved", 9), c=("proved", 2), e=("proved", 1), z=("proved", 1))
    (pair,) = compared([first, second], labels(2))
    assert (pair.common, pair.both, pair.neither) == (3, 1, 0)
    assert [goal.name for goal in pair.first_only] == ["b"]
    assert [goal.name for goal in pair.second_only] == ["c"]
    assert [goal.name for goal in pair.unknown_to_second] == ["d"]
    assert [goal.name for goal in pair.unknown_to_first] == ["z"]
    assert [goal.name for goal in pair.unfinished] == ["e"]
    assert pair.p == 1
    assert pair.seconds.ratio == 3
    assert pair.seconds.low is None
    assert "Nothing can be concluded" in pair.verdict
    assert "no split could have been conclusive" in pair.verdict


def test_a_difference_that_is_none_is_called_so():
    """Equal runs, runs without a common goal, and runs that both prove the same."""
    same = run_with(a=("proved", 1), b=("unproved", 2))
    (pair,) = compared([same, same], labels(2))
    assert "Nothing tells them apart" in pair.verdict
    assert "took as long" in pair.seconds.verdict
    (pair,) = compared([same, run_with(x=("proved", 1))], labels(2))
    assert "Nothing can be compared" in pair.verdict
    assert pair.seconds is None
    assert compared([same], labels(1)) == ()


def test_a_difference_that_is_one_is_called_so():
    """Twelve goals that only one of them proves, and twenty at which it is faster."""
    many = {f"g{n}": ("proved", 1.0 + n / 100) for n in range(32)}
    fewer = {name: ("proved", 2.0) if n >= 12 else ("unproved", 8.0) for n, name in enumerate(many)}
    (pair,) = compared([run_with(**fewer), run_with(**many)], ["old", "new"])
    assert pair.verdict.startswith("new proves more: old alone proves 0 of 32 common goals, new alone 12.")
    assert pair.seconds.verdict.startswith("new is faster, at 20 of 20 goals that both prove")
    assert pair.seconds.high < 1


def test_several_pairs_are_corrected_together():
    """Three runs are three pairs: what one pair alone would say, all three may not."""
    base = {f"g{n}": ("unproved", 8.0) for n in range(20)}
    better = base | {f"g{n}": ("proved", 1.0) for n in range(6)}
    alone = compared([run_with(**base), run_with(**better)], labels(2))
    assert alone[0].p == alone[0].p_holm < 0.05
    three = compared([run_with(**base), run_with(**better), run_with(**base)], labels(3))
    assert [(pair.first, pair.second) for pair in three] == [(0, 1), (0, 2), (1, 2)]
    assert three[0].p < 0.05 < three[0].p_holm
    assert "Nothing can be concluded" in three[0].verdict


def test_runs_have_names_of_their_own():
    """The last part of the path, or all of it where two have the same."""
    runs = [model_of([], path) for path in ("a/run", "b/run", "c/other/")]
    assert names(runs) == ["a/run", "b/run", "other"]
    assert labels(28)[25:] == ["Z", "A2", "B2"]


def test_a_goal_is_found_by_name_or_digest():
    """Ambiguous names list the digests, unknown ones what is near; nothing is guessed."""
    events = [known("aaaa1", "double"), known("aaaa2", "double"), known("bbbb1", "Nat.add_comm"), known("cc", "x")]
    assert find_goal(events, "Nat.add_comm", where="run").digest == "bbbb1"
    assert find_goal(events, "add_comm", where="run").digest == "bbbb1"
    assert find_goal(events, "bbbb", where="run").digest == "bbbb1"
    assert find_goal(events, "AAAA2", where="run").digest == "aaaa2"
    assert find_goal(events, "x", where="run").digest == "cc"
    for wanted, said in [
        ("double", "is 2 goals (double aaaa1, double aaaa2)"),
        ("aaaa", "is 2 goals"),
        ("doubel", "near it are double"),
        ("ADD", "near it are Nat.add_comm"),
        ("zzz", "the run has double"),
        ("", "the run has double"),
        ("bbb", "there is no goal"),
        ("\x1b[31m" * 1000, r"\u{1b}"),
    ]:
        with pytest.raises(GoalError, match="run: ") as raised:
            find_goal(events, wanted, where="run")
        assert said in str(raised.value)
        assert "\x1b" not in str(raised.value)
    with pytest.raises(GoalError, match="no goal yet"):
        find_goal([], "x", where="run")
    assert names_of(known(str(n)) for n in range(20)).endswith(" and 12 more")


def test_a_whole_goal_is_not_cut():
    """What a page cuts, `show` has: every call with its prompt, and every attempt."""
    text = "x" * 100_000
    call = CallModel(id="c", purpose="step", model="m", prompt=(), answers=(AnswerModel(text=text, end="complete"),))
    calls = (Called(digest="a", attempt="1", call=call.model_copy(update={"id": str(n)})) for n in range(40))
    events = [known("a"), began("a", "1"), *calls]
    whole = whole_of([*events, ended("a", attempt="1", proof=text)], "a")
    assert whole.result.proof == text
    assert len(whole.calls) == 40
    assert whole.calls[0].answers[0].text == text


def details_of(run, *most):
    texts = [gzip.decompress(base64.b64decode(chunk.text)) for chunk in chunks([run], *most)]
    return [detail for text in texts for detail in json.loads(text)]


def test_a_page_says_what_it_left_out():
    """The largest searches go first where all together are too large."""
    run = read_run(Path("run"), synthetic(30, size=30))
    sizes = [len(detail.search) for detail in run.details]
    assert not any(detail["search_left_out"] for detail in details_of(run))
    none = details_of(run, 0)
    assert all(detail["search"] is None for detail in none)
    assert [detail["search_left_out"] for detail in none] == [size > 0 for size in sizes]
    left_out = [place for place, detail in enumerate(details_of(run, sum(sizes) - 1)) if detail["search_left_out"]]
    assert left_out == [sizes.index(max(sizes))]


def test_a_long_journal_takes_memory_by_its_goals_and_not_by_its_events(tmp_path):
    """A goal that was tried ten thousand times over is one row and one detail."""
    attempts = (
        event
        for n in range(10_000)
        for event in (began("a", str(n)), ended("a", "unproved", attempt=str(n), why="w" * 300))
    )
    folder = write_journal(tmp_path / "run", [Started(at=BEGAN, config=CONFIG), known("a"), *attempts])
    assert (folder / "journal.jsonl").stat().st_size > 8_000_000
    tracemalloc.start()
    run = read_run(folder, read_events(folder))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.model.rows[0].attempts == 10_000
    assert peak < 4 << 20


def test_digests_are_those_of_the_journal():
    """Whole in tables and JSON."""
    rows = model_of(synthetic(3)).rows
    assert [row.digest for row in rows] == [digest_of(number) for number in range(3)]
