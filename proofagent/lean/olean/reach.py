"""What declarations rest on, over several modules: groups that a kernel takes one after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from proofagent.errors import OleanError
from proofagent.lean.olean.constants import Constant, Constructor, Inductive, Kind
from proofagent.lean.olean.module import Module
from proofagent.lean.olean.names import Name

Group = tuple[Constant, ...]
"""Declarations that enter an environment together: an inductive block with all that belongs to it, the four constants
of quotients, or a single one."""
Find = Callable[[str], Constant | None]
"""The constant of a name, where there is one. May raise `OleanError`."""
Tick = Callable[[], None]
"""Called all the time by whoever works; raises to end it."""

QUOTIENT = "Quot", "Quot.mk", "Quot.lift", "Quot.ind"
_TAKEN_FOR_GRANTED: Mapping[str, tuple[str, ...]] = {
    "number": ("Nat",),
    "text": ("String", "String.ofList", "Char.ofNat", "List"),
    "quotient": ("Eq",),
}
"""What kernels know by name and terms need not mention: literals and quotients are made of it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """All that some declarations rest on, themselves included."""

    groups: tuple[Group, ...]
    """Each after those that it mentions."""

    needs: Mapping[str, tuple[str, ...]]
    """The names that each group mentions, by the name of its first member; see `owner`."""

    missing: frozenset[str]
    """Names that are mentioned and found nowhere."""

    owner: Mapping[str, str] = field(repr=False)
    """The first member of each constant's group."""

    def below(self, *names: str) -> frozenset[str]:
        """All names that `names` rest on, themselves and what is missing included."""
        found, todo = set[str](), list(names)
        while todo:
            if (at := todo.pop()) not in found:
                found.add(at)
                todo += self.needs.get(self.owner.get(at, at), ())
        return frozenset(found)

    def above(self, names: Iterable[str]) -> frozenset[str]:
        """All names that rest on any of `names`, these included."""
        found = set(names)
        for group in self.groups:
            members = [str(member.name) for member in group]
            if not found.isdisjoint((*members, *self.needs[members[0]])):
                found.update(members)
        return frozenset(found)


def reach(find: Find, names: Iterable[str], tick: Tick = lambda: None) -> Reach:
    """What `names` rest on as far as `find` knows it; `tick` is called all the time, and may raise to end it.

    Raises `OleanError` where a declaration rests on itself or an inductive type has not all of its parts.
    """
    walk = _Walk(find, tick)
    for name in names:
        walk.visit(name)
    return Reach(tuple(walk.done.values()), walk.needs, frozenset(walk.missing), walk.owner)


def ordered(module: Module, names: Iterable[str], tick: Tick = lambda: None) -> list[Group]:
    """`names` of `module` in groups, each after the ones that it mentions; `tick` and errors as `reach`.

    Constructors come with their type, chosen or not, and recursors where they are chosen; neither comes without it.
    """
    chosen = {name: module.constants[name] for name in names}
    known = {
        name: constant
        for name, constant in module.constants.items()
        if (name in chosen or constant.kind is Kind.CONSTRUCTOR) and _with_its_type(constant, chosen)
    }
    return list(reach(known.get, (name for name in chosen if name in known), tick).groups)


def _with_its_type(constant: Constant, chosen: Mapping[str, Constant]) -> bool:
    if isinstance(constant.detail, Constructor):
        return str(constant.detail.inductive) in chosen
    return constant.kind is not Kind.RECURSOR or not constant.all or str(constant.all[0]) in chosen


