"""Proposers that ask models: what is asked, when, what is made of the answers, and what is kept of the calls."""

from dataclasses import replace

import pytest
from asking_models import PROMPTS, all_ways, asker_of, fenced

from proofagent.goals.goal import Goal
from proofagent.llm.chat import Failure, Message, Prompt
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Query
from proofagent.propose.llm import StepProposer, WholeProposer
from proofagent.testing.model_script import in_turn
from proofagent.testing.scripted import ScriptedModel

pytestmark = pytest.mark.anyio

GOAL = Goal(
    "Ours.double", "theorem double (n : Nat) : twice n = n + n", preamble="namespace Ours\ndef twice n := n + n\n"
)
PROMPT = Prompt((Message("user", "?"),))
ROOT = ProofState(parse_goals("n : Nat\n⊢ Ours.twice n = n + n"))
ELSEWHERE = ProofState(parse_goals("k : Int\nhk : k < 7\n⊢ k < 9"))
FIRST = "induction n\nomega\nsimp"
SECOND = "cases n\nrfl\ndecide"


def at(state=ROOT, wave=0, **options):
    return Query(GOAL, state, wave, **options)


async def three_lemmas(goal, state):
    return [
        f"Nat.lemma_{goal.name} : {state.main.target}",
        "Nat.add_comm : n + m = m + n",
        "Nat.two_mul : 2 * n = n + n",
    ]


# What is asked


async def test_a_step_is_asked_for_with_all_that_is_known():
    """The prompt has the statement behind its preamble, the way, the state, lemmas, and what the answer has to be."""
    model = ScriptedModel(lambda _: ['{"tactics": ["rfl"]}'])
    proposer = StepProposer(asker_of(model), PROMPTS, lemmas=three_lemmas)
    await proposer.propose(at(ELSEWHERE, wave=1, path=("intro k", "cases hk\n  assumption")))
    (question,) = model.questions
    assert [message.role for message in question.messages] == ["system", "user"]
    assert question.schema["required"] == ["tactics"]
    for part in (
        f"{GOAL.preamble}\n{GOAL.statement} := by",
        "intro k\ncases hk\n  assumption",
        ELSEWHERE.key,
        *[f"- `{lemma}`" for lemma in await three_lemmas(GOAL, ELSEWHERE)],
    ):
        assert part in question.text


async def test_a_step_is_told_what_failed_of_its_own():
    """The second round has the proposals of the first that failed, with Lean's reason, and those of nobody else."""
    model = ScriptedModel(lambda _: ['{"tactics": ["omega", "simp", "cases n\\n  rfl"]}'])
    proposer = StepProposer(asker_of(model), PROMPTS)
    await proposer.propose(at(wave=1))
    failures = {"omega": "omega could\nnot prove it", "norm_num": "unknown tactic", "cases n\n  rfl": "not equal"}
    await proposer.propose(at(wave=2, failures=failures))
    first, second = (question.text for question in model.questions)
    assert "failed" not in first
    assert "- `omega`: omega could not prove it\n- `cases n rfl`: not equal\n" in second
    assert "norm_num" not in second.partition("The goal now:")[2]
    assert "`simp`:" not in second


async def test_a_model_is_asked_earlier_where_its_own_step_led():
    """Below a step of a model its next one is asked for before what is dear is tried; elsewhere after that; once."""
    model = ScriptedModel(lambda _: ['{"tactics": ["rfl"]}'])
    proposer = StepProposer(asker_of(model), PROMPTS)
    asked = list[tuple[str, int]]()
    for origin, state in (("", ROOT), ("step by scripted/model", ELSEWHERE), ("whole by scripted/model", ELSEWHERE)):
        for wave in (0, 1):
            before = len(model.questions)
            await proposer.propose(at(state, wave=wave, origin=origin))
            asked += [(origin, wave)] * (len(model.questions) - before)
    assert asked == [("", 1), ("step by scripted/model", 0), ("whole by scripted/model", 1)]
    assert proposer.waves[0] < proposer.waves[1]


@pytest.mark.parametrize("way", ["step", "whole", "sketch"])
async def test_nothing_is_told_of_other_goals(way):
    """What was asked, proposed and refused at one state is not mentioned at another one, nor what others proposed."""
    model = ScriptedModel(in_turn([fenced("exact secret_of_here")], [fenced("skip")]))
    proposer = all_ways(asker_of(model))[way]
    first = 1 if way == "step" else 0
    await proposer.propose(at(wave=first))
    failed = {"exact secret_of_here": "1:0: secret_of_Lean", "skip": "1:0: nothing"}
    for wave in (first, first + 1):
        path, origin = ("revert k",), "sketch by scripted/model"
        await proposer.propose(at(ELSEWHERE, wave, path=path, origin=origin, failures=failed))
    told = [question.text for question in model.questions[1:]]
    assert len(told) == 2
    assert all(ELSEWHERE.key in text and ROOT.key not in text and "secret" not in text for text in told)


