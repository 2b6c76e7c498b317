"""Comparing two compiled modules: whether the solution proves what the challenge states, and from what.

Pure functions on artefacts. What Lean said while it elaborated plays no part.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from proofagent.check.axioms import COMPILER, PRIMITIVE, SORRY
from proofagent.check.contents import Contents, made_up
from proofagent.check.policy import STRICT, Policy
from proofagent.check.reasons import Code, Reason
from proofagent.lean.olean import Constant, Kind, Module, Safety

_COMPILED_TWIN = "_unsafe_rec"
"""Under this name Lean keeps, for the compiler alone, a recursive function as it was written."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the artefacts say. `axioms` are those that the targets reach; accepted needs `reasons` to be empty."""

    targets: tuple[str, ...]
    """Under the names that the artefacts have."""
    reasons: tuple[Reason, ...]
    axioms: tuple[str, ...]
    new_declarations: tuple[str, ...]
    answers: tuple[str, ...] = ()
    """Definitions that the solution fills in with permission; what they are worth, a person has to say."""


def compare(
    challenge: Module, solution: Module, targets: Iterable[str] | None = None, *, policy: Policy = STRICT
) -> Comparison:
    """Compare the trusted `challenge` with the untrusted `solution` for the theorems `targets`.

    Without `targets`: all theorems of the challenge that rest on `sorry`.

    No reason means: everything that the challenge declares and means is there unchanged, but for permitted answers;
    the targets are theorems; nothing is a new axiom, unsafe or partial, or means something else when compiled; of
    axioms, the targets reach permitted ones alone, and what had a proof still has one.
    Raises `OleanError` where an artefact cannot be read.
    """
    unproved = resting(challenge, SORRY)
    chosen = _holes(challenge, unproved) if targets is None else tuple(resolve(challenge, t) for t in targets)
    reasons = _unchanged(challenge, solution, chosen, unproved, policy)
    for target in chosen:
        reasons += _is_theorem(challenge, solution, target, unproved)
    new = [name for name in solution.constants if name not in challenge.constants]
    reasons += _new(solution, new)
    said = solution.attributes - challenge.attributes
    reasons += [_at(solution, "attribute", name, f"{name} is marked `{word}`") for word, name in sorted(said)]
    axioms = _axioms(challenge, solution, chosen)
    for axiom in sorted(axioms - policy.axioms):
        cheated = resting(solution, axiom)
        reasons += [_forbidden(solution, axiom, name) for name in chosen if name in cheated or name == axiom]
    whole = [name for name in _declared(challenge) if name not in chosen and name not in unproved]
    reasons += _spoiled(challenge, solution, whole, policy)
    return Comparison(
        targets=chosen,
        reasons=tuple(dict.fromkeys(reasons)),
        axioms=tuple(sorted(axioms)),
        new_declarations=tuple(sorted(new)),
        answers=tuple(sorted(policy.answers & challenge.constants.keys())),
    )


def _holes(challenge: Module, unproved: Container[str]) -> tuple[str, ...]:
    """The theorems that a person wrote into `challenge` and that rest on `sorry`, in the order of the text."""
    found = [n for n in _declared(challenge) if n in unproved and challenge.constants[n].kind is Kind.THEOREM]
    return tuple(sorted(found, key=lambda name: challenge.positions.get(name, (0, 0))))


def resolve(module: Module, name: str) -> str:
    """The name under which `module` has the declaration that the source calls `name`: private ones are renamed."""
    if name in module.constants:
        return name
    private = [c for c in module.constants if c.startswith("_private.") and c.endswith(f".0.{name}")]
    return private[0] if len(private) == 1 else name


def reached(module: Module, roots: Iterable[str]) -> set[str]:
    """Every constant that `roots` rest on, as far as the module's own declarations go."""
    return _closure(roots, lambda name: _mentions(module, name))


def resting(module: Module, axiom: str) -> set[str]:
    """The declarations of `module` that rest on `axiom`."""
    users: dict[str, list[str]] = {}
    for name in module.constants:
        for mentioned in _mentions(module, name):
            users.setdefault(mentioned, []).append(name)
    return _closure([axiom], lambda name: users.get(name, ())) & module.constants.keys()


def _mentions(module: Module, name: str) -> Iterator[str]:
    constant = module.constants.get(name)
    if constant is not None:
        yield from constant.type.constants()
        yield from constant.value.constants() if constant.value is not None else ()
        yield from _block(constant)


def _block(constant: Constant) -> Iterator[str]:
    """A type means what its constructors say, and the types defined with it."""
    yield from map(str, constant.all)
    yield from map(str, getattr(constant.detail, "constructors", ()))


