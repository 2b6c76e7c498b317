"""Goals out of a compiled library: each theorem as Lean prints it, to be proved from what its module imports.

A printed statement is believed only where Lean reads it back as what the library has, and that with the imports of the
module, so that nothing is there that comes later: as the very type, or as one that the theorem itself proves while
nothing is unfolded (`max u v` of levels may come back as `max v u`, a proof in a type as another one). What can be said
only with the module's own definitions is no goal, and is counted; so is what no way of printing brings back.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio

from proofagent.errors import OleanError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.lean.olean import Module, imported
from proofagent.lean.pool import Pool
from proofagent.propose.premises.library import LibraryTheorem, module_theorems, type_digest

Options = tuple[tuple[str, str], ...]
Lost = Literal["not printed", "does not come back", "needs its own module"]

_FAITHFUL: Options = (
    ("pp.fullNames", "true"),
    ("pp.numericTypes", "true"),
    ("pp.fieldNotation.generalized", "false"),
    ("pp.proofs", "true"),
)
"""What reads well and nearly always comes back."""

PRINTINGS: tuple[Options, ...] = (
    _FAITHFUL,
    (*_FAITHFUL, ("pp.funBinderTypes", "true"), ("pp.piBinderTypes", "true"), ("pp.structureInstances", "false")),
    (*_FAITHFUL, ("pp.coercions", "false"), ("pp.funBinderTypes", "true"), ("pp.structureInstances", "false")),
    (*_FAITHFUL, ("pp.explicit", "true"), ("pp.funBinderTypes", "true"), ("pp.notation", "false")),
)
"""Ways of printing, each tried on what did not come back before."""

_OWN: Lost = "needs its own module"
_AGAIN = "_again"
_SORRY = "sorryAx"
_BATCH = 200
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of the theorems of one module: the goals, in the order of its text, and names of the others."""

    module: str
    goals: tuple[Goal, ...] = ()
    lost: dict[str, Lost] = field(default_factory=dict)

    @property
    def theorems(self) -> int:
        return len(self.goals) + len(self.lost)

    @property
    def round_trips(self) -> int:
        """How many theorems came back, with or without the definitions of their own module."""
        return len(self.goals) + sum(why == _OWN for why in self.lost.values())


async def extract(
    pool: Pool,
    modules: Sequence[tuple[str, Path]],
    wanted: Callable[[str], bool] = lambda _name: True,
    done: Callable[[Extracted], None] = lambda _extracted: None,
    printings: Sequence[Options] = PRINTINGS,
) -> list[Extracted]:
    """The goals of the theorems of `modules`, names and files, that are `wanted` by name; `done` hears of each module.

    All engines of `pool` are used. Raises `OleanError` for a file that is none, and `EngineError`.
    """
    found: dict[str, Extracted] = {}
    waiting = iter(modules)

    async def work() -> None:
        for name, path in waiting:
            found[name] = await _of_module(pool, name, path, wanted, printings)
            done(found[name])

    async with anyio.create_task_group() as group:
        for _ in range(min(pool.size, len(modules))):
            group.start_soon(work)
    return [found[name] for name, _ in modules]


async def _of_module(
    pool: Pool, name: str, path: Path, wanted: Callable[[str], bool], printings: Sequence[Options]
) -> Extracted:
    theorems = [theorem for theorem in module_theorems(path) if wanted(theorem.name)]
    before = tuple(map(str, imported(path))) or ("Init",)
    goals, lost, left = dict[str, Goal](), dict[str, Lost](), theorems
    for options in printings:
        types = await _printed(pool, Header((name,), options=options), left)
        early = await _read(pool, Header(before), left, types, again=False)
        exact = {t.name for t in left if t.name in early and early[t.name].type == t.digest}
        unsure = [t for t in left if t.name not in exact]
        late = await _read(pool, Header((name,)), unsure, types, again=True)
        for theorem in left:
            if theorem.name in exact or _same(early.get(theorem.name), late.get(theorem.name)):
                goals[theorem.name] = _goal(theorem, types[theorem.name], before, name)
            else:
                lost[theorem.name] = _OWN if lost.get(theorem.name) == _OWN else _why(theorem.name, types, late)
        left = [theorem for theorem in left if theorem.name not in goals]
    kept = tuple(goals[theorem.name] for theorem in theorems if theorem.name in goals)
    return Extracted(name, kept, {name: why for name, why in lost.items() if name not in goals})


@dataclass(frozen=True, slots=True)
class _Read:
    """How Lean reads a printed type: its `type_digest`, and whether the theorem of the library proves it as it is."""

    type: bytes
    proved: bool


