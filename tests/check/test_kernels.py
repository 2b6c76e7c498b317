"""The table of kernels with known soundness bugs, and how versions are put in order."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.check.kernels import BUGS, TABLE_AS_OF, known_bugs, order, sound


def references(version):
    return {reference for bug in known_bugs(version) for reference in bug.references}


IN_ORDER = [
    "4.0.0-m5",
    "4.0.0",
    "4.28.0-nightly-2026-01-09",
    "4.28.0-nightly-2026-01-09-rev1",
    "4.28.0-nightly-2026-01-10",
    "4.28.0-pre",
    "4.28.0-rc1",
    "4.28.0-rc2",
    "4.28.0-rc10",
    "4.28.0",
    "4.28.1",
    "4.29.0-rc1",
    "4.29.0",
    "4.29.10",
    "4.100.0",
]

UNREADABLE = [
    "",
    "4",
    "4.28",
    "4.28.0.1",
    "4.28.0-",
    "4.28.0-rc",
    "4.28.0-beta1",
    "4.28.0-rc1-dirty",
    "4.28.0+build",
    "4.28.0-nightly",
    "4.28.0-nightly-2026-13-01",
    "4.28.0-nightly-2026-02-30",
    "4.28.0\n",
    " 4.28.0",
    "4.٢٨.0",
    "4.-1.0",
    "3.51.1",
    "5.0.0",
    "nightly-2026-11-01",
    "leanprover/lean4:v4.33.1",
    "Lean (version 4.33.1)",
    "4." + "9" * 5000 + ".0",
]


def test_versions_are_in_order():
    """Nightlies by day, then `-pre`, candidates by number, then the release; numbers count, not letters."""
    places = [order(version) for version in IN_ORDER]
    assert None not in places
    assert places == sorted(places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("version", UNREADABLE)
def test_what_is_no_version_of_lean_4_is_unknown(version):
    """Unknown is neither a list of bugs nor an empty one, and never sound."""
    assert known_bugs(version) is None
    assert not sound(version)


def test_a_leading_v_changes_nothing():
    """Tags and versions mean the same."""
    assert order("v4.33.1") == order("4.33.1")


def test_the_embedded_kernel_is_known_bad():
    """The Lean that the project brings has every kernel bug found in 2026 and none of those fixed before it."""
    found = references("4.28.0-pre")
    assert {"lean4#14484", "lean4#14576", "lean4#14613", "lean4#14806", "lean4#14807", "lean4#14838"} <= found
    assert {"lean4#14833", "lean4#15241"} <= found
    assert not {"lean4#1433", "lean4#1781", "lean4#2125", "lean4#8060", "lean4#8554"} & found
    assert not sound("4.28.0-pre")


@pytest.mark.parametrize(
    ("reference", "bad", "good"),
    [
        ("lean4#2125", ["4.0.0-m5", "4.0.0-rc5"], ["4.0.0", "4.1.0-rc1"]),
        ("lean4#8060", ["4.0.0", "4.19.0", "4.20.0-rc5", "4.21.0-pre"], ["4.20.0", "4.21.0-rc1", "4.22.0-pre"]),
        ("lean4#8554", ["4.20.1", "4.21.0-rc3"], ["4.21.0", "4.21.1", "4.22.0-rc1"]),
        ("lean4#14484", ["4.32.0", "4.33.0-rc1"], ["4.32.1", "4.32.2", "4.33.0-rc2", "4.33.0", "4.34.0-rc1"]),
        ("lean4#14576", ["4.32.1", "4.33.0-rc1"], ["4.32.2", "4.33.0-rc2", "4.33.0"]),
        ("lean4#14613", ["4.32.2", "4.33.0-rc2"], ["4.33.0", "4.33.1"]),
        ("lean4#14807", ["4.33.0", "4.34.0-rc1", "4.34.0-pre", "4.35.0-pre"], ["4.33.1", "4.34.0-rc2", "4.36.0-pre"]),
        ("lean4#14838", ["4.33.0", "4.34.0-rc1"], ["4.33.1", "4.34.0-rc2", "4.34.0"]),
        ("lean4#15241", ["4.33.1", "4.34.0", "4.35.0-rc2"], ["4.34.1", "4.35.0-rc3", "4.35.0"]),
    ],
)
def test_where_a_bug_begins_and_ends(reference, bad, good):
    """A fix counts per release line: a candidate of a later line may be older than the patch of an earlier one."""
    assert {version: reference in references(version) for version in bad + good} == (
        dict.fromkeys(bad, True) | dict.fromkeys(good, False)
    )


@pytest.mark.parametrize(
    ("version", "bad"),
    [
        ("4.34.0-nightly-2026-08-14", True),
        ("4.35.0-nightly-2026-08-21", True),
        ("4.35.0-nightly-2026-08-22", False),
        ("4.36.0-nightly-2026-11-01", False),
    ],
)
def test_a_nightly_counts_by_its_day(version, bad):
    """A nightly has a fix when it was built after the day by which the fix had landed."""
    assert ("lean4#14806" in references(version)) is bad


def test_releases_without_known_bugs():
    """What the table calls sound: the latest patch of 4.34 and what came after it, newer than the table or not."""
    for version in ("4.34.1", "4.35.0-rc3", TABLE_AS_OF, "4.35.0", "4.37.0-rc1", "4.36.0-nightly-2026-11-01"):
        assert sound(version), version
    for version in ("4.28.0", "4.32.2", "4.33.0", "4.33.1", "4.34.0", "4.35.0-rc1", "4.35.0-rc2"):
        assert not sound(version), version


def test_4_33_1_is_left_with_bugs_of_the_runtime():
    """The kernel proper of 4.33.1 has no known bug; what is left needs an uncommonly large machine."""
    assert references("4.33.1") == {"lean4#15241", "lean4#15289"}
    assert {bug.reach for bug in known_bugs("4.33.1")} == {"machine"}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.references[0])
def test_an_entry_is_whole(bug):
    """Every entry has references, one sentence, a source, and fixes in order, one a release line."""
    assert bug.references
    assert all(re.fullmatch(r"lean4#\d+", reference) for reference in bug.references)
    assert bug.text.endswith(".")
    assert ". " not in bug.text
    assert bug.source
    places = [order(fix) for fix in bug.fixed]
    assert places == sorted(places)
    assert len({place[1] for place in places}) == len(places)
    assert all(place <= order(TABLE_AS_OF) for place in places)
    assert bug.landed <= date(2026, 10, 6)


def test_no_reference_stands_twice():
    """Each issue and pull request belongs to one entry."""
    every = [reference for bug in BUGS for reference in bug.references]
    assert len(set(every)) == len(every)


days = st.integers(0, 3000).map(lambda days: date(2022, 1, 1) + timedelta(days))
tags = st.one_of(
    st.none(),
    st.just("pre"),
    st.integers(1, 20).map(lambda number: f"rc{number}"),
    days.map(lambda day: f"nightly-{day.isoformat()}"),
)
numbers = st.integers(0, 60)
versions = st.builds(
    lambda minor, patch, tag: f"4.{minor}.{patch}" + (f"-{tag}" if tag else ""), numbers, numbers, tags
)


@given(versions, versions)
def test_the_order_is_total_and_tells_versions_apart(left, right):
    """Two versions are the same place only where they are the same text, and numbers decide before tags."""
    assert (order(left) == order(right)) is (left == right)
    numbers = [tuple(map(int, version.split("-")[0].split("."))) for version in (left, right)]
    if numbers[0] != numbers[1]:
        assert (order(left) < order(right)) is (numbers[0] < numbers[1])


@given(numbers, numbers, tags.filter(bool))
def test_whatever_precedes_a_release_has_its_bugs(minor, patch, tag):
    """A tagged version comes before its release and, but for nightlies with their days, has at least its bugs."""
    release = f"4.{minor}.{patch}"
    tagged = f"{release}-{tag}"
    assert order(tagged) < order(release)
    if not tag.startswith("nightly"):
        assert references(release) <= references(tagged)


@given(numbers, numbers, st.integers(1, 10))
def test_patches_never_bring_a_bug_back(minor, patch, more):
    """Within a release line, later patches have no bug that earlier ones are free of."""
    assert references(f"4.{minor}.{patch + more}") <= references(f"4.{minor}.{patch}")


@given(st.text())
def test_any_text_is_answered(text):
    """No text makes the table fail."""
    assert known_bugs(text) is None or order(text) is not None
