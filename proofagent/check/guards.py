"""Declarations of the shapes that the published soundness bugs of a kernel need.

A kernel with such a bug can be led to take a proof of `False`, so its word alone does not do. Every public exploit
goes through an inductive type about which the kernel's algorithms disagree with each other, as the type is stated in
a form that has to be computed first. Proofs are not written that way; so on a kernel that has the bug, a solution may
not declare such a type. What the challenge itself declares is trusted.

    lean4#14577   nested types, but for containers that keep no argument unchecked
    lean4#14609   mention of the compiler's twin of a recursive function of the library
    lean4#14613   an inductive type in a universe that is that of `Prop` without being written so
    lean4#14616   the names that the kernel itself gives while it takes nested types apart
    lean4#14806   a constructor in whose fields or result the type itself does not stand openly
    lean4#14807   an inductive type whose universe has to be computed

No guard is needed for lean4#14498 and lean4#14607 (free variables): `Term` refuses to read them and the export format
cannot write them. For those that need gigabytes of memory or a certain library, no shape is known.

What is left: the cache of lean4#14806 itself cannot be seen in a term. Merging what is equal is harmless as long as
equality says the truth; it was exploited where the kernel's search, not the truth, decides what an inductive type is,
which its guard and that of lean4#14807 keep to plain forms. That this was the only way is no theorem.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from proofagent.check.kernels import known_bugs
from proofagent.check.reasons import Reason
from proofagent.lean.olean import Constant, Inductive, Kind, Module, Safety
from proofagent.lean.olean.terms import (
    APPLY,
    CONST,
    FORALL,
    IMAX,
    LEVELS,
    META,
    PARAM,
    SORT,
    SUCC,
    ZERO,
    Fields,
    Reader,
    Term,
)

Guard = Callable[[Module, Constant], bool]

CONTAINERS = frozenset({"Array", "Except", "List", "Option", "Prod", "Sum", "Thunk"})
"""Types of the library each of whose parameters is the type of a field, so that the kernel checks what stands there."""

_KERNELS_OWN = "_nested"
_COMPILED_TWIN = "._unsafe_rec"


def guarded(solution: Module, new: Iterable[str], version: str) -> list[Reason]:
    """Reasons against those of the declarations `new` that look like an exploit for the kernel of Lean `version`.

    `solution` is the module that has them. For each at most one reason, with the code "kernel-bug" and the reference
    of the bug; none means that no bug of the table has its known shape, not that the kernel is right. A version that
    cannot be read is taken to have all bugs. Raises `OleanError` where the module is malformed.
    """
    bugs = known_bugs(version)
    known = GUARDS.keys() if bugs is None else {bug.references[0] for bug in bugs}
    rows = [(reference, row) for reference, row in GUARDS.items() if reference in known]
    found: list[Reason] = []
    for name in new:
        constant = solution.constants[name]
        hit = next(((reference, says) for reference, (guard, says) in rows if guard(solution, constant)), None)
        if hit is not None:
            text = f"{name} {hit[1]}; with that, the kernel of Lean {version} can be led to prove anything ({hit[0]})"
            found.append(Reason("kernel-bug", name, text, solution.positions.get(name)))
    return found


def _computed_universe(_: Module, constant: Constant) -> bool:
    """Whether the type of an inductive type is anything but `∀ ..., Sort l`, written out."""
    return constant.kind is Kind.INDUCTIVE and _result(constant.type)[1] != SORT


def _disguised_prop(_: Module, constant: Constant) -> bool:
    """Whether an inductive type stands in a `Sort l` where `l` is always 0 and not written 0."""
    if constant.kind is not Kind.INDUCTIVE:
        return False
    reader, tag, fields = _result(constant.type)
    if tag != SORT:
        return False
    level = fields[0]
    return reader.olean.constructor(level)[0] != ZERO and _never_above_zero(reader, level)


def _unchecked_nesting(solution: Module, constant: Constant) -> bool:
    """Whether a nested inductive type stands within other types than the containers above."""
    detail = constant.detail
    return isinstance(detail, Inductive) and detail.nested > 0 and _hidden_recursion(solution, constant)


def _hidden_recursion(solution: Module, constant: Constant) -> bool:
    """Whether some constructor of an inductive type mentions the types of the block elsewhere than openly."""
    if not isinstance(constant.detail, Inductive):
        return False
    block = frozenset(map(str, constant.all))
    constructors = (solution.constants.get(str(name)) for name in constant.detail.constructors)
    return any(made is None or not _plain_constructor(made.type, block) for made in constructors)


def _kernels_own_names(_: Module, constant: Constant) -> bool:
    """Whether a declaration has or mentions a name that the kernel gives itself."""
    own = f"{_KERNELS_OWN}."
    return any(name == _KERNELS_OWN or name.startswith(own) for name in (str(constant.name), *_mentions(constant)))


def _compiled_twins(solution: Module, constant: Constant) -> bool:
    """Whether a safe declaration mentions another module's twin of a function that is there for the compiler alone."""
    return constant.safety is Safety.SAFE and any(
        name.endswith(_COMPILED_TWIN) and name not in solution.constants for name in _mentions(constant)
    )


