"""The metrics: what each sees, where it is from, and how it can be fooled. Guides, not goals.

Those that may select (`selects`) do not get better when bound variables are renamed, lines are joined or split,
comments come or go, the body moves to a lemma and back, or a useless tactic is added: a test holds each to that.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise

from proofagent.errors import UsageError
from proofagent.goals.lexer import code
from proofagent.goals.tactics import Tactic, blocks, depth, tactics
from proofagent.score.burden import is_automation, rungs
from proofagent.score.metric import Metric
from proofagent.score.subject import Subject
from proofagent.score.tokens import free_tokens, lean_tokens

_GOLF = "FordUniver ProofGolf, `#golf`"
_SPLITS = frozenset(["constructor", "split", "by_cases"])
_FOCUSES = frozenset(["·", ".", "all_goals", "any_goals", "case", "next", "rotate_left"])
_REPEATED_TOKENS = 8
_SILENCED = 100
"""Warnings for a linter that is switched off: what it would have said is not known."""


def _texts(subject: Subject) -> Iterable[str]:
    return chain.from_iterable((body.statement, body.text) for body in subject.bodies)


def _tactics(subject: Subject) -> Iterable[tuple[Tactic, str]]:
    for body, tree in zip(subject.bodies, subject.trees, strict=True):
        yield from ((tactic, body.text) for tactic in tactics(tree))


def _rungs(subject: Subject) -> list[int]:
    found = (rungs(tree, body.text) for body, tree in zip(subject.bodies, subject.trees, strict=True))
    return [place for pairs in found for _, place in pairs]


def _lines(subject: Subject) -> list[str]:
    return [line for text in _texts(subject) for line in text.split("\n") if line.strip()]


def _characters(subject: Subject) -> int:
    return sum(
        len("".join(token.text.split())) for text in _texts(subject) for token in code(text) if token.text != ";"
    )


def _automation(subject: Subject) -> float:
    places = _rungs(subject)
    return sum(map(is_automation, places)) / max(1, len(places))


def _branching(subject: Subject) -> int:
    return max((len(tactic.blocks) for tactic, _ in _tactics(subject)), default=0)


def _unfocused(subject: Subject) -> int:
    """Tactics that split a goal and are followed by others in the same block, without a bullet or a combinator."""
    inner = (block for tree in subject.trees for block in blocks(tree))
    pairs = (pair for block in inner for pair in pairwise(block.tactics))
    return sum(first.head in _SPLITS and not first.blocks and second.head not in _FOCUSES for first, second in pairs)


def _repetition(subject: Subject) -> int:
    """Tokens in blocks that stand somewhere else in the proof too, the first time not counted."""
    seen, repeated = Counter[tuple[str, ...]](), 0
    for body, tree in zip(subject.bodies, subject.trees, strict=True):
        for block in blocks(tree):
            words = tuple(token.text for token in code(body.text, block.start, block.end))
            if len(words) >= _REPEATED_TOKENS:
                repeated += len(words) if seen[words] else 0
                seen[words] += 1
    return repeated


def histogram(subject: Subject) -> dict[str, int]:
    """How often each tactic is used, by its first word."""
    return dict(Counter(tactic.head for tactic, _ in _tactics(subject)).most_common())


METRICS: tuple[Metric, ...] = (
    Metric(
        "tokens", "tokens", "less", lambda s: sum(map(free_tokens, _texts(s))),
        "ProofOptimizer (arXiv 2510.15700), without the `;` between tactics, over all that is new",
        "heavy automation: a `grind` of ten seconds is one token", selects=True,
    ),
    Metric(
        "tactics", "tactics", "less", lambda s: sum(1 for _ in _tactics(s)),
        "AXLE, Kimina infotree", "one tactic that does the work of many, or a term", selects=True,
    ),
    Metric(
        "burden", "rungs", "less", lambda s: sum(_rungs(s)),
        "lean4-skills golfing guide: rfl < exact/rw < apply < simp only < simp/omega/decide < grind, summed",
        "a long proof term counts as one `exact`", selects=True,
    ),
    Metric(
        "hardest", "rung", "less", lambda s: max(_rungs(s), default=0),
        "the same ladder: its highest rung", "a hundred `rw`s in place of one `omega`", selects=True,
    ),
    Metric(
        "depth", "blocks", "less", lambda s: max(map(depth, s.trees), default=0),
        "nesting of blocks of tactics", "the same in one line with `<;>`, or in lemmas", selects=True,
    ),
    Metric(
        "dag", "subterms", "less", lambda s: s.terms.dag,
        "ProofGolf (term nodes), with sharing, over all that is new",
        "a short term that the kernel has to compute with for long (`decide`)", selects=True,
    ),
    Metric(
        "tree", "subterms", "less", lambda s: s.terms.tree,
        "the same without sharing", "as `dag`; and a `have` hides what would be repeated", selects=True,
    ),
    Metric(
        "helpers", "declarations", "less", lambda s: len(s.helpers),
        "Proof-Refactor (arXiv 2606.03743): reuse", "everything in one theorem with long `have`s", selects=True,
    ),
    Metric(
        "axioms", "axioms", "less", lambda s: len(s.axioms),
        "`#print axioms`, through what is new only: theorems of the library are trusted as they stand",
        "a lemma of the library that rests on the axiom itself", selects=True, hard=0.0,
    ),
    Metric(
        "warnings", "warnings", "less", lambda s: len(s.warnings) + _SILENCED * s.silenced,
        "the linters of Lean: unused variables, simp arguments, deprecated names; a hundred for each one switched off",
        "using what is not needed, for nothing",
        selects=True, hard=0.0,
    ),
    Metric(
        "idle", "subterms", "less", lambda s: s.terms.idle,
        "`let`s and `have`s of the term whose variable nobody mentions",
        "using them for nothing; Lean drops some before they are seen", selects=True,
    ),
    Metric(
        "heartbeats", "allocations", "less", lambda s: s.heartbeats,
        "Lean's own counter, by its profiler; ProofOptimizer section 5.2.1 uses time",
        "work in the kernel is not counted", selects=True, hard=2.0, grain=0.05,
    ),
    Metric(
        "lean_tokens", "tokens", "less", lambda s: sum(map(lean_tokens, _texts(s))),
        "ProofOptimizer (arXiv 2510.15700)", "lines in place of `;`",
    ),
    Metric(
        "lines", "lines", "less", lambda s: len(_lines(s)), "ImProver", "long lines, `;` and `<;>`",
    ),
    Metric(
        "characters", "characters", "less", _characters,
        _GOLF, "names of one letter",
    ),
    Metric(
        "longest_line", "characters", "less", lambda s: max(map(len, _lines(s)), default=0),
        "mathlib's style: 100", "more lines",
    ),
    Metric(
        "branching", "blocks", "less", _branching, "the widest tactic of the script", "binary splits, one in the other",
    ),
    Metric(
        "automation", "share", "less", _automation, "tactics that find their steps themselves",
        "useless easy tactics beside",
    ),
    Metric(
        "lemmas", "constants", "less", lambda s: len(s.terms.uses), "distinct constants that the terms use",
        "one large lemma; constants that automation uses",
    ),
    Metric(
        "uses", "subterms", "less", lambda s: sum(s.terms.uses.values()), "uses of constants in the terms",
        "as `lemmas`",
    ),
    Metric(
        "repetition", "tokens", "less", _repetition, "blocks that a lemma would name",
        "a copy that differs by one name",
    ),
    Metric(
        "unfocused", "tactics", "less", _unfocused, "mathlib's multiGoal linter",
        "`<;>`, or splits that are not known here",
    ),
    Metric(
        "fragile", "changes", "less", lambda s: sum(not ok for ok in s.survives.values()) if s.survives else None,
        "the proof is tried again: hypotheses renamed, one more of them, one more simp lemma",
        "brute force survives all",
    ),
)  # fmt: skip
"""All of them; those that may select come first."""

BY_NAME = {metric.name: metric for metric in METRICS}


def vector(subject: Subject) -> dict[str, float | None]:
    """Every metric of a proof, by name."""
    return {metric.name: metric.measure(subject) for metric in METRICS}


def named(name: str) -> Metric:
    """The metric of that name. Raises `UsageError`."""
    if name not in BY_NAME:
        raise UsageError(f"there is no metric `{name}`; there are: {', '.join(BY_NAME)}")
    return BY_NAME[name]
