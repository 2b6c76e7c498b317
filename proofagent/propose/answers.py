"""Reading what models write: proofs and tactics out of fences, prose, lists, JSON and repeated theorems.

Tolerant about everything around the Lean text and about nothing in it: whatever is found here still has to pass
`propose.content`.
"""

import json
import re
from collections.abc import Iterator

from proofagent.errors import GoalError
from proofagent.goals.commands import Command, split
from proofagent.goals.declarations import declared_name, statement_stop
from proofagent.goals.lexer import Kind, code, scan
from proofagent.proof.script import one_tactic
from proofagent.propose.blocks import CONTINUES, dedented, hanging, items

MOST_CHARACTERS = 60_000
_MOST_FOUND = 64
_THOUGHTS = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(
    r"^[ \t]*(`{3,20}|~{3,20})(?![`~])[ \t]*([\w+.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_LEAN = ("", "lean", "lean4", "lean3", "tactic", "tactics", "text", "plaintext")
_TAG = re.compile(r"</?(?:lean4?|proof|answer|tactics?|code)>", re.IGNORECASE)
_MARK = re.compile(
    r"^\s*(?:[-*+•]\s+|\(?\d{1,3}[.):]\s+|(?:tactic|step|answer|candidate|option)\s*\d*\s*:\s*)", re.IGNORECASE
)
_QUOTED = re.compile(r"^(`{1,2})(.+)\1(?:\s*(?:[-–—:#]|--|\().*)?$", re.DOTALL)
_DROPPED = frozenset(["import", "open", "set_option", "namespace", "section", "end", "universe", "/-!"])
_PROVES = frozenset(["theorem", "lemma", "example", "def", "instance", "abbrev"])
_TACTIC_START = re.compile(r"[a-z_·(⟨{<][\w'.!?]*")


def proofs(answer: str, name: str = "") -> list[str]:
    """The proofs in `answer`, as blocks of tactics without comments, the likeliest first.

    Models think aloud and give their proof last, so the last block of Lean comes first. Of a text with several
    declarations the one called `name` is taken, or else the last. Raises nothing; what is no text of Lean gives none.
    """
    found: dict[str, None] = {}
    for text in _blocks(_cleaned(answer)):
        block = _proof(text, name)
        if block:
            found[block] = None
    return list(found)[:_MOST_FOUND]


def tactics(answer: str) -> list[str]:
    """The tactics in `answer`, each a candidate of its own, in their order, without repetition.

    JSON with the tactics, a fence each, or a line each with or without a number. A line that is indented belongs to
    the one before it.
    """
    text = _cleaned(answer)
    found = _from_json(text)
    if found is None:
        fences = _fences(text)
        pieces = fences or [text]
        lines = [_listed(piece, fenced=bool(fences)) for piece in pieces]
        found = [tactic for group in lines for tactic in group]
    bare = (_bare(tactic) for tactic in found)
    return list(dict.fromkeys(_shaped(tactic) for tactic in bare if tactic))[:_MOST_FOUND]


def without_comments(text: str) -> str:
    """`text` without its comments: they prove nothing, and what they say is not for those who read on.

    Raises `GoalError` where a comment or string does not end.
    """
    kept = "".join(" " if token.kind is Kind.COMMENT else token.text for token in scan(text))
    return "\n".join(line.rstrip() for line in kept.split("\n"))


def _cleaned(answer: str) -> str:
    text = _encodable(answer[:MOST_CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n")
    text = text.expandtabs(2).replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    return _THOUGHTS.sub("", text)


def _encodable(text: str) -> str:
    """`text` with a question mark for every half of a surrogate pair: no file can hold one."""
    return text.encode("utf-8", "replace").decode()


def _fences(text: str) -> list[str]:
    """The bodies of the fenced blocks that may be Lean, in their order."""
    return [m[3] for m in _FENCE.finditer(text) if m[2].lower() in _LEAN and m[3].strip()]


def _blocks(text: str) -> Iterator[str]:
    strings = _from_json(text)
    if strings is not None:
        yield from reversed(strings)
        return
    fences = _fences(text)
    yield from reversed(fences)
    if not fences:
        yield _TAG.sub("", text)


def _proof(text: str, name: str) -> str:
    """The block of tactics in `text`: the proof of its declaration, or all of it where it declares nothing."""
    try:
        text = without_comments(text)
        declarations = [c for c in split(text) if c.keyword in _PROVES]
        if declarations:
            named = [c for c in declarations if declared_name(text, c) == name]
            return _after_statement(text, (named or declarations)[-1])
        commands = [c for c in split(text) if c.keyword in _DROPPED and c.known]
        for command in reversed(commands):
            text = text[: command.start] + text[command.end :]
        return _body(text)
    except GoalError:
        return ""  # cut off in the middle of a comment or string


def _after_statement(text: str, command: Command) -> str:
    stop = statement_stop(text, command)
    rest = text[stop : command.end]
    if not rest.startswith(":="):
        return ""
    return _body(rest[2:])


def _body(text: str) -> str:
    """`text` as tactics: without the `:=` and `by` that lead to them; a term is given to `exact`."""
    text = re.sub(r"^\s*:=", "", text)
    words = code(text)
    first = next(words, None)
    if first is None:
        return ""
    if first.text == "by":
        return hanging(text[first.end :])
    block = dedented(text)
    if first.text in ("fun", "λ", "⟨", "@") or block.startswith("(by"):
        return one_tactic("exact " + block)
    return block


def _from_json(text: str) -> list[str] | None:
    """The strings of a JSON answer in the order of their likelihood; None where the text is no JSON of ours."""
    fenced = [m[3] for m in _FENCE.finditer(text) if m[2].lower() == "json"]
    inline = text[text.find("{") : text.rfind("}") + 1]
    for candidate in [*fenced, text, inline]:
        stripped = candidate.strip()
        if not stripped.startswith(("{", "[")) or not stripped.endswith(("}", "]")):
            continue
        try:
            found = _strings(json.loads(stripped), 0)
        except (ValueError, RecursionError):
            continue
        if found:
            return found
    return None


def _strings(value: object, depth: int) -> list[str]:
    """Strings that a JSON value offers as Lean text: under the names that models use, or in lists."""
    if isinstance(value, str):
        return [_encodable(value)]
    if depth > 4:
        return []
    if isinstance(value, list):
        return [text for item in value for text in _strings(item, depth + 1)]
    if isinstance(value, dict):
        keys = ("tactics", "tactic", "candidates", "proofs", "proof", "lean", "code", "answer", "steps")
        return next((found for key in keys if key in value and (found := _strings(value[key], depth + 1))), [])
    return []


def _listed(text: str, *, fenced: bool) -> list[str]:
    """The tactics of a list, a line each; a fence in which no line has a mark may hold one tactic of many lines."""
    lines = [line for line in _TAG.sub("", text).split("\n") if line.strip()]
    marked = any(_MARK.match(line) for line in lines)
    found = list[str]()
    for line in lines:
        rest = _MARK.sub("", line, count=1)
        if found and line.startswith(("  ", *CONTINUES)) and not _MARK.match(line):
            found[-1] += "\n" + line
        elif fenced or not marked or _MARK.match(line):
            found.append(rest.strip())
    return [tactic for tactic in map(_unquoted, found) if fenced or _plausible(tactic)]


def _unquoted(tactic: str) -> str:
    """A tactic without the backticks around it and the remark behind these."""
    match = _QUOTED.match(tactic.strip().strip("*"))
    return match[2].strip() if match else tactic


def _plausible(tactic: str) -> bool:
    """Whether a line outside every fence may be a tactic: prose begins with a capital or ends as a sentence does."""
    match = _TACTIC_START.match(tactic)
    return match is not None and not tactic.rstrip().endswith((".", ":", "?!"))


def _shaped(tactic: str) -> str:
    """One tactic with its further lines moved in; several below each other stay a block."""
    try:
        return one_tactic(tactic) if len(list(items(tactic))) < 2 else tactic
    except GoalError:
        return one_tactic(tactic)


def _bare(tactic: str) -> str:
    """A tactic without comments and without the `by` that models like to put before it."""
    try:
        text = without_comments(tactic)
    except GoalError:
        text = tactic
    text = dedented(text)
    return hanging(text[2:]) if re.match(r"by\s", text) else text
