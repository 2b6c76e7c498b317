"""Corpora of cases for any checker of Lean proofs: attacks that nothing may accept, honest work that must pass.

A case is a folder with a trusted `challenge.lean`, an untrusted `solution.lean` and `case.toml`, which says what
should come out and why. Nothing is started here; `cli.attacks` runs checkers on the cases.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from proofagent.check.reasons import MEANINGS
from proofagent.errors import ConfigError

Expected = Literal["accepted", "rejected", "undecided"]
Outcome = Literal["accepted", "rejected", "undecided", "hang"]
Finding = Literal["right", "got-through", "refused", "hang", "wrong-codes"]
Kind = Literal["attacks", "honest"]

CHALLENGE, SOLUTION, ABOUT = "challenge.lean", "solution.lean", "case.toml"
_FILES = frozenset({CHALLENGE, SOLUTION, ABOUT})
_ROWS = 23
"""How many rows the published list of cheats has."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `codes` are all reasons that a right checker of ours gives, `options` what it needs to be told."""

    name: str
    folder: Path
    challenge: Path
    solution: Path
    verdict: Expected
    codes: frozenset[str]
    options: tuple[str, ...]
    row: int
    """Which cheat of the published list it is; 0 for none of them."""
    about: str

    @property
    def attack(self) -> bool:
        """Whether accepting it is a mistake."""
        return self.verdict != "accepted"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checker said of a case; `codes` is None for a checker that gives none that can be compared."""

    outcome: Outcome
    seconds: float
    exit_code: int | None = None
    codes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A case and the answer to it."""

    case: Case
    answer: Answer

    @property
    def finding(self) -> Finding:
        """What is to be said of the answer: an attack accepted weighs more than a code that differs."""
        answer, case = self.answer, self.case
        if answer.outcome == "hang":
            return "hang"
        if answer.outcome == "accepted":
            return "got-through" if case.attack else "right"
        if not case.attack:
            return "refused"
        if answer.codes is not None and (answer.outcome != case.verdict or answer.codes != case.codes):
            return "wrong-codes"
        return "right"


@dataclass(frozen=True, slots=True)
class Score:
    """What a checker is worth, as far as it was run."""

    results: tuple[Result, ...]
    cases: int
    """How many there were to run."""

    def count(self, finding: Finding) -> int:
        return Counter(result.finding for result in self.results)[finding]

    @property
    def complete(self) -> bool:
        return len(self.results) == self.cases

    @property
    def safe(self) -> bool:
        """Whether all cases were run, nothing got through and nothing hung."""
        return self.complete and not self.count("got-through") and not self.count("hang")


def folder_of(kind: Kind) -> Path:
    """Where a corpus is: in the installed package, or beside the package in a checkout. Raises `ConfigError`."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "corpora" / kind, here.parents[2] / "tests" / kind):
        if folder.is_dir():
            return folder
    raise ConfigError(f"the corpus {kind!r} is not installed; name a folder of cases with --corpus")


def load(folder: Path) -> tuple[Case, ...]:
    """The cases in `folder`, by name. Raises `ConfigError` with the file and what is wrong with it."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder")
    cases = tuple(_case(path) for path in sorted(folder.iterdir()) if path.is_dir())
    if not cases:
        raise ConfigError(f"{folder}: there is no case in it; a case is a folder with {', '.join(sorted(_FILES))}")
    return cases


def outcome_of(exit_code: int) -> Expected:
    """What an exit code means: 0 accepted, 1 rejected, anything else (a signal, say) undecided."""
    return "accepted" if exit_code == 0 else "rejected" if exit_code == 1 else "undecided"


def codes_of(printed: bytes) -> frozenset[str]:
    """The reason codes in what `proofagent check --json` printed; none where it is no such JSON."""
    try:
        return frozenset(str(reason["code"]) for reason in json.loads(printed)["reasons"])
    except (ValueError, KeyError, TypeError):
        return frozenset()


class _File(BaseModel):
    """What `case.toml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    verdict: Expected
    codes: list[str]
    options: list[str]
    row: int = Field(ge=0, le=_ROWS)
    about: str = Field(min_length=1)

    @field_validator("codes")
    @classmethod
    def _known(cls, codes: list[str]) -> list[str]:
        if strange := sorted(set(codes) - MEANINGS.keys()):
            raise ValueError(f"there is no reason code {strange[0]!r}")
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands there twice")
        return codes

    @model_validator(mode="after")
    def _reasons_of_a_rejection(self) -> "_File":
        if (self.verdict == "rejected") != bool(self.codes):
            raise ValueError(f"{self.verdict!r} goes {'with' if self.verdict == 'rejected' else 'without'} codes")
        return self


def _case(folder: Path) -> Case:
    present = {path.name for path in folder.iterdir()}
    if missing := sorted(_FILES - present):
        raise ConfigError(f"{folder / missing[0]}: the file is missing")
    if strange := sorted(present - _FILES):
        raise ConfigError(f"{folder / strange[0]}: a case holds {', '.join(sorted(_FILES))} and nothing else")
    path = folder / ABOUT
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: this is no TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {_said(error)}") from error
    return Case(
        name=folder.name,
        folder=folder,
        challenge=folder / CHALLENGE,
        solution=folder / SOLUTION,
        verdict=file.verdict,
        codes=frozenset(file.codes),
        options=tuple(file.options),
        row=file.row,
        about=file.about,
    )


def _said(error: ValidationError) -> str:
    """The first complaint in our own words, as far as a reader of the file needs them."""
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"unknown key {key!r}"
    if first["type"] == "missing":
        return f"the key {key!r} is missing"
    if first["type"] == "literal_error":
        return f"{key!r} is one of {', '.join(get_args(Expected))}, not {first['input']!r}"
    text = str(first["msg"]).removeprefix("Value error, ")
    return f"{key!r}: {text}" if key else text


def chosen(cases: Sequence[Case], names: Sequence[str]) -> tuple[Case, ...]:
    """The cases called `names`, all of them where no name is given. Raises `ConfigError` for a name of no case."""
    known = {case.name for case in cases}
    if strange := [name for name in names if name not in known]:
        raise ConfigError(f"there is no case {strange[0]!r}; `proofagent attacks list` names them")
    return tuple(case for case in cases if not names or case.name in names)