GUARDS: Mapping[str, tuple[Guard, str]] = {
    "lean4#14807": (_computed_universe, "is an inductive type whose universe is not written out"),
    "lean4#14613": (_disguised_prop, "is a proposition in a universe that is not written `Prop`"),
    "lean4#14577": (_unchecked_nesting, "is an inductive type nested in a type that may leave an argument unchecked"),
    "lean4#14806": (_hidden_recursion, "is an inductive type with a constructor that does not mention it openly"),
    "lean4#14616": (_kernels_own_names, "uses a name that the kernel gives itself"),
    "lean4#14609": (_compiled_twins, "mentions what the library has for the compiler alone"),
}
"""By the first reference of a bug: what finds its shape, and what is said of a declaration that has it."""


def _mentions(constant: Constant) -> Iterator[str]:
    yield from constant.type.constants()
    yield from constant.value.constants() if constant.value is not None else ()
    for rule in getattr(constant.detail, "rules", ()):
        yield from rule.value.constants()


def _result(type_: Term) -> tuple[Reader, int, Fields]:
    """What stands behind all written arrows of a type: its tag and fields."""
    reader, ref = type_.place
    tag, fields = _bare(reader, ref)
    while tag == FORALL:
        tag, fields = _bare(reader, fields[2])
    return reader, tag, fields


def _bare(reader: Reader, ref: int) -> tuple[int, Fields]:
    """Tag and fields of a term without the metadata around it."""
    tag, fields = reader.olean.constructor(ref)
    while tag == META and len(fields) == 2:
        reader.olean.spend(1)
        tag, fields = reader.olean.constructor(fields[1])
    reader.olean.spend(1)
    return tag, fields


def _never_above_zero(reader: Reader, level: int) -> bool:
    """Whether a level is 0 whatever its parameters are: levels grow with them, and 1 is as telling as any more."""
    values: dict[int, int] = {}
    for at, tag, fields in reader.parts(level, LEVELS, ()):
        if tag in (SUCC, PARAM):
            values[at] = 1
        elif tag == ZERO or (tag == IMAX and values[fields[1]] == 0):
            values[at] = 0
        else:
            values[at] = max(values[fields[0]], values[fields[1]])
    return values[level] == 0


def _plain_constructor(type_: Term, block: frozenset[str]) -> bool:
    """Whether a constructor is `∀ fields, I ...` and each field that mentions the block is plainly recursive."""
    reader, ref = type_.place
    tag, fields = _bare(reader, ref)
    while tag == FORALL:
        if not _plain_field(reader, fields[1], block):
            return False
        ref = fields[2]
        tag, fields = _bare(reader, ref)
    head, arguments = _spine(reader, ref)
    return head in block and not _mentioned(reader, arguments, block)


def _plain_field(reader: Reader, root: int, block: frozenset[str]) -> bool:
    """Whether a type that mentions the block is, behind written arrows, one of its types or a container of such."""
    todo = [root]
    while todo:
        ref = todo.pop()
        if not reader.constants(ref) & block:
            continue
        tag, fields = _bare(reader, ref)
        if tag == FORALL:
            if _mentioned(reader, fields[1:2], block):
                return False
            todo.append(fields[2])
            continue
        head, arguments = _spine(reader, ref)
        if head in CONTAINERS:
            todo += arguments
        elif head not in block or _mentioned(reader, arguments, block):
            return False
    return True


def _spine(reader: Reader, ref: int) -> tuple[str, list[int]]:
    """The constant that is applied, "" where it is none, and to what."""
    arguments: list[int] = []
    tag, fields = _bare(reader, ref)
    while tag == APPLY:
        arguments.append(fields[1])
        tag, fields = _bare(reader, fields[0])
    return (str(reader.name(fields[0])) if tag == CONST else ""), arguments


def _mentioned(reader: Reader, refs: Iterable[int], block: frozenset[str]) -> bool:
    return any(reader.constants(ref) & block for ref in refs)
