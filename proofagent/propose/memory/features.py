"""What a proof state looks like, as a set of features, and how similar two such sets are.

As in k-nearest-neighbour prediction of tactics (TacticToe, arXiv 1804.00596, section 4; Tactician, arXiv 2008.00120,
section 3): symbols, neighbouring symbols and shapes, weighted by how rare they are in the memory. Here they are read
from the state as Lean prints it. Names of hypotheses and variables are in no feature, their types are.

Similarity is the weighted Jaccard index, what two sets share by what either has (Ruzicka): symmetric, in [0, 1], and 1
for equal sets. Cosine has these properties as well; Jaccard asks for one sum per neighbour, because the weight of a
set is known beforehand, and it thinks less of a large state that has everything that a small one has.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from proofagent.proof.state import OpenGoal, ProofState
from proofagent.propose.memory import shapes

Features = frozenset[str]
"""Each begins with the letter of its kind."""

TARGET, PAIR, TRIPLE, SHAPE, SIDES, HYPOTHESIS, HYPOTHESIS_SHAPE, MANY = "tbcsdhgm"
KIND_WEIGHTS: Mapping[str, float] = {
    TARGET: 1.0,
    PAIR: 0.7,
    TRIPLE: 0.5,
    SHAPE: 2.0,
    SIDES: 1.5,
    HYPOTHESIS: 0.4,
    HYPOTHESIS_SHAPE: 0.7,
    MANY: 1.0,
}
"""What a feature of a kind counts: the target decides what to do, hypotheses help."""

_MOST_HYPOTHESES = 40
_MOST_FEATURES = 200
_SEPARATORS = frozenset("()[]{}⟨⟩⦃⦄⟦⟧,:")


def features(state: ProofState) -> Features:
    """The features of a state: of its main goal, and whether there are others. Never empty; at most 200."""
    found = dict.fromkeys(_features(state.main))
    if len(state.goals) > 1:
        found = {MANY: None} | found
    return frozenset(list(found)[:_MOST_FEATURES])


def _features(goal: OpenGoal) -> Iterator[str]:
    locals_ = shapes.local_heads([(h.name.partition("✝")[0], h.type) for h in goal.hypotheses])
    target = shapes.tokens(goal.target, locals_)
    yield SHAPE + shapes.shape(target)
    if sides := shapes.sides(target):
        yield SIDES + " ".join(sides)
    words = [token for token in target if token not in _SEPARATORS]
    yield from (TARGET + word for word in words)
    yield from (PAIR + " ".join(pair) for pair in pairwise(words))
    # The last ones are the newest, which a proof is about.
    said = [shapes.tokens(h.type, locals_) for h in goal.hypotheses[-_MOST_HYPOTHESES:]]
    yield from (HYPOTHESIS_SHAPE + shapes.shape(type_) for type_ in said)
    yield from (HYPOTHESIS + word for type_ in said for word in type_ if word not in _SEPARATORS)
    yield from (TRIPLE + " ".join(triple) for triple in zip(words, words[1:], words[2:], strict=False))


def kind_weight(feature: str) -> float:
    """1 for what is of no kind: the file may be from anybody."""
    return KIND_WEIGHTS.get(feature[:1], 1.0)


def weight(feature: str, states: int, having: int) -> float:
    """What a feature counts that `having` of `states` states have: more than 0, the rarer the more (smoothed idf)."""
    return kind_weight(feature) * (1.0 + math.log((1 + states) / (1 + having)))


def similarity(one: Iterable[str], other: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weighted Jaccard index; a feature that `weights` does not know counts what its kind does."""
    first, second = frozenset(one), frozenset(other)
    either = total(first | second, weights)
    return total(first & second, weights) / either if either else 1.0


def total(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weight of all of `found`, the same in whatever order they come."""
    return math.fsum(weights.get(feature, kind_weight(feature)) for feature in found)
