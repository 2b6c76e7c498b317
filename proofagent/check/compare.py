"""Comparing two compiled modules: whether the solution proves what the challenge states, and from what.

Pure functions on artefacts. What Lean said while it elaborated plays no part.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from proofagent.check.axioms import COMPILER, PRIMITIVE, SORRY
from proofagent.lean.olean import Constant, Kind, Module, Safety, same_type, same_value

# Names that Lean makes up for parts of bodies: numbered in the order of need, so they may differ between two bodies.
_AUXILIARY = re.compile(r"(?:^|\.)(?:_(?!private\b)\w+|match_\d+|«_[^»]*»|eq_\d+|proof_\d+|omega_\w*)(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a solution is rejected: a stable `code`, the declaration, a sentence."""

    code: str
    declaration: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the artefacts say. `axioms` are those that the targets reach; accepted needs `reasons` to be empty."""

    reasons: tuple[Reason, ...]
    axioms: tuple[str, ...]
    new_declarations: tuple[str, ...]


def compare(challenge: Module, solution: Module, targets: Iterable[str], *, allowed: frozenset[str]) -> Comparison:
    """Compare the trusted `challenge` with the untrusted `solution` for the theorems `targets`.

    Accepted means: same imports; everything that the challenge declares and means is there unchanged; the targets
    are theorems; no new axiom; nothing unsafe is reached; of Lean's axioms the targets reach `allowed` ones alone.
    Raises `OleanError` where an artefact cannot be read.
    """
    targets = tuple(resolve(challenge, target) for target in targets)
    reasons: list[Reason] = []
    if challenge.imports != solution.imports:
        reasons.append(Reason("imports", "", "the solution imports other modules than the challenge"))
    reasons += _unchanged(challenge, solution, targets)
    for target in targets:
        reasons += _is_theorem(challenge, solution, target)
    new = [name for name in solution.constants if name not in challenge.constants]
    reasons += [
        Reason("axiom", name, f"{name} is a new axiom") for name in new if solution.constants[name].kind is Kind.AXIOM
    ]
    reached = _reached(solution, targets)
    reasons += _unsafe(solution, reached)
    stated = {name for name, constant in challenge.constants.items() if constant.kind is Kind.AXIOM}
    axioms = sorted(reached & (PRIMITIVE | stated))
    reasons += [_forbidden(axiom, targets) for axiom in axioms if axiom not in allowed]
    return Comparison(tuple(reasons), tuple(axioms), tuple(sorted(new)))


def resolve(module: Module, name: str) -> str:
    """The name under which `module` has the declaration that the source calls `name`: private ones are renamed."""
    if name in module.constants:
        return name
    private = [c for c in module.constants if c.startswith("_private.") and c.endswith(f".0.{name}")]
    return private[0] if len(private) == 1 else name


def _unchanged(challenge: Module, solution: Module, targets: tuple[str, ...]) -> list[Reason]:
    """Everything that the challenge declares, and all that it is made of, stands in the solution as it was."""
    roots = [name for name in challenge.constants if name in targets or not _AUXILIARY.search(name)]
    found: list[Reason] = []
    for name in sorted(_meaning(challenge, roots)):
        ours, theirs = challenge.constants[name], solution.constants.get(name)
        if theirs is None:
            found.append(Reason("missing", name, f"the solution does not declare {name}"))
        elif ours.kind is not theirs.kind or ours.safety is not theirs.safety:
            found.append(Reason("kind", name, f"{name} is {_kind(theirs)}, not {_kind(ours)}"))
        elif not same_type(ours, theirs):
            found.append(Reason("statement", name, f"{name} does not say what it said in the challenge"))
        elif not _same_content(ours, theirs):
            found.append(Reason("definition", name, f"{name} is not defined as in the challenge"))
    return found


def _same_content(ours: Constant, theirs: Constant) -> bool:
    if ours.kind is Kind.THEOREM:
        return True
    if repr(_shape(ours)) != repr(_shape(theirs)):
        return False
    if ours.value is None or theirs.value is None:
        return ours.value is theirs.value
    return same_value(ours, theirs)


def _shape(constant: Constant) -> object:
    """What an inductive type, constructor or recursor has besides its type, without places in a file."""
    detail = constant.detail
    rules = getattr(detail, "rules", None)
    if rules is None:
        return detail
    digests = [(str(r.constructor), r.fields, r.value.digest(constant.level_params)) for r in rules]
    return [getattr(detail, name) for name in ("params", "indices", "motives", "minors", "k")], digests


def _meaning(module: Module, roots: Iterable[str]) -> set[str]:
    """The module's constants that `roots` mention in types and, but for theorems, in values."""
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name in seen or name not in module.constants:
            continue
        seen.add(name)
        constant = module.constants[name]
        todo += constant.type.constants()
        if constant.value is not None and constant.kind is not Kind.THEOREM:
            todo += constant.value.constants()
        # A type means what its constructors say; they may have names that look made up, as the type's own may.
        todo += map(str, getattr(constant.detail, "constructors", ()))
        todo += map(str, constant.all)
    return seen


def _reached(module: Module, roots: Iterable[str]) -> set[str]:
    """Every constant that `roots` rest on, as far as the module's own declarations go."""
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        constant = module.constants.get(name)
        if constant is not None:
            todo += constant.type.constants()
            todo += constant.value.constants() if constant.value is not None else ()
            todo += map(str, constant.all)
            todo += map(str, getattr(constant.detail, "constructors", ()))
    return seen


def _is_theorem(challenge: Module, solution: Module, target: str) -> list[Reason]:
    ours, theirs = challenge.constants.get(target), solution.constants.get(target)
    if ours is None:
        return [Reason("no-target", target, f"the challenge does not declare {target}")]
    if ours.kind is not Kind.THEOREM:
        return [Reason("answer-hole", target, f"{target} is {_kind(ours)}: filling it in is no proof")]
    if theirs is not None and theirs.kind is not Kind.THEOREM:
        return [Reason("kind", target, f"{target} is {_kind(theirs)}, not a theorem")]
    if SORRY not in _reached(challenge, [target]):
        return [Reason("no-hole", target, f"{target} has no `sorry` in the challenge")]
    return []


def _unsafe(module: Module, reached: set[str]) -> list[Reason]:
    return [
        Reason("unsafe", name, f"{name} is {module.constants[name].safety}")
        for name in sorted(reached & module.constants.keys())
        if module.constants[name].safety is not Safety.SAFE
    ]


def _forbidden(axiom: str, targets: tuple[str, ...]) -> Reason:
    target = targets[0] if targets else ""
    if axiom == SORRY:
        return Reason("sorry", target, "the proof is not complete: it rests on sorry")
    if axiom in COMPILER:
        return Reason("compiler-axiom", target, f"the proof trusts compiled code ({axiom})")
    return Reason("axiom", target, f"the proof rests on {axiom}")


def _kind(constant: Constant) -> str:
    word = constant.kind.value
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
