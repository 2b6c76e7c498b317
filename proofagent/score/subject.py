"""What metrics look at: one proof with everything new that it rests on, as text and as kernel terms.

The closure counts, not the theorem alone: a body that moves to a lemma is still there. Where a declaration is but
another name for a new lemma that nobody else uses, the lemma's body counts as its own, so that such a move neither
gains nor costs anything.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from proofagent.check.axioms import PRIMITIVE
from proofagent.check.compare import reached
from proofagent.check.contents import made_up
from proofagent.errors import UsageError
from proofagent.goals.lexer import BLANK, Kind, Lines, code
from proofagent.goals.outline import Part
from proofagent.goals.tactics import TERM, Block, proof_tree
from proofagent.lean.engine import Message
from proofagent.lean.olean import Constant, Module
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.sizes import Sizes, delegate, sizes, skeleton
from proofagent.lean.olean.terms import Term

_ENTRY = frozenset(["by", "exact", "apply", "refine", "fun", "=>", "_", "(", ")", "@", "intro", "intros"])


@dataclass(frozen=True, slots=True)
class Body:
    """A proof or definition as text; `statement` is empty for the theorem that is proved, whose words are given."""

    name: str
    statement: str
    text: str
    """What stands behind the `:=`."""

    start: int
    """Where that stands in the file's body."""

    stated: int
    """Where the statement does."""

    origin: str
    """The declaration that the text is of: another one where `name` is but another name for it."""


@dataclass(frozen=True)
class Subject:
    """A proof of `target`. What is not known is None, and so is every metric that needs it."""

    target: str
    bodies: tuple[Body, ...]
    """The target's, then those of the declarations that it rests on, in the order of the text."""

    terms: Sizes
    """Of the kernel terms of all these, and of what Lean made for them."""

    skeleton: str = ""
    """Equal for two proofs of one statement that differ in spelling only."""

    helpers: tuple[str, ...] = ()
    """New declarations that people wrote and that the target rests on."""

    axioms: tuple[str, ...] = ()
    """Axioms of Lean that are reached without going through theorems of the library."""

    warnings: tuple[Message, ...] = ()
    """What Lean's linters say about these declarations."""

    silenced: int = 0
    """How often the text switches a linter off, here or for the whole file."""

    heartbeats: int | None = None
    """What the elaboration of these declarations took, in Lean's own unit of small allocations."""

    survives: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """By name of a change to the statement or its surroundings: whether the proof still goes through."""

    @cached_property
    def trees(self) -> tuple[Block, ...]:
        """The bodies as trees of tactics, their places counted in each body's text.

        What is declared without one, a class say, has a tree without tactics.
        """
        return tuple(proof_tree(body.text) if any(code(body.text)) else Block(0, 0, TERM, ()) for body in self.bodies)


def subject(
    target: str, parts: Sequence[Part], module: Module, messages: Iterable[Message] = (), *, lines: Lines
) -> Subject:
    """The subject for one theorem of a compiled file whose text has the commands `parts`.

    `messages` are Lean's about the text, whose lines are `lines`. Raises `UsageError` where the
    text or the artefact does not have the theorem, `OleanError` and `GoalError` where one cannot be read.
    """
    written = {part.name: part for part in parts if part.name}
    constant = module.constants.get(target)
    if target not in written or constant is None or constant.value is None:
        raise UsageError(f"there is no theorem `{target}` to be measured")
    everything = reached(module, [target])
    rests = sorted(everything & module.constants.keys() - {target})
    users = Counter(name for user in (target, *rests) for name in _mentions(module.constants[user]) if name != user)
    bodies, dropped = _bodies(target, [name for name in rests if name in written], written, users)
    own, counted = module.constants, _terms(target, rests, module, users)
    said = [written[name] for name in (target, *rests) if name in written]
    return Subject(
        target=target,
        bodies=bodies,
        terms=sizes(counted),
        skeleton=skeleton(counted, constant.type.constants() | own.keys()),
        helpers=tuple(name for name in rests if name in written and name not in dropped),
        axioms=tuple(sorted(everything & PRIMITIVE)),
        silenced=sum(_silencers(part) for part in (*said, *(p for p in parts if p.keyword == "set_option"))),
        warnings=tuple(
            m for m in messages if m.severity == "warning" and any(stands_in(m, part, lines) for part in said)
        ),
    )


def _silencers(part: Part) -> int:
    return sum(word.text.startswith("linter.") or word.text == "nolint" for word in code(part.text))


def _mentions(constant: Constant) -> frozenset[str]:
    return constant.type.constants() | (frozenset() if constant.value is None else constant.value.constants())


def stands_in(message: Message, part: Part, lines: Lines) -> bool:
    """Whether `message`, about a text with these `lines`, is about this part of it."""
    offset = lines.offset(message.start.line, message.start.column)
    return offset is not None and part.start <= offset < part.end


def _bodies(
    target: str, helpers: Sequence[str], written: Mapping[str, Part], users: Mapping[str, int]
) -> tuple[tuple[Body, ...], frozenset[str]]:
    """The bodies that count, and the helpers whose body counts as somebody else's."""
    dropped = set[str]()
    found = list[Body]()
    for name in (target, *sorted(helpers, key=lambda helper: written[helper].start)):
        if name in dropped:
            continue
        part = written[name]
        while (other := _named(part, written)) and users[other] == 1 and other in helpers:
            dropped.add(other)
            part = written[other]
        own = written[name]
        statement = "" if name == target else own.statement
        text = part.text[part.body_start :]
        found.append(Body(name, statement, text, part.start + part.body_start, own.start, part.name))
    return tuple(body for body in found if body.name not in dropped), frozenset(dropped)


def _named(part: Part, written: Mapping[str, Part]) -> str:
    """The declaration of which `part` is but another name, in its text; empty where it is more than that."""
    words = [t for t in code(part.text, part.body_start) if t.kind not in BLANK and t.text not in _ENTRY]
    if not words or any(word.kind is not Kind.IDENTIFIER for word in words):
        return ""
    known = [name for name in written if name == words[0].text or name.endswith(f".{words[0].text}")]
    bound = {word.text for word in code(part.text[: part.body_start])}
    mine = all("." not in word.text for word in words[1:]) or bound.issuperset(word.text for word in words[1:])
    return known[0] if len(known) == 1 and mine and written[known[0]].proves else ""


def _terms(
    target: str, rests: Sequence[str], module: Module, users: Mapping[str, int]
) -> list[tuple[Term, tuple[Name, ...]]]:
    """The terms that count: values, and the types of declarations that people wrote to be used more than by name."""
    own = module.constants
    found = []
    skipped = set[str]()
    for name in (target, *rests):
        other = delegate(own[name])
        if other is not None and other in own and other != name and users[other] == 1:
            skipped |= {name, f"type of {other}"}
    for name in (target, *rests):
        constant = own[name]
        if constant.value is not None and name not in skipped:
            found.append((constant.value, constant.level_params))
        if name != target and f"type of {name}" not in skipped and not made_up(name):
            found.append((constant.type, constant.level_params))
    return found
