"""What other judges and the version of the kernel add to a verdict."""

import pytest

from proofagent.check.judges import doubt, objections
from proofagent.check.receipt import Judgement, Recheck

BAD, GOOD = "4.28.0-pre", "4.34.1"


def said(outcome, version=GOOD, scope="statement"):
    return Judgement(judge="a judge", scope=scope, lean_version=version, outcome=outcome, detail="a detail")


def test_a_judge_that_rejects_is_a_reason():
    """One rejection is enough, whoever else accepts."""
    (reason,) = objections([said("accepted"), said("rejected"), said("undecided")])
    assert (reason.code, "a detail" in reason.text) == ("judge", True)


@pytest.mark.parametrize(
    ("version", "judgements", "word"),
    [
        (BAD, [said("accepted", BAD)], "lean4#14577"),
        (BAD, [said("accepted", BAD)], "nobody else that ran has a better one"),
        (BAD, [said("accepted")], ""),
        (BAD, [said("accepted", scope="replay")], ""),
        (BAD, [said("accepted"), said("undecided")], "does not decide"),
        (GOOD, [said("accepted", BAD)], ""),
        (GOOD, [said("undecided")], "does not decide"),
        ("a fork", [said("accepted", BAD)], "is unknown"),
    ],
)
def test_when_there_is_doubt(version, judgements, word):
    """A kernel with known bugs, or of which nothing is known, needs a better one beside it; silence is no consent."""
    found = doubt(version, judgements, [Recheck(kernel="one without a version", outcome="accepted")])
    assert bool(found) == bool(word)
    assert word in found
    assert "no second kernel was asked" in doubt(version, judgements) or "does not decide" in word


@pytest.mark.parametrize(
    ("rechecks", "word"),
    [
        ([("accepted", GOOD)], ""),
        ([("accepted", "")], "nobody else that ran has a better one"),
        ([("accepted", ""), ("accepted", GOOD)], ""),
        ([], "no second kernel was asked"),
    ],
)
def test_another_kernel_takes_doubt_away(rechecks, word):
    """One of a version without known bugs, and none that is silent."""
    others = [Recheck(kernel="a kernel", version=version, outcome=outcome) for outcome, version in rechecks]
    found = doubt(BAD, [], others)
    assert bool(found) == bool(word)
    assert word in found
