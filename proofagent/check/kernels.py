"""Which releases of Lean 4 have a kernel that is known to have accepted, or to be able to accept, a false theorem.

The table holds what Lean's release notes or the pull requests themselves call a soundness bug of the kernel or of
the runtime under it. It leaves out what they call hardening (lean4#14582, lean4#14808, lean4#14849), kernel bugs
for which no way to `False` is known (lean4#10475), bugs that the kernel has no part in (`native_decide`,
`#print axioms`, lean4#14875), and lean4#15288, which the release notes say does not reach the official kernel.

No source names the first bad release of any of them, so every version before the fix counts as bad, and so does a
candidate or development version of which no source says that it has the fix. Pure: nothing here asks the machine.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Reach = Literal["term", "program", "machine"]
"""What an attacker needs: a proof term alone, a program inside the process of the kernel, or a machine (memory,
library) of a certain kind besides the term."""

TABLE_AS_OF = "4.35.0-rc4"
"""The last version whose release notes were read for the table (of 2026-10-06); later ones may have bugs unknown
to it."""

Order = tuple[int, int, int, int, int]
"""Compares as the versions do: major, minor, patch, stage, number within the stage."""

_STAGES = {"m": 0, "nightly": 1, "pre": 2, "rc": 3}
_NIGHTLY, _PRE, _RELEASE = 1, 2, 4
_VERSION = re.compile(
    r"v?(4)\.(\d{1,4})\.(\d{1,4})"
    r"(?:-(?:(m|rc)(\d{1,3})|(nightly)-(\d{4})-(\d\d)-(\d\d)(?:-rev(\d{1,2}))?|(pre)))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Bug:
    """A soundness bug. `references` are issues and pull requests of leanprover/lean4, the first one the fix.

    `fixed` names the oldest fixed version of each release line, oldest line first; later lines are fixed as well.
    `landed` is a day by which the development version had the fix. `source` says where the claim that it is a
    soundness bug stands.
    """

    references: tuple[str, ...]
    text: str
    reach: Reach
    fixed: tuple[str, ...]
    landed: date
    source: str


_NOTES_4_33_0 = "release notes of Lean 4.33.0"
_NOTES_4_33_1 = "release notes of Lean 4.33.1 and 4.34.0"
_NOTES_4_34_1 = "release notes of Lean 4.34.1 and 4.35.0"

BUGS: tuple[Bug, ...] = (
    Bug(
        ("lean4#1433",),
        "`Nat` remainders of large numbers were computed wrongly, so that `rfl` proved a false equation.",
        "term",
        ("4.0.0",),
        date(2023, 9, 8),
        "competemath/tengoku, docs/why-cynical.md, with a link to the issue (2022)",
    ),
    Bug(
        ("lean4#1781",),
        "Universe levels `imax u v + N` were normalised to `imax u v`, which makes the logic inconsistent.",
        "term",
        ("4.0.0",),
        date(2023, 9, 8),
        "the pull request (2022)",
    ),
    Bug(
        ("lean4#2127", "lean4#2125"),
        "An inductive type could occur in an index of its own constructor, from which `False` followed.",
        "term",
        ("4.0.0",),
        date(2023, 9, 8),
        "the issue (2023)",
    ),
    Bug(
        ("lean4#8060",),
        "Reducing `Nat.pow` took a term for a numeral without looking, from which `False` followed with GMP.",
        "term",
        ("4.20.0",),
        date(2025, 6, 2),
        "the pull request; release notes of Lean 4.20.0",
    ),
    Bug(
        ("lean4#8559", "lean4#8560", "lean4#8554"),
        "A level or term too deep for its cached data lost its marks for variables, as `assert!` does not abort.",
        "program",
        ("4.21.0",),
        date(2025, 6, 30),
        "release notes of Lean 4.21.0",
    ),
    Bug(
        ("lean4#14498", "lean4#14484"),
        "The value of an `opaque` declaration could hold free variables, from which `False` followed.",
        "program",
        ("4.32.1", "4.33.0-rc2"),
        date(2026, 7, 28),
        "release notes of Lean 4.32.1; digama0/lean4lean#34 for the candidate",
    ),
    Bug(
        ("lean4#14577", "lean4#14576"),
        "Arguments for phantom parameters of nested inductive types were not checked, from which `False` followed.",
        "term",
        ("4.32.2", "4.33.0-rc2"),
        date(2026, 8, 4),
        "release notes of Lean 4.32.2; digama0/lean4lean#34 for the candidate",
    ),
    Bug(
        ("lean4#14607",),
        "Free variables were not looked for everywhere (a possible soundness issue, the notes say).",
        "program",
        ("4.33.0",),
        date(2026, 8, 10),
        _NOTES_4_33_0,
    ),
    Bug(
        ("lean4#14609",),
        "A `partial` definition lost that mark when another module imported it, so that safe ones could use it.",
        "program",
        ("4.33.0",),
        date(2026, 8, 10),
        _NOTES_4_33_0,
    ),
    Bug(
        ("lean4#14613",),
        "A universe level that equals that of `Prop` without being written so was not taken for it.",
        "term",
        ("4.33.0",),
        date(2026, 8, 10),
        _NOTES_4_33_0,
    ),
    Bug(
        ("lean4#14616",),
        "A declaration could name the kernel's own `_nested` types and be stored ill-typed: a way to `False`.",
        "program",
        ("4.33.0",),
        date(2026, 8, 10),
        _NOTES_4_33_0,
    ),
    Bug(
        ("lean4#14806",),
        "Equalities once found were cached as if equality were transitive, from which `False` followed.",
        "term",
        ("4.33.1", "4.34.0-rc2"),
        date(2026, 8, 21),
        _NOTES_4_33_1,
    ),
    Bug(
        ("lean4#14807", "lean4#14843"),
        "A stuck type was not taken for a proposition, so that data could be projected out of a proof: `False`.",
        "term",
        ("4.33.1", "4.34.0-rc2"),
        date(2026, 8, 21),
        _NOTES_4_33_1,
    ),
    Bug(
        ("lean4#14838",),
        "A reference count of 32 bits could overflow and memory in use be freed (with 18 GB of memory or more).",
        "machine",
        ("4.33.1", "4.34.0-rc2"),
        date(2026, 8, 21),
        _NOTES_4_33_1,
    ),
    Bug(
        ("lean4#14833",),
        "Releases were built with versions of GMP before 6.3.0, which compute wrong numbers in corner cases.",
        "machine",
        ("4.33.1", "4.34.0-rc2"),
        date(2026, 8, 21),
        _NOTES_4_33_1,
    ),
    Bug(
        ("lean4#15241",),
        "Freeing went on through objects whose reference count was frozen (with 18 GB of memory or more).",
        "machine",
        ("4.34.1", "4.35.0-rc3"),
        date(2026, 9, 24),
        _NOTES_4_34_1,
    ),
    Bug(
        ("lean4#15289",),
        "Sharing a term more often than a count can tell freed it while in use (inputs of more than 100 GB).",
        "machine",
        ("4.34.1", "4.35.0-rc3"),
        date(2026, 9, 24),
        _NOTES_4_34_1,
    ),
)


def known_bugs(version: str) -> tuple[Bug, ...] | None:
    """The bugs that the kernel of Lean `version` has, as its `--version` reports it; None where it cannot be read.

    `4.33.1`, `v4.33.1`, `4.35.0-rc2`, `4.28.0-pre`, `4.36.0-nightly-2026-11-01` are versions. None is no acquittal:
    whoever asks treats it as bad.
    """
    place = order(version)
    return None if place is None else tuple(bug for bug in BUGS if not _fixed(place, bug))


def sound(version: str) -> bool:
    """Whether the version can be read and no soundness bug of its kernel is in the table."""
    return known_bugs(version) == ()


def order(version: str) -> Order | None:
    """Where `version` stands among the versions of Lean 4: nightlies, `-pre`, candidates, then the release itself."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, tag, number, nightly, year, month, day, revision, pre = match.groups()
    release = (int(major), int(minor), int(patch))
    if nightly:
        try:
            built = date(int(year), int(month), int(day))
        except ValueError:
            return None
        return (*release, _NIGHTLY, built.toordinal() * 100 + int(revision or 0))
    stage = _STAGES[tag or pre] if tag or pre else _RELEASE
    return (*release, stage, int(number or 0))


def _fixed(place: Order, bug: Bug) -> bool:
    _, line, _, stage, number = place
    if stage == _NIGHTLY:
        return number // 100 > bug.landed.toordinal()
    fixes = [_known(fix) for fix in bug.fixed]
    same = [fix for fix in fixes if fix[1] == line]
    if same:
        return place >= same[0]
    # A `-pre` of the next line may stem from the days before the fix: its line begins when candidates of the one
    # before are made.
    last = fixes[-1][1] + (1 if stage == _PRE else 0)
    return line > last


def _known(version: str) -> Order:
    place = order(version)
    assert place is not None, f"the table names {version}, which is no version"
    return place
