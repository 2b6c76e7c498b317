"""What a profile sees in a text, and what it needs more for."""

import pytest

from proofagent.errors import GoalError
from proofagent.minimize.measure import TEXTUAL, by_profile, by_tokens, is_blind, is_textual
from proofagent.score.choice import profiles, read_profiles
from proofagent.score.metrics import METRICS, named
from proofagent.score.subject import Body, Subject

PROOF = " by\n  constructor\n  · exact hq\n  · simp [hp]\n"


class TextOnly:
    """Has what a proof's text says, and fails whoever asks for more."""

    bodies = (Body("", "", PROOF, 0, 0, ""),)
    trees = Subject("", bodies, None).trees


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.selects], ids=lambda metric: metric.name)
def test_textual_metrics_are_those_that_ask_for_nothing_but_the_text(metric):
    """Of the metrics that may select, exactly the textual ones can be had without an artefact."""
    try:
        value = metric.measure(TextOnly())
    except AttributeError:
        value = None
    assert (value is not None) == (metric.name in TEXTUAL)


@pytest.mark.parametrize("name", profiles())
def test_the_measure_has_the_order_of_the_profile(name):
    """First what the profile asks of the text, in its order, then the length."""
    profile = profiles()[name]
    asked = [metric for metric in profile.order if metric.name in TEXTUAL]
    wanted = (*(metric.measure(TextOnly()) for metric in asked), *by_tokens(PROOF))
    assert by_profile(profile)(PROOF) == wanted


def test_profiles_differ_in_what_is_better():
    """`simp only` is longer and weaker than `simp`: worse for golf, better for somebody who reads it."""
    strong, weak = " by simp", " by simp only [Nat.add_zero]"
    assert by_profile(profiles()["golf"])(strong) < by_profile(profiles()["golf"])(weak)
    assert by_profile(profiles()["didactic"])(weak) < by_profile(profiles()["didactic"])(strong)


def test_what_is_no_proof_has_no_measure():
    """Text that does not end, and text that says nothing, are refused with an error that the driver knows."""
    for text in (' by exact "', "  -- nothing\n"):
        with pytest.raises((GoalError, ValueError)):
            by_profile(profiles()["golf"])(text)


def test_which_profiles_need_an_artefact():
    """Those that come with the project do; one of a user may not; where heartbeats count most, the text is blind."""
    own = read_profiles('[short]\norder = ["tokens", "depth"]\n[lean]\norder = ["dag"]\n')
    assert (is_textual(own["short"]), is_textual(own["lean"])) == (True, False)
    assert not any(map(is_textual, profiles().values()))
    assert {name for name, profile in profiles().items() if is_blind(profile)} == {"fast"}
    assert is_blind(own["lean"])
    assert named("hardest").name in TEXTUAL