def _same(early: _Read | None, late: _Read | None) -> bool:
    """Whether a type means with the imports alone what it means beside the theorem, which proves it there."""
    return early is not None and late is not None and late.proved and early.type == late.type


def _why(name: str, types: Mapping[str, str], late: Mapping[str, _Read]) -> Lost:
    if name in late and late[name].proved:
        return _OWN
    return "does not come back" if name in types else "not printed"


def _goal(theorem: LibraryTheorem, type_: str, imports: tuple[str, ...], module: str) -> Goal:
    place = f":{theorem.position[0]}:{theorem.position[1]}" if theorem.position else ""
    return Goal(theorem.name, f"theorem {theorem.name} : {type_}", imports, origin=f"{module}{place}")


async def _printed(pool: Pool, header: Header, theorems: Sequence[LibraryTheorem]) -> dict[str, str]:
    """The types by name, laid out as Lean does; what Lean does not print is not there."""
    found = dict[str, str]()
    for some in _batches(theorems):
        found |= await _printed_some(pool, header, some)
    return found


async def _printed_some(pool: Pool, header: Header, theorems: Sequence[LibraryTheorem]) -> dict[str, str]:
    body = "\n".join(f"#check @{theorem.name}" for theorem in theorems)
    outcome = await pool.elaborate(header, body, deadline=_SECONDS)
    if outcome.status != "done":
        halves = _halves(theorems)
        return {name: text for half in halves for name, text in (await _printed_some(pool, header, half)).items()}
    found = dict[str, str]()
    for message in outcome.messages:
        if message.severity == "info" and 0 < message.start.line <= len(theorems):
            name = theorems[message.start.line - 1].name
            said, colon, text = message.text.removeprefix("@").partition(" :")
            if colon and said == name and text[:1].isspace():
                found[name] = text.strip()
    return found


async def _read(
    pool: Pool, header: Header, theorems: Sequence[LibraryTheorem], types: Mapping[str, str], *, again: bool
) -> dict[str, _Read]:
    """How Lean reads the types after `header`, by name; with `again` the theorems are there already."""
    found = dict[str, _Read]()
    there = [theorem for theorem in theorems if theorem.name in types]
    # Lean shares a matcher with a text before it, whose name is then in the type.
    alone = [theorem for theorem in there if "match " in types[theorem.name]]
    others = [theorem for theorem in there if theorem not in alone]
    for some in (*_batches(others), *([theorem] for theorem in alone)):
        found |= await _read_some(pool, header, some, types, again=again)
    return found


async def _read_some(
    pool: Pool, header: Header, theorems: Sequence[LibraryTheorem], types: Mapping[str, str], *, again: bool
) -> dict[str, _Read]:
    # A name that is there already is declared beside itself: its namespace decides what other names mean.
    names = {(_beside(theorem.name) if again else theorem.name): theorem.name for theorem in theorems}
    # Nothing is unfolded but what is always seen through: types have to be equal up to levels and proofs in them.
    proof = "by with_reducible exact @{}" if again else "sorry"
    body = "\n".join(f"theorem {name} : {types[was]} := {proof.format(was)}" for name, was in names.items())
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "Statements.olean")
        async with pool.engine(header) as engine:
            outcome = await engine.compile(header, body, target, deadline=_SECONDS)
        if outcome.path is not None:
            return await anyio.to_thread.run_sync(_declared, target, names)
    halves = _halves(theorems)
    return {
        name: read
        for half in halves
        for name, read in (await _read_some(pool, header, half, types, again=again)).items()
    }


def _beside(name: str) -> str:
    return f"{name[:-1]}{_AGAIN}»" if name.endswith("»") else name + _AGAIN


def _declared(path: Path, names: Mapping[str, str]) -> dict[str, _Read]:
    """What the compiled file at `path` has under the keys of `names`, by their values."""
    constants = Module.open(path).constants
    found = dict[str, _Read]()
    for name, was in names.items():
        if (constant := constants.get(name)) is not None and constant.value is not None:
            with suppress(OleanError):  # a type that was not understood may have holes
                found[was] = _Read(type_digest(constant), _SORRY not in constant.value.constants())
    return found


def _batches(theorems: Sequence[LibraryTheorem]) -> Iterator[Sequence[LibraryTheorem]]:
    return (theorems[first : first + _BATCH] for first in range(0, len(theorems), _BATCH))


def _halves(theorems: Sequence[LibraryTheorem]) -> Iterator[Sequence[LibraryTheorem]]:
    """Two halves of what was too much at once, none of what is one."""
    middle = len(theorems) // 2
    return iter((theorems[:middle], theorems[middle:]) if middle else ())
