"""Options that a solution sets: those for debugging Lean itself have no place in a proof.

No verdict rests on this. What such an option makes Lean write is given to a kernel again, and whoever hides the
option from these lines only hides it from here.
"""

from collections import Counter
from itertools import pairwise

from proofagent.check.reasons import Reason
from proofagent.errors import GoalError
from proofagent.goals.lexer import code, components, line_and_column

_COMMAND = "set_option"
_REFUSED = "debug"


def refused_options(challenge: str, solution: str) -> list[Reason]:
    """A reason for each option of that kind that `solution` sets oftener than `challenge`; positions are its own."""
    known = Counter(name for name, _ in _options(challenge))
    found = []
    for name, at in _options(solution):
        known[name] -= 1
        if known[name] < 0:
            text = f"the solution sets the option `{name}`, which is for debugging Lean itself"
            found.append(Reason("option", "", text, line_and_column(solution, at)))
    return found


def _options(text: str) -> list[tuple[str, int]]:
    """The refused options that `text` sets, in order; what cannot be cut into tokens sets none, for Lean either."""
    if _COMMAND not in text or _REFUSED not in text:
        return []  # most texts; to cut one of a megabyte takes seconds
    try:
        words = list(code(text))
    except GoalError:
        return []
    names = [(_plain(word.text), command.start) for command, word in pairwise(words) if command.text == _COMMAND]
    return [(name, at) for name, at in names if name.split(".")[0] == _REFUSED]


def _plain(name: str) -> str:
    return ".".join(part.strip("«»") for part in components(name))
