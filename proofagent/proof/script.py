"""A proof as a tree: a tactic with the scripts of the goals it leaves, `Hole` where work is left.

Rendered, one child follows its tactic on the next line and several children stand in `·` blocks, in the order of
the goals; a `have` whose proof is left (`:= ?_`) is written with that proof in its place. What is rendered parses back
to a tree that renders to the same text: the same tree, but that steps of several tactics come back one by one, and a
`have` with its proof.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Control characters mean nothing to Lean, tabs included, and the halves of a surrogate pair have no encoding.
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
_BULLET = "· "
_LEFT, _BY = ":= ?_", ":= by"
_SORRY = "sorry"


@dataclass(frozen=True, slots=True)
class Hole:
    """An open goal; it renders to `sorry`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A tactic and one script for each part of the proof state that it leaves.

    `tactic` may have several lines: further lines of one tactic are indented against the first, and a line that is
    not begins another tactic of the same step. Raises `ValueError` where it is not normalised.
    """

    tactic: str
    children: tuple["Script", ...] = ()

    def __post_init__(self) -> None:
        if normalized(self.tactic) != self.tactic:
            raise ValueError(f"not a normalised tactic: {self.tactic!r}")


Script = Hole | Step


def normalized(tactic: str) -> str:
    """`tactic` without surrounding space and empty lines.

    Where a further line begins in column 0 it is a tactic of its own: the step is a block of several, taken at once.
    Raises `ValueError` for what cannot stand as one step: nothing, a bullet, a `sorry`, control characters.
    """
    first, *further = [line.rstrip() for line in tactic.strip().split("\n")]
    lines = [first, *filter(None, further)]
    if not first or first.startswith("·") or _SORRY in lines or any(map(_UNPRINTABLE.search, lines)):
        raise ValueError(f"not a tactic: {tactic[:40]!r}")
    return "\n".join(lines)


def is_step(text: str) -> bool:
    """Whether `text` can stand as one step as it is."""
    try:
        return normalized(text) == text
    except ValueError:
        return False


def one_tactic(text: str) -> str:
    """`text`, which is one tactic, with every further line indented by at least two columns."""
    first, *further = [line.rstrip() for line in text.strip().split("\n")]
    margin = min((len(line) - len(line.lstrip(" ")) for line in further if line), default=2)
    shift = " " * max(0, 2 - margin)
    return "\n".join([first, *(shift + line for line in further if line)])


def render(script: Script) -> str:
    """Lean text of `script`, starting in column 0, without a final newline."""
    return "\n".join(_lines(script))


def braced(text: str) -> str:
    """Rendered text with `{ … }` in place of `· …`: the first modules of the library come before the bullet."""
    lines: list[str] = []
    blocks: list[int] = []  # the columns of those that are open
    for rest in text.split("\n"):
        column, line = len(rest) - len(rest.lstrip(" ")), rest
        while blocks and column <= blocks[-1]:
            blocks.pop()
            lines[-1] += " }"
        while line.startswith(_BULLET, column):
            line = line[:column] + "{ " + line[column + len(_BULLET) :]
            blocks.append(column)
            column += len(_BULLET)
        lines.append(line)
    lines[-1] += " }" * len(blocks)
    return "\n".join(lines)


def indented(text: str, column: int) -> str:
    """`text` for a place in `column`: every line but the first is moved there."""
    return text.replace("\n", "\n" + " " * column)


def parse(text: str) -> Script:
    """The script that renders to `text`. Raises `ValueError` where no script does."""
    lines = text.split("\n")
    script, used = _parse(lines, 0, 0)
    if used != len(lines):
        raise ValueError(f"line {used + 1} does not belong to the script: {lines[used]!r}")
    return script


def tactics(script: Script) -> list[str]:
    """Every tactic, in the order of the text."""
    return [part.tactic for part in _parts(script) if isinstance(part, Step)]


def size(script: Script) -> int:
    """Number of tactics and holes."""
    return sum(1 for _ in _parts(script))


def holes(script: Script) -> int:
    return sum(isinstance(part, Hole) for part in _parts(script))


def _parts(script: Script) -> Iterator[Script]:
    """All scripts in `script`, in the order of the text."""
    todo = [script]
    while todo:
        part = todo.pop()
        yield part
        if isinstance(part, Step):
            todo += reversed(part.children)


def _lines(script: Script) -> list[str]:
    lines: list[str] = []
    while isinstance(script, Step) and (len(script.children) == 1 or _claims(script)):
        if len(script.children) == 1:
            lines += script.tactic.split("\n")
        else:
            claim = script.tactic.removesuffix(_LEFT) + _BY
            lines += [*claim.split("\n"), *("  " + line for line in _lines(script.children[1]))]
        script = script.children[0]
    if isinstance(script, Hole):
        return [*lines, _SORRY]
    lines += script.tactic.split("\n")
    for child in script.children:
        first, *rest = _lines(child)
        lines += [_BULLET + first, *(" " * len(_BULLET) + line for line in rest)]
    return lines


def _claims(step: Step) -> bool:
    """Whether `step` claims something whose proof is left: Lean puts that goal behind the one that goes on."""
    return len(step.children) == 2 and step.tactic.startswith("have ") and step.tactic.endswith(_LEFT)


def _parse(lines: list[str], at: int, margin: int) -> tuple[Script, int]:
    """The script whose first line is `at`, all of it in column `margin` or right of it; and where it ends."""
    chain: list[str] = []
    children: list[Script] = []
    while not children:
        if at >= len(lines) or not lines[at].startswith(" " * margin):
            raise ValueError("a tactic is missing")
        if lines[at][margin:] == _SORRY:
            return _chained(chain, Hole()), at + 1
        end = at + 1
        while end < len(lines) and lines[end].startswith(" " * (margin + 1)):
            end += 1
        chain.append("\n".join(line[margin:] for line in lines[at:end]))
        at = end
        while at < len(lines) and lines[at].startswith(" " * margin + _BULLET):
            lines[at] = " " * (margin + len(_BULLET)) + lines[at][margin + len(_BULLET) :]
            child, at = _parse(lines, at, margin + len(_BULLET))
            children.append(child)
        if at >= len(lines) or not lines[at].startswith(" " * margin) or not lines[at][margin:]:
            break
    return _chained(chain[:-1], Step(chain[-1], tuple(children))), at


def _chained(tactics: list[str], last: Script) -> Script:
    """`last` below `tactics`, each the only child of the one before it."""
    for tactic in reversed(tactics):
        last = Step(tactic, (last,))
    return last
