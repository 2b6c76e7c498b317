"""Declarations with all that they rest on, as other kernels are given them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from proofagent.errors import OleanError
from proofagent.lean.closure import import_closure
from proofagent.lean.library import Library
from proofagent.lean.olean import Constant, Kind, Module, Reach, Safety, Tick, reach, written

_NUMBERS = "add sub mul div mod gcd beq ble land lor xor shiftLeft shiftRight pow log2 zero succ rec"
TRUSTED = frozenset({"Nat", "Bool", "String", "Char", "List", "Eq", "Quot"}).union(
    (f"Nat.{name}" for name in _NUMBERS.split()),
    ("String.ofList", "String.mk", "Char.ofNat", "Bool.true", "Bool.false"),
)
"""What kernels compute with by name, whatever it is declared to be (lean4#188)."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exported:
    """Lines of Lean's export format, complete: every name that they mention, as far as the library has it."""

    text: str
    new: tuple[str, ...]
    """The declarations that this is about; all others are the library's."""

    reach: Reach
    without_proofs: frozenset[str] = frozenset()
    """Theorems of the library whose proofs are left out though they are at hand."""

    @property
    def axioms(self) -> frozenset[str]:
        """All that has a type alone: axioms, and what the library does not show."""
        return frozenset(str(c.name) for group in self.reach.groups for c in group if c.kind is Kind.AXIOM)

    def bare(self, names: Iterable[str]) -> list[str]:
        """These names of declarations, in alphabetical order, as `Name.bare`."""
        wanted = frozenset(names)
        return sorted(c.name.bare() for group in self.reach.groups for c in group if str(c.name) in wanted)

    @property
    def unexposed(self) -> frozenset[str]:
        """Names of which the library has only the type, theorems among them, or that it does not have at all."""
        return (self.axioms | self.reach.missing) - frozenset(self.new)


def exported(library: Library, module: Module, names: Iterable[str], tick: Tick = lambda: None) -> Exported:
    """The declarations `names` of `module` with what they rest on, there and in `library`.

    `tick` is called all the time, and may raise to end it. Raises `OleanError` where one of `names` is not to be
    written, the module is malformed, or a term is beyond what kernels can hold.
    """
    found, new = reached(library, module, names, tick)
    text = written(found.groups, module.lean_version, module.githash, tick)
    return Exported(text, new, found, frozenset(library.without_proofs))


def reached(
    library: Library, module: Module, names: Iterable[str], tick: Tick = lambda: None
) -> tuple[Reach, tuple[str, ...]]:
    """What the declarations `names` of `module` rest on, and what of that is of the module.

    Raises as `exported`, also where something of the library rests on what the module declares: libraries mention
    private names that they do not ship, and whoever declares one of these says what the library's theorems mean.
    """
    names = tuple(names)
    own = {name: constant for name, constant in module.constants.items() if constant.safety is Safety.SAFE}

    def find(name: str) -> Constant | None:
        # What is unsafe in the module is nowhere: nobody may take it for the library's.
        return own[name] if name in own else None if name in module.constants else library.find(name)

    found = reach(find, names, tick)
    new = tuple(name for group in found.groups for name in map(_name, group) if name in own)
    if lost := set(names).difference(new):
        raise OleanError(f"{min(lost)} is no safe declaration of the .olean file")
    if trusted := TRUSTED.intersection(new):
        raise OleanError(f"{min(trusted)} has a meaning of its own for kernels: only Lean's library may declare it")
    ours = frozenset(own)
    for group in found.groups:
        if lent := _lent(found, tuple(map(_name, group)), ours):
            raise OleanError(f"{group[0].name} of the library rests on {lent}, which only the library may declare")
    return found, new


def _lent(found: Reach, group: tuple[str, ...], own: frozenset[str]) -> str:
    """What a group that is not wholly `own` takes from there, if anything."""
    if own.issuperset(group):
        return ""
    return min(own & {*group, *found.needs[group[0]]}, default="")


def from_library(
    follow: Callable[[Library, Module, Iterable[str], Tick], T],
    libraries: Sequence[Path],
    imports: tuple[str, ...],
    module: Module,
    names: Iterable[str],
    tick: Tick = lambda: None,
) -> T:
    """What `follow` (`exported`, say) makes of a module with these imports, from the library in `libraries`.

    Raises `EngineRefused` where a module does not exist, and what `follow` raises.
    """
    library = Library.open(libraries, sorted(import_closure(libraries, imports)))
    try:
        return follow(library, module, names, tick)
    finally:
        library.close()


def _name(constant: Constant) -> str:
    return str(constant.name)