@pytest.mark.parametrize("way", ["whole", "sketch"])
async def test_a_whole_proof_is_asked_for_with_the_statement_and_lemmas(way):
    """At the theorem the statement says it all; in a hole of a sketch the way and the state are added."""
    model = ScriptedModel(lambda _: [fenced("rfl")])
    proposer = all_ways(asker_of(model), lemmas=three_lemmas)[way]
    await proposer.propose(at())
    await proposer.propose(at(ELSEWHERE, path=("intro k",), origin="sketch by scripted/model"))
    theorem, hole = (question.text for question in model.questions)
    for text, state in ((theorem, ROOT), (hole, ELSEWHERE)):
        assert f"{GOAL.statement} := by" in text
        assert all(lemma in text for lemma in await three_lemmas(GOAL, state))
    assert ELSEWHERE.key in hole
    assert "intro k" in hole
    assert "led here" not in theorem


@pytest.mark.parametrize("way", ["whole", "sketch"])
async def test_a_hole_within_a_proof_is_asked_for_with_its_state(way):
    """Where the hole is not the whole proof of the statement, the statement alone would ask for the wrong thing."""
    model = ScriptedModel(lambda _: [fenced("rfl")])
    proposer = all_ways(asker_of(model))[way]
    inside = replace(GOAL, lead=" := by\n  have h : 3 < 7 := by\n    ", tail="\n  sorry")
    state = ProofState(parse_goals("n : Nat\n⊢ 3 < 7"))
    await proposer.propose(replace(at(state), goal=inside))
    assert state.key in model.questions[0].text


async def test_a_refutation_is_asked_for_with_the_statement_that_may_be_false():
    """The prompt has the goal itself, not the text of its negation; calls for it are called that."""
    model = ScriptedModel(lambda _: [fenced("intro h\nexact absurd (h 3) (by decide)")])
    asker = asker_of(model)
    negation = replace(GOAL, name="not_it", statement="theorem not_it : ¬ (type_of% @double)")
    state = ProofState(parse_goals("⊢ ¬∀ (n : Nat), Ours.twice n = n + n"))
    found = await WholeProposer(asker, PROMPTS, refutes=GOAL).propose(replace(at(state), goal=negation))
    assert f"{GOAL.statement} := by" in model.questions[0].text
    assert state.key in model.questions[0].text
    assert "not_it" not in model.questions[0].text
    assert [(candidate.block, candidate.origin) for candidate in found] == [(True, "refute by scripted/model")]
    assert [asked.purpose for asked in asker.calls] == ["refute"]


async def test_a_model_that_holds_the_statement_for_true_proposes_nothing():
    """`TRUE` is the answer that the prompt asks for where nothing can be refuted."""
    model = ScriptedModel(lambda _: ["TRUE"])
    assert await WholeProposer(asker_of(model), PROMPTS, refutes=GOAL).propose(at()) == []


# When


@pytest.mark.parametrize(("way", "waves"), [("step", 3), ("whole", 3), ("sketch", 2)])
async def test_waves_rise(way, waves):
    """Every round costs more than the one before it, and all of them more than the cheap tactics, which are first."""
    penalties = list(all_ways(asker_of())[way].waves)
    assert len(penalties) == waves
    assert penalties == sorted(set(penalties))
    assert penalties[0] >= 0.5


@pytest.mark.parametrize(
    ("path", "origin", "asked"),
    [
        ((), "", {"step", "whole", "sketch"}),
        (("intro n",), "introduction", {"step"}),
        (("intro n",), "step by scripted/model", {"step"}),
        (("intro n",), "whole by scripted/model", {"step"}),
        (("have h : 1 = 1 := ?_",), "sketch by scripted/model", {"step", "whole", "sketch"}),
        (("a",) * 4, "sketch by scripted/model", {"step", "whole", "sketch"}),
        (("a",) * 5, "sketch by scripted/model", {"step", "whole"}),
    ],
)
async def test_who_is_asked_where(path, origin, asked):
    """Steps are asked for everywhere; whole proofs for the theorem and for holes of sketches; sketches not too deep."""
    found = set()
    for way, proposer in all_ways(asker := asker_of(ScriptedModel(lambda _: [fenced("omega")]))).items():
        for wave in (0, 1):
            before = len(asker.calls)
            candidates = await proposer.propose(at(wave=wave, path=path, origin=origin))
            assert bool(candidates) == (len(asker.calls) > before)
            found |= {way} if candidates else set()
    assert found == asked


# Repairs


async def asked_twice(proposer, failures, *, wave=1, state=ROOT):
    """The candidates of a first round, and of a later one after `failures`."""
    return await proposer.propose(at(state)), await proposer.propose(at(state, wave, failures=failures))


