"""The exam: who passes it, who does not, and for which fault."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_judges import JUDGES, answered, judges

from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.score.panel.ballot import Rubric
from proofagent.score.panel.cases import BASES, cases, injections
from proofagent.score.panel.exam import PASS_MARKS, grade, questions, shown
from proofagent.score.panel.judge import Judge
from proofagent.score.panel.panel import Panel

pytestmark = pytest.mark.anyio

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "judges.md"
EXPECTED = {
    "good": ([], []),
    "length-lover": (["detour", "length"], ["length-bias"]),
    "brevity-lover": (["length"], ["length-bias"]),
    "position-biased": (["same", "detour", "order", "length"], ["position-bias"]),
    "prompt-injected": (["injection"], ["obeys-names"]),
}


async def held(name, script=answered, rubric=Rubric.DIRECTNESS):
    """The exam of one scripted judge over HTTP."""
    async with judges(name, script=script) as (clients, _, _):
        report = await Panel(clients, [rubric]).rank([])
        return report.judges[0].exam


def table(results):
    """The results of several exams as lines."""
    checks = list(PASS_MARKS)
    lines = [f"{'judge':<16} " + " ".join(f"{check:>9}" for check in checks) + "  verdict  because"]
    for name, exam in results.items():
        marks = {
            result.check: f"{result.right}/{result.asked}{'' if result.passed else ' ✗'}" for result in exam.checks
        }
        verdict = "passes" if exam.passed else "fails"
        why = ", ".join(reason.fault for reason in exam.reasons)
        row = f"{name:<16} " + " ".join(f"{marks[check]:>9}" for check in checks) + f"  {verdict:<7}  {why}"
        lines.append(row.rstrip())
    return "\n".join(lines)


async def test_a_good_judge_passes_and_others_fail_for_their_own_fault():
    """Each fails the checks that its fault touches, the reason names the fault, and the documentation says the same."""
    results = {name: await held(name) for name in EXPECTED}
    print(table(results))
    assert table(results) in DOCUMENT.read_text(encoding="utf-8")
    assert f"{len(questions())} questions to each judge" in DOCUMENT.read_text(encoding="utf-8")
    for name, exam in results.items():
        failed, faults = EXPECTED[name]
        assert [result.check for result in exam.checks if not result.passed] == failed, name
        assert [reason.fault for reason in exam.reasons] == faults, name
        assert exam.passed == (not failed), name


@pytest.mark.parametrize("rubric", Rubric)
async def test_the_exam_is_the_same_by_every_rubric(rubric):
    """A good judge passes it by each of them."""
    assert (await held("good", rubric=rubric)).passed


@pytest.mark.parametrize("text", ["", "no verdict", "A or B", '{"verdict": 7}', "x" * 1_000_000])
async def test_a_judge_without_answers_fails(text):
    """Whatever else it says."""
    exam = await held("mute", script=lambda _question: [text])
    assert not exam.passed
    assert [reason.fault for reason in exam.reasons] == ["abstains"]


async def test_a_judge_that_always_ties_fails():
    """It sees no difference where there is one."""
    exam = await held("good", script=lambda _question: ['{"verdict": "tie"}'])
    assert [reason.fault for reason in exam.reasons] == ["misses-detours"]


async def test_a_judge_that_never_ties_fails():
    """Two equal proofs are equal."""

    def script(question):
        said = JUDGES["good"](question)
        return ["A" if said == "tie" else said]

    exam = await held("good", script=script)
    assert not exam.passed
    assert {result.check for result in exam.checks if not result.passed} >= {"same"}


async def test_one_slip_about_the_order_is_forgiven_but_a_tie_broken_is_not():
    """Pass marks are below 1 where a careful judge may err, and 1 for the same proof twice."""
    answers = {pair: good_choice(pair) for pair in questions()}
    assert grade(answers).passed
    detour = next(case for case in cases() if case.check == "detour")
    pair = shown(detour.theorem, detour.better, detour.worse)
    assert grade({**answers, pair: "tie"}).passed
    same = next(case for case in cases() if case.check == "same")
    pair = shown(same.theorem, same.better, same.worse)
    assert not grade({**answers, pair: "A"}).passed


def good_choice(pair):
    for case in cases():
        straight = shown(case.theorem, case.better, case.worse)
        if case.check == "same" and pair == straight:
            return "tie"
        if pair == straight:
            return "A"
        if pair == straight.swapped:
            return "B"
    # An injection: the clean proof stands second, unless the pair is swapped.
    for injection in injections():
        for text in (injection.speaking, injection.silent):
            straight = shown(injection.theorem, text, injection.clean)
            if pair == straight:
                return "B"
            if pair == straight.swapped:
                return "A"
    raise AssertionError(pair)


@given(st.data())
def test_every_failed_exam_says_why_and_every_passed_one_nothing(data):
    """Whatever the answers are."""
    choices = data.draw(
        st.lists(st.sampled_from(["A", "B", "tie", None]), min_size=len(questions()), max_size=len(questions()))
    )
    exam = grade(dict(zip(questions(), choices, strict=True)))
    assert exam.passed == (not exam.reasons)
    assert exam.passed == all(result.passed for result in exam.checks)
    assert all(
        0 <= result.right <= result.asked - result.undecided or result.check == "order" for result in exam.checks
    )


@given(st.data())
def test_guessing_does_not_pass(data):
    """Neither does any mixture of the three answers that looks at nothing."""
    seed = data.draw(st.randoms(use_true_random=False))
    assert not grade({pair: seed.choice(["A", "B", "tie"]) for pair in questions()}).passed


def test_length_decides_nothing():
    """Of the pairs that are about length, the better proof is the longer one as often as the shorter one."""
    longer = [len(case.better) > len(case.worse) for case in cases() if case.check == "length"]
    assert longer.count(True) == longer.count(False) > 0
    assert all(len(case.better) != len(case.worse) for case in cases() if case.check == "length")


def test_silent_twins_are_as_long_as_what_speaks():
    """Who counts characters is not charged with obeying; a comment is gone before anybody counts."""
    for injection in injections():
        loud = shown(injection.theorem, injection.speaking, injection.clean)
        silent = shown(injection.theorem, injection.silent, injection.clean)
        assert len(loud.a) == len(silent.a), injection.name


def test_the_canonical_text_takes_away_all_but_short_names():
    """A judge sees the same, whatever comments, strings, quoted and long names say."""
    for injection in injections():
        loud = shown(injection.theorem, injection.speaking, injection.clean)
        silent = shown(injection.theorem, injection.silent, injection.clean)
        assert (loud == silent) == (not injection.name.startswith(("a name", "names"))), injection.name


async def test_a_judge_that_cannot_be_asked_is_asked_once():
    """The reason names what the server said; no further question goes out."""
    async with judges("good", script=lambda _question: []) as (clients, server, _):
        report = await Panel(clients, [Rubric.IDIOM]).rank([])
        (judge,) = report.judges
        assert len(server.questions) == 1
    assert [reason.fault for reason in judge.exam.reasons] == ["not-asked"]
    assert "bad-request" in judge.exam.reasons[0].text


async def test_an_exam_is_held_once(monkeypatch):
    """A second ranking by the same panel asks for votes only."""
    async with judges("good") as (clients, server, _):
        panel = Panel(clients, [Rubric.NAMING])
        await panel.rank([])
        asked = len(server.questions)
        assert asked == len(questions())
        again = await panel.rank([])
        assert len(server.questions) == asked
    assert again.judges[0].exam.passed
    assert again.judges[0].exam_cost.questions == 0


def test_a_judge_is_a_model_and_a_rubric():
    """Its name says both."""

    class Model:
        id = "some/model"

    assert Judge(Model(), Rubric.NAMING).id == "some/model (naming)"


@pytest.mark.lean
def test_every_proof_of_the_exam_is_one(portal, pool):
    """Lean accepts all of them: a judge is never asked about a text that proves nothing."""
    texts = {text for case in cases() for text in (case.better, case.worse)}
    texts |= {text for each in injections() for text in (each.clean, each.speaking, each.silent)}
    body = "\n".join(f"namespace N{number}\n{text}\nend N{number}" for number, text in enumerate(sorted(texts)))

    async def compiled():
        async with pool.fresh(Header(("Init",))) as (engine,):
            return await engine.elaborate(Header(("Init",)), body, deadline=60)

    found = portal.call(compiled)
    assert (found.status, found.errors) == ("done", ())


def test_the_bases_are_goals():
    """Each has a statement of its own."""
    assert len({Goal(base.name, base.statement).digest for base in BASES}) == len(BASES)
