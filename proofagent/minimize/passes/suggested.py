"""What Lean itself says in the place of a `simp`: the call that `simp?` reports, and arguments that it does not use.

Pure, as the other passes: what is to be asked, and what follows from the answers. Asking is somebody else's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from proofagent.goals.commands import DEPTH
from proofagent.goals.tactics import Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script
from proofagent.minimize.passes.reading import closing

_ASKS = frozenset(["simp", "simp_all", "simpa"])
"""Tactics that say with a `?` what they used."""
_MOST_ITEMS = 12
_CALL = re.compile(r"(?P<head>[^\[\]]*\bonly)(?: \[(?P<items>.*)\])?(?P<rest>[^\[\]]*)")


def questions(script: Script) -> tuple[Edit, ...]:
    """The edits that make every call of the simplifier report what it used, those apart that say so (`only`)."""
    found = []
    for tactic in _calls(script):
        words = script.inside(tactic.start, tactic.end)
        if "only" not in [word.text for word in words[:3]]:
            found.append(Edit(words[0].end, words[0].end, "?"))
    return tuple(found)


def suggested(script: Script, answers: Mapping[int, Sequence[str]]) -> Iterator[Edits]:
    """Edits that follow from what Lean suggests for the tactics that begin at the keys of `answers`.

    Where a call runs on several goals, it gets what any of them needs, and its arguments are also left out one by one:
    Lean may name what another one makes needless. First each call alone, then all of them at once.
    """
    together = list[Edit]()
    for tactic in _calls(script):
        call = _merged(answers.get(tactic.start, ()))
        if call is None:
            continue
        text, items = call
        edit = Edit(tactic.start, _end(script, tactic), text)
        if edit.text != script.text[edit.start : edit.end]:
            together.append(edit)
            yield (edit,)
        listed = ", ".join(items)
        for item in items[:_MOST_ITEMS] if len(items) > 1 else ():
            fewer = ", ".join(other for other in items if other != item)
            yield (Edit(edit.start, edit.end, text.replace(f"[{listed}]", f"[{fewer}]")),)
        yield from _unused(script, tactic, edit.end, items)
    if len(together) > 1:
        yield tuple(together)


def _calls(script: Script) -> Iterator[Tactic]:
    for tactic in tactics(script.tree):
        if tactic.head in _ASKS and script.text[tactic.start + len(tactic.head) :][:1] not in ("?", "!"):
            yield tactic


def _end(script: Script, tactic: Tactic) -> int:
    """Where a call ends: before a `<;>` that stands in no bracket."""
    depth, end = 0, tactic.start
    for word in script.inside(tactic.start, tactic.end):
        if depth == 0 and word.text == "<;>":
            break
        depth += DEPTH.get(word.text, 0)
        end = word.end
    return end


def _merged(texts: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """One call for all that was suggested at one place, and its arguments; None where there is none."""
    found = [match for text in dict.fromkeys(texts) if (match := _CALL.fullmatch(" ".join(text.split())))]
    if not found or any((each["head"], each["rest"]) != (found[0]["head"], found[0]["rest"]) for each in found):
        return None
    items = tuple(dict.fromkeys(chain.from_iterable(_items(each["items"] or "") for each in found)))
    listed = f" [{', '.join(items)}]" if items else ""
    return f"{found[0]['head']}{listed}{found[0]['rest']}", items


def _items(text: str) -> list[str]:
    """The parts of a list, cut at the commas that stand in no bracket."""
    found, depth = [""], 0
    for character in text:
        depth += DEPTH.get(character, 0)
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [item.strip() for item in found if item.strip()]


def _unused(script: Script, tactic: Tactic, end: int, used: Sequence[str]) -> Iterator[Edits]:
    """The call without those of its own arguments that are not among the `used` ones, all of them at once."""
    words = script.inside(tactic.start, end)
    opening = next((i for i, word in enumerate(words) if word.text == "["), None)
    end_of_list = closing(words, opening)[0] if opening is not None else None
    if opening is None or end_of_list is None:
        return
    items = _items(script.text[words[opening].end : words[end_of_list].start])
    kept = [item for item in items if item[:1] in ("*", "-") or any(_is_same(item, other) for other in used)]
    if len(kept) == len(items):
        return
    if kept:
        yield (Edit(words[opening].end, words[end_of_list].start, ", ".join(kept)),)
    else:
        yield (Edit(words[opening - 1].end, words[end_of_list].end),)


def _is_same(mine: str, used: str) -> bool:
    """Whether two arguments name the same: Lean may print more or less of a name than was written."""
    one, other = mine.removeprefix("←").strip(), used.removeprefix("←").strip()
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
