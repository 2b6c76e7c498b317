"""What the tools take: whatever a client sends is made one of these, or refused with a sentence that says why."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from proofagent.errors import UsageError
from proofagent.goals.lexer import where
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.score.choice import profiles

MOST_CHARACTERS = 1_000_000
"""Of one text."""
MOST_SECONDS = 600.0
_MOST_NAMES = 1_000
_MOST_TACTICS = 1_000
_SHOWN_ERRORS = 5
_OWN = "Value error, "
"""What pydantic puts before a sentence of ours."""

T = TypeVar("T", bound=BaseModel)


def _legible(value: object) -> object:
    """Refuse a text that Lean cannot read as it is; anything else is for the types to judge."""
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS:
            raise ValueError(f"longer than {MOST_CHARACTERS:,} characters")
        if "\0" in value:
            raise ValueError(f"{where(value, value.index(chr(0)))}: a NUL character stands here")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{where(value, error.start)}: half a surrogate pair stands here") from error
    return value


def _all_legible(value: object) -> object:
    for each in value if isinstance(value, list) else [value]:
        _legible(each)
    return value


def _as_list(value: object) -> object:
    """A name alone stands for a list of one: that is what many a client sends."""
    return [value] if isinstance(value, str) else value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("the text is empty")
    return value


def _known_profile(value: str) -> str:
    if value not in profiles():
        raise ValueError(f"there is no profile of that name; there are: {', '.join(profiles())}")
    return value


Text = Annotated[str, BeforeValidator(_legible), AfterValidator(_filled), Field(max_length=MOST_CHARACTERS)]
Name = Annotated[str, BeforeValidator(_legible), AfterValidator(_filled), Field(max_length=1_000)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list), Field(max_length=_MOST_NAMES)]
Seconds = Annotated[float, Field(gt=0, le=MOST_SECONDS, allow_inf_nan=False)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckInput(_Input):
    challenge: Text = Field(
        description="The trusted Lean file: imports, definitions, and theorem statements whose proofs are `sorry`."
    )
    solution: Text = Field(description="The Lean file to be judged: the same statements, with proofs.")
    theorems: Names = Field(
        (),
        description="Full names of the theorems to be proved. Without it: every theorem of the challenge that rests on "
        "`sorry`.",
    )
    seconds: Seconds = Field(
        120.0, description="For each of: compiling the challenge, compiling the solution, replaying it in the kernel."
    )


class ProveInput(_Input):
    text: Text = Field(
        description="A statement (`theorem t (a b : Nat) : a + b = b + a`, other commands and imports may stand before "
        "it), a bare proposition, or a whole Lean file whose proofs to be found are `sorry`."
    )
    theorem: Name | None = Field(
        None, description="Prove only the declaration of this name; needed only where a file has several."
    )
    seconds: Seconds = Field(
        30.0,
        description="For the search, shared by all `sorry`s of the text. The check of what was found may take some "
        "seconds more.",
    )


class StepInput(_Input):
    text: Text = Field(
        description="A statement, or a Lean file with the `sorry` that the tactics are to replace, as in `prove`."
    )
    theorem: Name | None = Field(
        None, description="The declaration with the `sorry`; needed only where several have one."
    )
    tactics: Annotated[
        str | Annotated[tuple[str, ...], Field(max_length=_MOST_TACTICS)], BeforeValidator(_all_legible)
    ] = Field(
        (),
        description="The tactics before this one, as a list or as text with a tactic a line. Nothing is remembered "
        "between calls: give all of them each time.",
    )
    tactic: Text = Field(description="The tactic to be run after them, for example `simp [h]` or `induction n`.")
    seconds: Seconds = Field(30.0, description="For each run of Lean.")


class ScoreInput(_Input):
    text: Text = Field(description="A Lean file with complete proofs.")
    theorems: Names = Field((), description="Full names of the theorems to be measured. Without it: all of them.")
    seconds: Seconds = Field(120.0, description="For each run of Lean.")


class MinimizeInput(_Input):
    text: Text = Field(description="A Lean file with complete proofs.")
    theorem: Name | None = Field(
        None, description="Shorten only the proof of this theorem, by full name or last component. Without it: all."
    )
    profile: Annotated[str, AfterValidator(_known_profile)] = Field(
        DEFAULT_PROFILE,
        description="What counts as better: " + " ".join(f"{p.name}: {p.about}" for p in profiles().values()),
        json_schema_extra={"enum": list(profiles())},
    )
    seconds: Seconds = Field(30.0, description="For the search; the gate's check of what was found comes on top of it.")


def read_input(model: type[T], arguments: Mapping[str, object]) -> T:
    """The arguments of a call as `model`. Raises `UsageError` that names each argument that cannot be used, and why.

    What was sent is not repeated: it may be a megabyte long.
    """
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [f"{'.'.join(map(_printable, each['loc']))}: {each['msg'].removeprefix(_OWN)}" for each in found]
        raise UsageError("\n".join(dict.fromkeys(lines[:_SHOWN_ERRORS]))) from None


def _printable(part: str | int) -> str:
    return str(part)[:100].encode("utf-8", "replace").decode()
