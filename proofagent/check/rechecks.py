"""What other kernels say of declarations that the first one took; all that ran must take them.

Each is given the declarations with all that they rest on: definitions and inductive types of the library are checked
again, its theorems are assumed by their types, because their proofs are not part of what it ships. So is a definition
whose body it does not show, and what then no longer fits is undecided: a kernel that cannot unfold something knows
neither that the proof is right nor that it is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from proofagent import telemetry
from proofagent.check.axioms import PRIMITIVE
from proofagent.check.clock import in_time
from proofagent.check.reasons import Reason
from proofagent.check.receipt import Outcome, Recheck
from proofagent.config.settings import load_settings
from proofagent.errors import EngineError
from proofagent.lean.engine import OUT_OF_MEANS, Refusal
from proofagent.lean.kernel import (
    Checker,
    Exported,
    NativeKernel,
    Replayed,
    checkers_on,
    exported,
    from_library,
    reached,
)
from proofagent.lean.kernel.checkers import ask
from proofagent.lean.olean import Module

NATIVE = "native Lean"
_NAMED = 5
_TOO_MUCH = "the declarations rest on too much of the library to be followed in time"


@dataclass(frozen=True, slots=True)
class Kernels:
    """Who is asked after the kernel of the engine."""

    native: NativeKernel | None = None
    checkers: tuple[Checker, ...] = ()

    def __bool__(self) -> bool:
        return self.native is not None or bool(self.checkers)


NO_KERNELS = Kernels()


@cache
def installed() -> Kernels:
    """The native kernel where it is installed, and the checkers of the user's settings, which may also do without it.

    Read once. Raises `ConfigError` where the settings are malformed or name a checker that is not there.
    """
    settings = load_settings(None)
    return Kernels(NativeKernel.find() if settings.native_kernel else None, checkers_on(settings))


async def rechecked(
    kernels: Kernels,
    libraries: Sequence[Path],
    imports: Sequence[str],
    module: Module,
    names: Iterable[str],
    *,
    deadline: float,
) -> tuple[Recheck, ...]:
    """What each of `kernels` says, within `deadline` seconds, of the declarations `names` of `module`.

    `imports` are its own, from `libraries`. What keeps a kernel from answering leaves it undecided. Raises
    `OleanError` where the declarations are none that a kernel could be given.
    """
    if not kernels:
        return ()
    with telemetry.span("gate.recheck"):
        try:
            write = partial(from_library, exported, libraries, tuple(imports), module, tuple(names))
            given = await in_time(write, deadline, _TOO_MUCH)
        except (EngineError, OSError) as error:
            names_ = [NATIVE] * (kernels.native is not None) + [checker.name for checker in kernels.checkers]
            why = f"the declarations cannot be written out: {error}"
            return tuple(Recheck(kernel=name, outcome="undecided", detail=why) for name in names_)
        said, hidden = list[Recheck](), given.unexposed - PRIMITIVE
        if kernels.native is not None:
            found, opaque = await _native(kernels.native, given, deadline)
            said.append(found)
            hidden = hidden if opaque is None else opaque
        return (*said, *[await _external(checker, given, hidden, deadline) for checker in kernels.checkers])


async def demand_closed(
    libraries: Sequence[Path], imports: Sequence[str], module: Module, names: Iterable[str], *, deadline: float
) -> None:
    """Raise `OleanError` where something of the library rests on what `module` declares; see `reached`.

    For where no other kernel is asked, since what these are given is looked at in the same way. Raises `EngineError`,
    and `TimeoutError` where that is not known within `deadline` seconds.
    """
    with telemetry.span("gate.closed"):
        follow = partial(from_library, reached, libraries, tuple(imports), module, tuple(names))
        await in_time(follow, deadline, _TOO_MUCH)


def silence(said: Iterable[Recheck]) -> str:
    """Why the solution is undecided, where a kernel that was asked does not say yes or no; empty where all do.

    A solution may have its hand in that: a kernel that dies of it has not taken it.
    """
    silent = next((each for each in said if each.outcome == "undecided"), None)
    mend = "to do without it: `check --no-kernels`, or the settings"
    return f"{silent.name} does not decide: {silent.detail} ({mend})" if silent else ""


def refusals(said: Iterable[Recheck]) -> list[Reason]:
    """A reason for each kernel that does not take the declarations."""
    return [
        Reason("second-kernel", "", f"{each.name} does not take it: {each.detail}")
        for each in said
        if each.outcome == "rejected"
    ]


async def _native(kernel: NativeKernel, given: Exported, deadline: float) -> tuple[Recheck, frozenset[str] | None]:
    """What it says, and what of the library was opaque to it; None where it did not answer."""
    try:
        replayed = await kernel.replay(given.text, given.new, deadline=deadline)
    except TimeoutError:
        return _undecided(f"it did not answer within {deadline:g} s"), None
    except EngineError as error:
        return _undecided("; ".join(filter(None, (str(error), error.detail)))), None
    return ruled(given, replayed)


def ruled(given: Exported, replayed: Replayed) -> tuple[Recheck, frozenset[str]]:
    """What follows from what the native kernel did, and what of the library was opaque to it.

    A refusal counts where nothing that the declaration rests on was hidden from the kernel.
    """
    new = frozenset(given.new)
    own = [refusal for refusal in replayed.refused if not new.isdisjoint(refusal.names)]
    lost = frozenset(name for refusal in replayed.refused if new.isdisjoint(refusal.names) for name in refusal.names)
    hidden = (replayed.opaque - PRIMITIVE) | given.reach.missing | given.without_proofs | lost
    gave_up = [refusal for refusal in own if _out_of_means(refusal)]
    doubtful = hidden | frozenset(name for refusal in gave_up for name in refusal.names)
    doubted = given.reach.above(doubtful)
    sure = [refusal for refusal in own if doubted.isdisjoint(refusal.names)]
    left = {str(group[0].name) for group in given.reach.groups if str(group[0].name) in new} - replayed.names
    found = partial(
        Recheck,
        kernel=NATIVE,
        version=replayed.version,
        taken=replayed.taken,
        checked=replayed.checked,
        assumed=replayed.assumed,
    )
    if sure:
        said = found(outcome="rejected", detail="; ".join(f"{_names(each.names)}: {each.error}" for each in sure))
    elif gave_up:
        said = found(outcome="undecided", detail=f"it gave up on {_names(gave_up[0].names)}: {gave_up[0].error}")
    elif own:
        blamed = given.reach.below(*(name for refusal in own for name in refusal.names)) & hidden
        said = found(outcome="undecided", detail=_not_exposed(blamed), unexposed=tuple(sorted(blamed)))
    elif left or not new:
        said = found(outcome="undecided", detail=f"it says nothing of {_names(sorted(left)) or 'anything'}")
    else:
        said = found(outcome="accepted")
    return said, hidden


async def _external(checker: Checker, given: Exported, hidden: frozenset[str], deadline: float) -> Recheck:
    answer = await ask(checker, given, deadline=deadline)
    outcome: Outcome = answer.outcome
    detail, blamed = answer.detail, tuple[str, ...]()
    if outcome == "rejected" and hidden:
        outcome, blamed = "undecided", tuple(sorted(hidden))
        detail = f"{_not_exposed(hidden)}; it says: {detail}"
    return Recheck(kernel=checker.name, version=checker.table.version, outcome=outcome, detail=detail, unexposed=blamed)


def _out_of_means(refusal: Refusal) -> bool:
    """Whether the kernel gave up: that is no judgement. Of some numbers it says so in a sentence of its own."""
    return refusal.error in OUT_OF_MEANS or refusal.error.startswith("the kernel refused to evaluate")


def _undecided(detail: str) -> Recheck:
    return Recheck(kernel=NATIVE, outcome="undecided", detail=detail)


def _not_exposed(names: Iterable[str]) -> str:
    return f"library not exposed: {_names(sorted(names))}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