async def test_a_repair_continues_the_conversation_with_its_own_model():
    """Each model is shown its own proof and what Lean said to that, behind what it was asked first."""
    alpha = ScriptedModel(in_turn([fenced(FIRST)], [fenced("rfl")]), name="alpha")
    beta = ScriptedModel(in_turn([fenced(SECOND)], [fenced("simp")]), name="beta")
    asker = asker_of(alpha, beta)
    failures = {FIRST: "2:0: omega failed on ⊢ a", SECOND: "1:3: unknown n", "intro n": "nothing of theirs"}
    _, found = await asked_twice(WholeProposer(asker, PROMPTS), failures)
    for model, proof, other in ((alpha, FIRST, SECOND), (beta, SECOND, FIRST)):
        first, repair = model.questions
        assert repair.messages[: len(first.messages)] == first.messages
        said, asked = repair.messages[len(first.messages) :]
        assert said == Message("assistant", f"```lean4\n{proof}\n```")
        assert asked.role == "user"
        assert failures[proof] in asked.text
        assert failures[other] not in repair.text
        assert "nothing of theirs" not in repair.text
    assert [(c.tactic, c.origin, c.call) for c in found] == [
        ("rfl", "repair by scripted/alpha", "c2"),
        ("simp", "repair by scripted/beta", "c2.2"),
    ]
    assert [asked.purpose for asked in asker.calls] == ["whole", "whole", "repair", "repair"]


@pytest.mark.parametrize(("reached", "repaired"), [((1, 3), SECOND), ((3, 1), FIRST), ((2, 2), FIRST)])
async def test_the_proof_that_came_furthest_is_repaired(reached, repaired):
    """Of a model's samples the one whose first error is furthest down; of equal ones the first."""
    model = ScriptedModel(lambda _: [fenced(FIRST), fenced(SECOND)], samples=2)
    errors = [f"{line}:0: wrong\n  in 0: more of it\n3:1: also wrong" for line in reached]
    await asked_twice(WholeProposer(asker_of(model), PROMPTS), dict(zip((FIRST, SECOND), errors, strict=True)))
    assert [m.text for m in model.questions[1].messages if m.role == "assistant"] == [f"```lean4\n{repaired}\n```"]


async def test_a_second_repair_continues_the_first():
    """The conversation has every round; the last proof is the one that is repaired, not an earlier one."""
    model = ScriptedModel(in_turn([fenced(FIRST)], [fenced(SECOND)], [fenced("rfl")]))
    proposer = WholeProposer(asker_of(model), PROMPTS)
    failures = {FIRST: "3:0: first error"}
    await asked_twice(proposer, failures)
    await proposer.propose(at(wave=2, failures={**failures, SECOND: "1:0: second error"}))
    _, first, second = (question.messages for question in model.questions)
    assert second[: len(first)] == first
    assert [message.role for message in second[len(first) :]] == ["assistant", "user"]
    assert SECOND in second[-2].text
    assert "second error" in second[-1].text
    assert "first error" not in second[-1].text


@pytest.mark.parametrize(
    "failures", [{}, {"omega": "1:0: of another proposer"}], ids=["nothing failed", "only others failed"]
)
async def test_nothing_is_repaired_where_nothing_failed(failures):
    """A round for repairs in which no proof of a model has failed asks nobody, and neither does one elsewhere."""
    model = ScriptedModel(lambda _: [fenced(FIRST)])
    proposer = WholeProposer(asker_of(model), PROMPTS)
    assert (await asked_twice(proposer, failures))[1] == []
    assert await proposer.propose(at(ELSEWHERE, 1, failures={FIRST: "1:0: no"})) == []
    assert len(model.questions) == 1


async def test_a_model_that_was_given_up_repairs_nothing():
    """Its proof is not given to another one either, which did not write it."""
    alpha = ScriptedModel(in_turn([fenced(FIRST)], Failure("out-of-credit")), name="alpha")
    beta = ScriptedModel(in_turn([fenced(SECOND)], [fenced("simp")]), name="beta")
    asker = asker_of(alpha, beta)
    proposer = WholeProposer(asker, PROMPTS)
    await proposer.propose(at())
    await asker.ask("step", [(PROMPT, "scripted/alpha")])
    await proposer.propose(at(wave=1, failures={FIRST: "1:0: no", SECOND: "1:0: no"}))
    assert [asked.call.model for asked in asker.calls] == [f"scripted/{m}" for m in ("alpha", "beta", "alpha", "beta")]


async def test_a_proof_that_was_not_tried_yet_is_repaired_in_a_later_round():
    """With several workers a round may come before the proofs of the one before it were tried."""
    model = ScriptedModel(lambda _: [fenced(FIRST)])
    proposer = WholeProposer(asker_of(model), PROMPTS)
    await asked_twice(proposer, {})
    assert await proposer.propose(at(wave=2, failures={FIRST: "1:0: no"}))
