"""Every attack is stopped for what it is, and every honest solution is accepted: tests/attacks and tests/honest."""

from zlib import crc32

import pytest

from proofagent.check.axioms import STANDARD
from proofagent.check.corpus import folder_of, load
from proofagent.check.gate import Claim
from proofagent.check.policy import Policy
from proofagent.errors import GoalError
from proofagent.goals.files import source

ATTACKS, HONEST = load(folder_of("attacks")), load(folder_of("honest"))
GROUPS = 4
SECONDS = {"accepted": 120, "rejected": 120, "undecided": 8}
"""An attack that ends as undecided may do so because its time is over."""


def params(cases):
    groups = {case.name: f"corpus-{crc32(case.name.encode()) % GROUPS}" for case in cases}
    return [
        pytest.param(case, id=case.name, marks=[pytest.mark.lean, pytest.mark.xdist_group(groups[case.name])])
        for case in cases
    ]


def claim(case):
    """As the command line makes it of the case's files and options."""
    permitted = {
        "--allow-axiom": set(STANDARD),
        "--allow-answer": set(),
        "--allow-import": set(),
        "--theorem": set(),
        "--time": set(),
    }
    for option, value in zip(case.options[::2], case.options[1::2], strict=True):
        permitted[option].add(value)
    challenge, solution = source(case.challenge), source(case.solution)
    policy = Policy(
        axioms=frozenset(permitted["--allow-axiom"]),
        answers=frozenset(permitted["--allow-answer"]),
        imports=frozenset(permitted["--allow-import"]),
    )
    targets = tuple(sorted(permitted["--theorem"])) or None
    return Claim(challenge.imports, challenge.body, solution.body, targets, solution.imports, policy)


def test_there_are_enough_of_them():
    """The corpora are as large as the project promises, and no case is in both."""
    assert min(len(ATTACKS), len(HONEST)) >= 45
    assert {case.verdict for case in HONEST} == {"accepted"}
    assert "accepted" not in {case.verdict for case in ATTACKS}
    assert {case.name for case in ATTACKS}.isdisjoint(case.name for case in HONEST)


@pytest.mark.parametrize("case", params(ATTACKS))
def test_an_attack_is_stopped_for_what_it_is(ask, case):
    """The verdict is the expected one, and its reasons are all that there are and no others."""
    try:
        verdict = ask(claim(case), SECONDS[case.verdict])
    except GoalError:
        assert case.verdict == "undecided", "a file that is refused unread is no verdict"
        return
    found = {reason.code for reason in verdict.reasons}
    assert (verdict.outcome, found) == (case.verdict, case.codes), f"{verdict.why} {verdict.reasons}"


@pytest.mark.parametrize("case", params(HONEST))
def test_an_honest_solution_is_accepted(ask, case):
    """Whatever the style, what Lean takes and what proves the statement is accepted."""
    verdict = ask(claim(case), SECONDS[case.verdict])
    assert verdict.accepted, f"{verdict.why} {verdict.reasons}"
