"""Declarations with all that they rest on, as other kernels are given them."""

from collections.abc import Iterable
from dataclasses import dataclass

from proofagent.lean.library import Library
from proofagent.lean.olean import Constant, Kind, Module, Reach, Safety, reach, written


@dataclass(frozen=True, slots=True)
class Exported:
    """Lines of Lean's export format, complete: every name that they mention, as far as the library has it."""

    text: str
    new: tuple[str, ...]
    """The declarations that this is about; all others are the library's."""

    reach: Reach

    @property
    def axioms(self) -> frozenset[str]:
        """All that has a type alone: axioms, and what the library does not show."""
        return frozenset(str(c.name) for group in self.reach.groups for c in group if c.kind is Kind.AXIOM)

    @property
    def unexposed(self) -> frozenset[str]:
        """Names of which the library has only the type, theorems among them, or that it does not have at all."""
        return (self.axioms | self.reach.missing) - frozenset(self.new)


def exported(library: Library, module: Module, names: Iterable[str]) -> Exported:
    """The declarations `names` of `module` with what they rest on, there and in `library`.

    Raises `OleanError` where the module is malformed or a term is beyond what kernels can hold.
    """
    own = {name: constant for name, constant in module.constants.items() if constant.safety is Safety.SAFE}

    def find(name: str) -> Constant | None:
        # What is unsafe in the module is nowhere: nobody may take it for the library's.
        return own[name] if name in own else None if name in module.constants else library.find(name)

    found = reach(find, names)
    new = tuple(name for name in found.owner if name in own)
    return Exported(written(found.groups, module.lean_version, module.githash), new, found)
