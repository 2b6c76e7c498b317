"""What a prompt says about a goal: the theorem, the state, the way here, what failed, what the library has."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten

from proofagent.goals.goal import Goal
from proofagent.propose.base import Query

_MOST_PREAMBLE = 6_000
_MOST_STATE = 8_000
_MOST_REASON = 400
_MOST_LEMMAS, _LONGEST_LEMMA = 10, 240
_MOST_FAILURES = 12


def theorem(goal: Goal) -> str:
    """The statement after as much of its preamble as a prompt can bear, ready for a proof."""
    preamble = goal.preamble.strip()
    if len(preamble) > _MOST_PREAMBLE:
        preamble = "-- …\n" + preamble[-_MOST_PREAMBLE:].partition("\n")[2]
    return f"{preamble}\n\n{goal.statement.strip()} := by".strip()


def state(query: Query) -> str:
    """The proof state as Lean prints it."""
    text = query.state.key
    if len(text) > _MOST_STATE:
        # The target comes last.
        text = f"{text[: _MOST_STATE // 2]}\n…\n{text[-_MOST_STATE // 2 :]}"
    return text


def state_below(query: Query) -> str:
    """The goal, where it is not that of the statement any more, with the tactics that led to it."""
    inside = query.goal.lead.split() not in ([":="], [":=", "by"]) or query.goal.tail.strip()
    if not query.path and not inside:
        return ""
    return f"{path(query.path)}\n\n{goal_now(query)}"


def goal_now(query: Query) -> str:
    """The proof state with a word before it."""
    return f"Prove the goal that is left now:\n\n```lean4\n{state(query)}\n```"


def path(tactics: Sequence[str]) -> str:
    """The tactics so far."""
    if not tactics:
        return ""
    text = "\n".join(tactics)
    if len(text) > _MOST_STATE:
        text = "-- …" + text[-_MOST_STATE:]
    return f"These tactics led here:\n\n```lean4\n{text}\n```"


def errors(text: str) -> str:
    """What Lean said, as much of it as a prompt can bear."""
    return text if len(text) <= _MOST_STATE else text[:_MOST_STATE] + "\n…"


def failures(failed: Mapping[str, str], own: Iterable[str]) -> str:
    """Those of `own` tactics that failed, with Lean's reason in a line each."""
    lines = [f"- `{_short(tactic)}`: {_short(failed[tactic])}" for tactic in dict.fromkeys(own) if tactic in failed]
    if not lines:
        return ""
    return "These were tried here and failed; do not repeat them:\n\n" + "\n".join(lines[-_MOST_FAILURES:])


def lemmas(found: Sequence[str]) -> str:
    """Lemmas of the library that may help, a line each; not those of which the statement is long."""
    short = [lemma for lemma in found if len(lemma) <= _LONGEST_LEMMA][:_MOST_LEMMAS]
    return "Lemmas of the library that may help:\n\n" + "\n".join(f"- `{lemma}`" for lemma in short) if short else ""


def _short(text: str) -> str:
    return shorten(text, _MOST_REASON, placeholder=" …")
