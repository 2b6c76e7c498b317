"""Choosing: hard regressions first, then a profile's order; a front that nobody in it beats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import ConfigError, UsageError
from proofagent.score.choice import choose, dominates, front, profile_named, profiles, read_profiles, regressions
from proofagent.score.metrics import METRICS

SELECTING = [metric for metric in METRICS if metric.selects]
vectors = st.fixed_dictionaries({metric.name: st.none() | st.integers(0, 6).map(float) for metric in SELECTING})


def vector(**values):
    return {metric.name: 1.0 for metric in METRICS} | {"axioms": 0.0, "warnings": 0.0} | values


@pytest.mark.parametrize("name", profiles())
@given(first=vectors, second=vectors)
def test_a_choice_does_not_depend_on_the_order(name, first, second):
    """Swapped, the answer changes its sign."""
    profile = profiles()[name]
    assert choose(profile, first, second).better == -choose(profile, second, first).better
    assert choose(profile, first, first).better == 0


@pytest.mark.parametrize("name", profiles())
@pytest.mark.parametrize("hard", ["axioms", "warnings"])
def test_a_hard_regression_cannot_win_on_length(name, hard):
    """A proof of one token with a new axiom or a new warning loses against a long one without."""
    short, long = vector(tokens=1.0, **{hard: 1.0}), vector(tokens=500.0)
    made = choose(profiles()[name], long, short)
    assert made.better == -1
    assert hard in made.why


@pytest.mark.parametrize("name", profiles())
def test_what_takes_more_than_twice_as_long_cannot_win(name):
    """Twice the heartbeats is a hard regression, a little more is none."""
    long, slow = vector(tokens=500.0, heartbeats=100.0), vector(tokens=1.0, heartbeats=201.0)
    assert choose(profiles()[name], long, slow).better == -1
    assert regressions(vector(heartbeats=100.0), vector(heartbeats=190.0)) == []


def test_two_hard_regressions_make_no_choice():
    """A new axiom against a new warning: neither is better."""
    made = choose(profiles()["golf"], vector(axioms=1.0), vector(warnings=1.0))
    assert made.better == 0
    assert "axioms" in made.why
    assert "warnings" in made.why


def test_the_first_metric_that_differs_decides():
    """Golf asks for tokens first; mathlib for idle steps."""
    short, clean = vector(tokens=5.0, idle=1.0), vector(tokens=9.0, idle=0.0)
    assert choose(profiles()["golf"], short, clean).better == -1
    assert choose(profiles()["mathlib"], short, clean).better == 1


def test_small_differences_of_heartbeats_decide_nothing():
    """Within the grain, `fast` looks at the next metric."""
    one, other = vector(heartbeats=1000.0, dag=3.0), vector(heartbeats=1040.0, dag=2.0)
    assert choose(profiles()["fast"], one, other).metric == "dag"


@given(st.lists(vectors, min_size=1, max_size=6))
def test_nobody_in_the_front_is_beaten_and_somebody_is_in_it(found):
    """The front is not empty, and holds exactly what nobody dominates."""
    chosen = front(found)
    assert chosen
    for place, each in enumerate(found):
        beaten = any(dominates(other, each, SELECTING) for other in found)
        assert (place in chosen) is not beaten


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a\n", "profiles"),
        ("a = 1\n", "has to be a list"),
        ("[a]\norder = []\n", "has to be a list"),
        ('[a]\norder = ["beauty"]\n', "no metric 'beauty'"),
        ("[a]\norder = [3]\n", "no metric 3"),
        ('[a]\norder = ["lines"]\n', "may be shown but not decide"),
        ("# nothing\n", "there is none"),
    ],
)
def test_bad_profiles_are_refused(text, said):
    """An unknown metric, or one that may not choose, is an error that says what there is."""
    with pytest.raises(ConfigError, match=said):
        read_profiles(text)


def test_a_profile_may_be_of_a_file(tmp_path):
    """By its name behind a colon, or without one where it is the only one."""
    file = tmp_path / "own.toml"
    file.write_text('[terse]\norder = ["tactics"]\n', encoding="utf-8")
    assert profile_named(f"{file}:terse") == profile_named(str(file))
    assert [metric.name for metric in profile_named(str(file)).order] == ["tactics"]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ('[a]\norder = ["tokens"]\n', ":b", "there is no profile `b`; there are: .*own.toml:a$"),
        ('[a]\norder = ["tokens"]\n[b]\norder = ["dag"]\n', "", "say which profile; there are: .*:a, .*:b$"),
        ("[a", "", r"own\.toml: profiles: "),
        (" ", "", "the file is empty"),
        ("\0", "", "binary"),
        (None, "", "own.toml: .*exist|No such file"),
    ],
)
def test_a_file_without_such_a_profile_is_refused(tmp_path, text, name, said):
    """The message has the file, and what may be written instead."""
    file = tmp_path / "own.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        profile_named(f"{file}{name}")


def test_the_profiles_of_the_project_are_documented():
    """Each says what it is about."""
    assert set(profiles()) == {"mathlib", "golf", "fast", "didactic"}
    assert all(profile.about for profile in profiles().values())
