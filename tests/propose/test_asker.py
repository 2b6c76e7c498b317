"""Asking models: who is asked, what their answers are worth as candidates, and which calls are kept."""

import math
from itertools import permutations

import anyio
import pytest
from asking_models import OWN, PROMPTS, all_ways, asker_of, fenced
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.llm.chat import Answer, Call, Failure, Message, Prompt
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.asker import Asker, Given, Panel
from proofagent.propose.base import Query
from proofagent.propose.llm import WholeProposer, ranked
from proofagent.propose.team import ModelTeam
from proofagent.testing.scripted import ScriptedModel

pytestmark = pytest.mark.anyio

PROMPT = Prompt((Message("user", "?"),))
GOAL = Goal("double", "theorem double (n : Nat) : 2 * n = n + n")
ROOT = ProofState(parse_goals("n : Nat\n⊢ 2 * n = n + n"))
FAILED = "induction n\nomega"


def at(wave=0, **options):
    return Query(GOAL, ROOT, wave, **({"origin": OWN} | options))


# Who is asked

FINAL = ["unauthorized", "out-of-credit", "over-budget", "offline"]
FOR_GOAL = ["unreachable", "bad-request"]
PASSING = ["rate-limited", "timed-out", "server-error", "context-overflow", "refused", "malformed", "cut-off"]


@pytest.mark.parametrize("kind", FINAL + FOR_GOAL + PASSING)
async def test_a_model_is_left_alone_where_another_request_would_end_the_same_way(kind):
    """For the whole run, for a goal, or not at all, as the failure is; others are asked anyway."""
    bad, good = (
        ScriptedModel(lambda _: Failure(kind), name="bad"),
        ScriptedModel(lambda _: [fenced("rfl")], name="good"),
    )
    panel = Panel([bad, good])
    for mark in "cr":
        for proposer in all_ways(Asker(panel, mark)).values():
            found = await proposer.propose(at())
            assert [candidate.origin.rpartition(" ")[2] for candidate in found] == ["scripted/good"]
    assert len(bad.questions) == (1 if kind in FINAL else 2 if kind in FOR_GOAL else 6)
    assert len(good.questions) == 6
    assert {model: failure.kind for model, failure in panel.given_up.items()} == (
        {"scripted/bad": kind} if kind in FINAL else {}
    )


async def test_nobody_is_asked_when_all_have_given_up():
    """There are no calls then, and nothing is looked up for prompts that nobody gets."""
    asked = []

    async def lemmas(*_):
        asked.append("a lemma")
        return ()

    models = [ScriptedModel(lambda _: Failure("unauthorized"), name=name) for name in "ab"]
    asker = asker_of(*models)
    assert asker.able
    await asker.ask("step", [(PROMPT, "")])
    assert not asker.able
    for proposer in all_ways(asker, lemmas=lemmas).values():
        assert [await proposer.propose(at(wave=wave)) for wave in (0, 1)] == [[], []]
    assert len(asker.calls) == 2
    assert asked == []


# Priors

WEIGHTS = st.floats(0.01, 100)
ANSWERS = st.lists(st.tuples(WEIGHTS, st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)), max_size=6)


def given_by(weight, place=0):
    return Given("", f"m{place}", f"c{place + 1}", weight)


def found_of(answers):
    return [(given_by(weight, place), texts) for place, (weight, texts) in enumerate(answers)]


def priors(answers):
    return {c.tactic: math.exp(c.log_prior) for c in ranked(found_of(answers), "step")}


@given(ANSWERS)
async def test_priors_are_shares(answers):
    """Each text comes once, the likeliest first, with a probability; all together these are 1."""
    found = ranked(found_of(answers), "step")
    assert {c.tactic for c in found} == {text for _, texts in answers for text in texts}
    assert len({c.tactic for c in found}) == len(found)
    assert all(c.log_prior <= 0 for c in found)
    assert [c.log_prior for c in found] == sorted((c.log_prior for c in found), reverse=True)
    assert not found or math.isclose(sum(priors(answers).values()), 1)


@given(ANSWERS, WEIGHTS)
async def test_only_relative_weights_count(answers, factor):
    """The unit of the weights is of no matter."""
    scaled = [(weight * factor, texts) for weight, texts in answers]
    assert priors(scaled) == pytest.approx(priors(answers))


@given(ANSWERS, WEIGHTS, st.sampled_from("abcdef"))
async def test_an_answer_speaks_for_what_it_proposes(answers, weight, text):
    """One answer more that is nothing but `text` makes it likelier, unless it was certain, and nothing else."""
    before, after = priors(answers), priors([*answers, (weight, [text])])
    assert after[text] >= before.get(text, 0) * (1 - 1e-9)
    assert all(after[other] <= before[other] * (1 + 1e-9) for other in before if other != text)


async def test_shares_by_place_weight_and_agreement():
    """The second proposal of an answer counts half the first; a model of weight 3 as three; equal samples add up."""
    assert priors([(1, ["a", "b"])]) == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert priors([(3, ["a"]), (1, ["b"])]) == pytest.approx({"a": 3 / 4, "b": 1 / 4})
    assert priors([(1, ["a", "b"]), (1, ["c"])]) == pytest.approx({"a": 1 / 3, "b": 1 / 6, "c": 1 / 2})
    assert priors([(1, ["b"]), (1, ["a"]), (1, ["a"])]) == pytest.approx({"a": 2 / 3, "b": 1 / 3})