class _Walk:
    """Depth first, without recursion: a group is done when all that it needs is."""

    def __init__(self, find: Find, tick: Tick) -> None:
        self._find, self._tick = find, tick
        self.done: dict[str, Group] = {}
        self.needs: dict[str, tuple[str, ...]] = {}
        self.owner: dict[str, str] = {}
        self.missing: set[str] = set()

    def visit(self, name: str) -> None:
        start = self._key(name)
        if start is None or start in self.done:
            return
        open_: dict[str, tuple[Group, Iterator[str]]] = {start: self._opened(start)}
        while open_:
            key, (group, needs) = next(reversed(open_.items()))
            self._tick()
            keys = map(self._key, needs)
            need = next((need for need in keys if need not in (None, key) and need not in self.done), None)
            if need is None:
                self.done[key] = group
                del open_[key]
            elif need in open_:
                raise OleanError(f"in the .olean file {key} and {need} rest on each other")
            else:
                open_[need] = self._opened(need)

    def _opened(self, key: str) -> tuple[Group, Iterator[str]]:
        group = self._group(key)
        for member in group:
            self.owner[str(member.name)] = key
        self.needs[key] = tuple(sorted(set().union(*map(_mentioned, group))))
        return group, iter(self.needs[key])

    def _key(self, name: str) -> str | None:
        """The first member of a constant's group; None where the constant is unknown."""
        if (known := self.owner.get(name)) is not None:
            return known
        constant = self._find(name)
        if constant is None:
            self.missing.add(name)
            return None
        return self.owner.setdefault(name, str(self._first(constant)))

    def _first(self, constant: Constant) -> Name | str:
        if isinstance(constant.detail, Constructor):
            inductive = self._find(str(constant.detail.inductive))
            constructors = getattr(inductive.detail, "constructors", ()) if inductive else ()
            if inductive is None or constant.name not in constructors:
                raise OleanError(f"the .olean file has the constructor {constant.name} of no type")
            constant = inductive
        if constant.kind is Kind.QUOTIENT:
            return QUOTIENT[0]
        if constant.kind not in (Kind.INDUCTIVE, Kind.RECURSOR):
            return constant.name
        if not constant.all or (constant.kind is Kind.INDUCTIVE and constant.name not in constant.all):
            raise OleanError(f"the mutual block of {constant.name} in the .olean file is not complete")
        return constant.all[0]

    def _group(self, key: str) -> Group:
        first = self._find(key)
        if first is not None and first.kind is Kind.QUOTIENT:
            members = tuple(filter(None, map(self._find, QUOTIENT)))
            if any(member.kind is not Kind.QUOTIENT for member in members):
                raise OleanError("the .olean file has quotients that are none")
            return members
        if first is None or first.kind is not Kind.INDUCTIVE:
            if first is None or str(self._first(first)) != key:
                raise OleanError(f"the mutual block of {key} in the .olean file is not complete")
            return (first,)
        types = [self._find(str(name)) for name in first.all]
        if any(t is None or t.kind is not Kind.INDUCTIVE or t.all != first.all for t in types):
            raise OleanError(f"the mutual block of {key} in the .olean file is not complete")
        whole = [t for t in types if t is not None]
        return (*whole, *self._constructors(whole), *self._recursors(whole))

    def _constructors(self, types: list[Constant]) -> Iterator[Constant]:
        for of in types:
            for name in getattr(of.detail, "constructors", ()):
                found = self._find(str(name))
                if found is None or not isinstance(found.detail, Constructor) or found.detail.inductive != of.name:
                    raise OleanError(f"the .olean file has no constructor {name} of {of.name}")
                yield found

    def _recursors(self, types: list[Constant]) -> Iterator[Constant]:
        """One for each type, and one for each that is nested in them (`T.rec_1` and so on)."""
        yield from filter(None, (self._recursor(f"{of.name}.rec", types[0]) for of in types))
        nested = types[0].detail.nested if isinstance(types[0].detail, Inductive) else 0
        for number in range(1, nested + 1):  # what a file says; so no further than there are any
            if (found := self._recursor(f"{types[0].name}.rec_{number}", types[0])) is None:
                return
            yield found

    def _recursor(self, name: str, of: Constant) -> Constant | None:
        found = self._find(name)
        return found if found is not None and found.kind is Kind.RECURSOR and found.all == of.all else None


def _mentioned(member: Constant) -> frozenset[str]:
    terms = [term for term in (member.type, member.value) if term is not None]
    found = frozenset[str]().union(*(term.constants() for term in terms))
    if member.kind in (Kind.THEOREM, Kind.DEFINITION, Kind.OPAQUE) and str(member.name) in found:
        raise OleanError(f"in the .olean file {member.name} rests on itself")
    rules = [rule.value for rule in getattr(member.detail, "rules", ())]
    found = found.union(*(rule.constants() for rule in rules))
    kinds = set[str]().union(*(term.literals() for term in (*terms, *rules)))
    if member.kind is Kind.QUOTIENT:
        kinds.add("quotient")
    return found.union(*(_TAKEN_FOR_GRANTED[kind] for kind in kinds))