def _closure(roots: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += step(name)
    return seen


def _declared(module: Module) -> list[str]:
    """What a person wrote: it has a place in the text, or at least a name that Lean does not make up."""
    return [name for name in module.constants if name in module.positions or not made_up(name)]


def _unchanged(
    challenge: Module, solution: Module, targets: tuple[str, ...], unproved: Container[str], policy: Policy
) -> list[Reason]:
    """Everything that the challenge declares, and all that it is made of, stands in the solution as it was."""
    found: list[Reason] = []
    roots = {*targets, *_declared(challenge)}
    stated, given = Contents(challenge, roots), Contents(solution, roots)
    for name in sorted(_meaning(challenge, roots)):
        if name in stated.aliases:
            continue  # what it is stands in the digests of those that mention it
        ours, theirs = challenge.constants[name], solution.constants.get(name)
        if theirs is None:
            found.append(Reason("missing", name, f"the solution does not declare {name}"))
        elif ours.kind is not theirs.kind or ours.safety is not theirs.safety:
            text = f"{name} is {_kind(theirs)}, not {_kind(ours)}"
            found.append(_at(solution, "kind", name, text))
        elif stated.type(ours) != given.type(theirs):
            found.append(_at(solution, "statement", name, f"{name} does not say what it said in the challenge"))
        elif ours.kind is not Kind.THEOREM and stated.value(ours) != given.value(theirs):
            found += _changed(solution, name, unproved, policy)
    return found


def _changed(solution: Module, name: str, unproved: Container[str], policy: Policy) -> Iterator[Reason]:
    """The reason against another value, unless the challenge leaves it open and the policy permits an answer."""
    if name not in unproved:
        yield _at(solution, "definition", name, f"{name} is not defined as in the challenge")
    elif name not in policy.answers:
        yield _at(solution, "answer-hole", name, f"{name} is left open in the challenge: filling it in is no proof")


def _meaning(module: Module, roots: Iterable[str]) -> set[str]:
    """The module's constants that `roots` mention in types and, but for theorems, in values."""

    def step(name: str) -> Iterator[str]:
        if (constant := module.constants.get(name)) is not None:
            yield from constant.type.constants()
            if constant.value is not None and constant.kind is not Kind.THEOREM:
                yield from constant.value.constants()
            yield from _block(constant)

    return _closure(roots, step) & module.constants.keys()


def _is_theorem(challenge: Module, solution: Module, target: str, unproved: Container[str]) -> list[Reason]:
    ours, theirs = challenge.constants.get(target), solution.constants.get(target)
    if ours is None:
        return [Reason("no-target", target, f"the challenge does not declare {target}")]
    if ours.kind is not Kind.THEOREM:
        return [_at(solution, "answer-hole", target, f"{target} is {_kind(ours)}: filling it in is no proof")]
    if theirs is not None and theirs.kind is not Kind.THEOREM:
        return [_at(solution, "kind", target, f"{target} is {_kind(theirs)}, not {_kind(ours)}")]
    if target not in unproved:
        return [_at(solution, "no-hole", target, f"{target} has no `sorry` in the challenge")]
    return []


def _new(solution: Module, new: list[str]) -> Iterator[Reason]:
    """Reasons against what the challenge does not declare."""
    for name in new:
        constant = solution.constants[name]
        if constant.kind is Kind.AXIOM:
            yield _at(solution, "axiom", name, f"{name} is a new axiom")
        elif constant.safety is Safety.UNSAFE:
            yield _at(solution, "unsafe", name, f"{name} is unsafe")
        elif constant.safety is Safety.PARTIAL:
            plain = name.removesuffix(f".{_COMPILED_TWIN}")
            twin = solution.constants.get(plain)
            if twin is None or twin.kind is not Kind.DEFINITION or twin is constant:
                yield _at(solution, "partial", plain, f"{plain} is partial")


def _axioms(challenge: Module, solution: Module, roots: Iterable[str]) -> set[str]:
    """The axioms of Lean that `roots` reach in `solution`, and those that the challenge states."""
    stated = {name for name, constant in challenge.constants.items() if constant.kind is Kind.AXIOM}
    return reached(solution, roots) & (PRIMITIVE | stated)


def _spoiled(challenge: Module, solution: Module, whole: list[str], policy: Policy) -> Iterator[Reason]:
    """Reasons against those of `whole`, which have no hole in the challenge, that rest on more now."""
    more = _axioms(challenge, solution, whole) - _axioms(challenge, challenge, whole) - policy.axioms
    for axiom in sorted(more):
        spoiled = resting(solution, axiom)
        yield from (_forbidden(solution, axiom, name) for name in whole if name in spoiled)


def _forbidden(solution: Module, axiom: str, name: str) -> Reason:
    if axiom == SORRY:
        return _at(solution, "sorry", name, "the proof is not complete: it rests on sorry")
    if axiom in COMPILER:
        return _at(solution, "compiler-axiom", name, f"the proof trusts compiled code ({axiom})")
    return _at(solution, "axiom", name, f"the proof rests on {axiom}")


def _at(solution: Module, code: Code, name: str, text: str) -> Reason:
    return Reason(code, name, text, solution.positions.get(name))


def _kind(constant: Constant) -> str:
    word = constant.kind.value
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
