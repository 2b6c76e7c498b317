"""Where the nodes of a graph without cycles stand in a picture: layers from the top down, no box upon another.

A node stands below all that lead to it (longest ways); within its layer it comes as near to its neighbours as the
order and the widths allow, which is a least-squares fit for each layer, up and down a few times. A layer that would be
much wider than the picture is high takes several rows, like bricks. Everything is n log n, and the same each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil, sqrt
from typing import Literal

Node = tuple[Literal["goal", "step"], int]
Size = tuple[int, int]
"""Width and height."""

GAP = 14
"""Between two boxes of a row."""
_ROW_GAP, _LAYER_GAP = 8, 26
_LEAST_WIDTH, _ASPECT = 1500, 1.5
_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the picture, in whole pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


def layout(below: Mapping[Node, Sequence[Node]], root: Node, sizes: Mapping[Node, Size]) -> dict[Node, Box]:
    """The boxes of all nodes under `root`, which `below` leads to, with the first ways on the left.

    `below` and `sizes` have an entry for every node. No two boxes overlap, and none begins above or left of 0.
    """
    layers = _layers(below, _order(below, root))
    area = sum(
        (width + GAP) * (height + _ROW_GAP) for layer in layers for width, height in map(sizes.__getitem__, layer)
    )
    widest = max(_LEAST_WIDTH, _ASPECT * sqrt(area))
    rows = [ceil(sum(sizes[node][0] + GAP for node in layer) / widest) for layer in layers]
    middles = _middles(below, layers, rows, sizes)
    lefts = {node: round(middle - sizes[node][0] / 2) for node, middle in middles.items()}
    edge, top = min(lefts.values()), 0
    boxes: dict[Node, Box] = {}
    for layer, count in zip(layers, rows, strict=True):
        pitch = max(sizes[node][1] for node in layer) + _ROW_GAP
        for place, node in enumerate(layer):
            boxes[node] = Box(lefts[node] - edge, top + place % count * pitch, *sizes[node])
        top += count * pitch - _ROW_GAP + _LAYER_GAP
    return boxes


def _order(below: Mapping[Node, Sequence[Node]], root: Node) -> list[Node]:
    """All nodes, each before those below it, in a tree the first ways first."""
    done: list[Node] = []
    seen = {root}
    way = [(root, iter(reversed(below[root])))]
    while way:
        node, rest = way[-1]
        child = next((child for child in rest if child not in seen), None)
        if child is None:
            done.append(node)
            way.pop()
        else:
            seen.add(child)
            way.append((child, iter(reversed(below[child]))))
    return done[::-1]


def _layers(below: Mapping[Node, Sequence[Node]], order: Sequence[Node]) -> list[list[Node]]:
    """The nodes by the length of the longest way to them."""
    depth = dict.fromkeys(order, 0)
    for node in order:
        for child in below[node]:
            depth[child] = max(depth[child], depth[node] + 1)
    layers: list[list[Node]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in order:
        layers[depth[node]].append(node)
    return layers


def _middles(
    below: Mapping[Node, Sequence[Node]], layers: list[list[Node]], rows: Sequence[int], sizes: Mapping[Node, Size]
) -> dict[Node, float]:
    """The middle of each node from left to right; on the way down, layers are sorted by what stands above."""
    above: dict[Node, list[Node]] = {node: [] for layer in layers for node in layer}
    for node in above:
        for child in below[node]:
            above[child].append(node)
    middles = dict.fromkeys(above, 0.0)
    both = list(zip(layers, rows, strict=True))
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near: Mapping[Node, Sequence[Node]] = above if down else below
        for layer, count in both if down else reversed(both):
            wanted = {node: _mean([middles[other] for other in near[node]] or [middles[node]]) for node in layer}
            if down:
                layer.sort(key=wanted.__getitem__)
            places = _fitted([wanted[node] for node in layer], _apart([sizes[node][0] for node in layer], count))
            middles.update(zip(layer, places, strict=True))
    return middles


def _apart(widths: Sequence[int], rows: int) -> list[float]:
    """How far the middles of neighbours have to be from one another; in `rows` rows, only every so many meet."""
    if rows > 1:
        return [(max(widths) + GAP) / rows] * (len(widths) - 1)
    return [(left + right) / 2 + GAP for left, right in pairwise(widths)]


def _fitted(wanted: Sequence[float], apart: Sequence[float]) -> list[float]:
    """The places nearest to those `wanted`, by least squares, that are in order and `apart` (an isotonic regression:
    neighbours that are in each other's way are pooled, and stand as one block around the mean of their wishes).
    """
    shifts = [0.0, *accumulate(apart)]
    blocks: list[tuple[float, int]] = []
    for want, shift in zip(wanted, shifts, strict=True):
        total, count = want - shift, 1
        while blocks and blocks[-1][0] * count >= total * blocks[-1][1]:
            total, count = total + blocks[-1][0], count + blocks.pop()[1]
        blocks.append((total, count))
    means = [total / count for total, count in blocks for _ in range(count)]
    return [mean + shift for mean, shift in zip(means, shifts, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