async def test_samples_that_agree_and_weights_reach_the_candidates():
    """Answers of several models and samples are weighed together; a candidate names who gave it first, and where."""
    often = ScriptedModel(lambda _: [fenced("omega"), fenced("simp"), fenced("omega")], name="often", samples=3)
    heavy = ScriptedModel(lambda _: [fenced("simp")], name="heavy", weight=2.0)
    for kind in ("step", "whole", "sketch"):
        found = await all_ways(asker_of(often, heavy))[kind].propose(at())
        assert [(c.tactic, round(math.exp(c.log_prior), 6), c.origin, c.call) for c in found] == [
            ("simp", 0.6, f"{kind} by scripted/often", "c1"),
            ("omega", 0.4, f"{kind} by scripted/often", "c1"),
        ]
        assert {(c.block, c.planned) for c in found} == {(kind != "step", kind == "step")}


# Answers that are none, and what is kept


@pytest.mark.parametrize("way", ["step", "whole", "sketch"])
@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (Answer("```lean4\nomega"), True),
        (Answer("```lean4\nomega", "truncated"), True),
        (Answer(fenced("omega"), "refused"), False),
        (Answer(""), False),
        (Answer(" \n\t"), False),
        (Answer("<think>omega"), False),
    ],
    ids=["complete", "truncated", "refused", "empty", "blank", "only thoughts"],
)
async def test_answers_that_are_none(way, answer, taken):
    """What is there of a cut answer is used; refused and empty ones give nothing; calls are kept in any case."""
    asker = asker_of(ScriptedModel(lambda _: [answer]))
    found = await all_ways(asker)[way].propose(at())
    assert [candidate.tactic for candidate in found] == (["omega"] if taken else [])
    assert [asked.call.answers for asked in asker.calls] == [(answer,)]


class Singly(ScriptedModel):
    """A model whose server takes a request for each answer."""

    async def ask(self, prompt):
        (call,) = await super().ask(prompt)
        return tuple(Call(self.id, prompt, (answer,)) for answer in call.answers)


def in_order(order, gates):
    """Scripts that answer in the order of `order`, each when the one before it has."""

    def script(name):
        async def answer(_question):
            place = order.index(name)
            if place:
                await gates[order[place - 1]].wait()
                await anyio.wait_all_tasks_blocked()
            gates[name].set()
            return [fenced(f"exact {name}1"), fenced(f"exact {name}2")]

        return answer

    return script


async def test_calls_are_kept_in_an_order_that_repeats():
    """Whichever model is first to answer, calls have the order of the models, and candidates name the right ones."""
    kept = []
    for order in permutations("xyz"):
        script, heard = in_order(order, {name: anyio.Event() for name in order}), []
        kinds = zip("xyz", (Singly, ScriptedModel, Singly), strict=True)
        models = [kind(script(name), name=name, samples=2) for name, kind in kinds]
        asker = asker_of(*models, heard=heard.append)
        found = await WholeProposer(asker, PROMPTS).propose(at())
        assert heard == asker.calls
        assert [asked.call.model[-1] for asked in asker.calls] == ["x", "x", "y", "z", "z"]
        answered = {asked.id: "".join(answer.text for answer in asked.call.answers) for asked in asker.calls}
        assert len(answered) == 5
        assert all(candidate.tactic in answered[candidate.call] for candidate in found)
        kept.append((list(answered.items()), found))
    assert kept == kept[:1] * 6


async def test_calls_of_one_wave_are_kept_in_an_order_that_repeats():
    """A repair and a sketch are asked for in the same wave; whichever ends first, the calls have the same names."""
    kept = []
    for order in ("sr", "rs"):
        scripts = in_order(order, {name: anyio.Event() for name in order})

        async def script(question, scripts=scripts):
            if "first_fact" in question.text:
                return await scripts("s")(question)
            return await scripts("r")(question) if "does not accept" in question.text else [fenced(FAILED)]

        team = ModelTeam(Panel([ScriptedModel(script)]), PROMPTS, portfolio=False, refute=False)(GOAL)
        waves = list(team.proposer.waves)
        await team.proposer.propose(at(wave=waves.index(0.9)))
        await team.proposer.propose(at(wave=waves.index(1.0), failures={FAILED: "1:0: no"}))
        kept.append([(asked.id, asked.purpose) for asked in team.calls])
    assert len(kept[0]) == 3
    assert kept[0] == kept[1]


async def test_what_came_before_an_interruption_is_kept():
    """Answers that were paid for are among the calls when the others are cut off, and whoever listens hears of them."""
    heard = []

    async def never(_question):
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
        await anyio.sleep_forever()

    quick = [ScriptedModel(lambda _: [fenced("rfl")], name=name) for name in ("first", "last")]
    asker = asker_of(quick[0], ScriptedModel(never, name="slow"), quick[1], heard=heard.append)
    with anyio.CancelScope() as scope:
        await WholeProposer(asker, PROMPTS).propose(at())
        pytest.fail("the interruption was swallowed")
    assert [(asked.id, asked.call.model) for asked in asker.calls] == [
        ("c1", "scripted/first"),
        ("c1.2", "scripted/last"),
    ]
    assert heard == asker.calls
