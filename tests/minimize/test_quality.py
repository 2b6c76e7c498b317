"""Comparing accepted files by a profile: what is worse is named, and nothing is measured twice."""

import anyio
import pytest

from proofagent.errors import EngineLost
from proofagent.minimize.quality import Quality
from proofagent.score.choice import profiles

BASE = {"tokens": 9, "tactics": 3, "burden": 5, "dag": 40, "idle": 0, "depth": 1, "hardest": 2,
        "axioms": 0, "warnings": 0, "heartbeats": 1000}  # fmt: skip


def quality(vectors, profile="golf"):
    """A quality of files whose only theorem `t` has these vectors, and the texts that were measured."""
    asked = []

    async def measured(text):
        asked.append(text)
        if text not in vectors:
            raise ValueError("no proof") if text == "strange" else EngineLost("no artefact")
        return {"t": BASE | vectors[text]}

    return Quality(profiles()[profile], ["t"], measured), asked


def said(made, *texts):
    return anyio.run(made.objection, *texts)


@pytest.mark.parametrize(
    ("profile", "change", "objection"),
    [
        ("golf", {"tokens": 8}, ""),
        ("golf", {"tokens": 10}, "tokens"),
        ("golf", {"tokens": 9, "dag": 41}, "dag"),
        ("golf", {}, ""),
        ("golf", {"tokens": 2, "heartbeats": 2001}, "hard regression: heartbeats"),
        ("golf", {"tokens": 2, "warnings": 1}, "hard regression: warnings"),
        ("golf", {"tokens": 2, "axioms": 1}, "hard regression: axioms"),
        ("fast", {"tokens": 2, "heartbeats": 1100}, "heartbeats"),
        ("fast", {"tokens": 20, "heartbeats": 900}, ""),
        ("mathlib", {"tokens": 2, "idle": 1}, "idle"),
        ("didactic", {"tokens": 2, "hardest": 6}, "hardest"),
    ],
)
def test_worse_is_what_the_profile_says(profile, change, objection):
    """A text that the profile would not choose, or that has a hard regression, is refused with the metric's name."""
    why = said(quality({"old": {}, "new": change}, profile)[0], "new", "old")
    assert bool(why) == bool(objection)
    assert objection in why


def test_the_original_counts_too():
    """Small steps that each count as none may not add up to a regression."""
    made, _ = quality({"first": {}, "middle": {"heartbeats": 1900}, "last": {"heartbeats": 3000}})
    assert said(made, "last", "middle") == ""
    assert "hard regression" in said(made, "last", "middle", "first")


def test_what_cannot_be_measured_is_refused():
    """Without an artefact nobody knows whether it is worse."""
    assert said(quality({"old": {}})[0], "new", "old") == "it cannot be measured: no artefact"
    assert said(quality({"old": {}})[0], "strange", "old") == "it cannot be measured: no proof"


def test_a_text_is_measured_once():
    """What was measured is kept for the next comparison and for the report."""
    made, asked = quality({"old": {}, "new": {"tokens": 3}})
    for _ in range(2):
        assert said(made, "new", "old", "old") == ""
    assert asked == ["new", "old"]
    assert made.known("new")["t"]["tokens"] == 3
    assert made.known("other") == {}
