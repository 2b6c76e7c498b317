"""The parts of an answer that may be Lean: fences, strings of JSON, or all of it.

Models indent fences and forget to close them, break JSON off, and put either into the other. An answer is read in one
pass, whatever is in it: every repetition in a pattern below is possessive or bounded, or begins in one place only.
"""

import json
import re
from typing import Literal, NamedTuple

from proofagent.propose.blocks import dedented
from proofagent.propose.prose import MARK, without_prose

MOST_CHARACTERS = 60_000
_MOST_DEPTH = 3
"""JSON in a fence in a string of JSON: deeper than that is nobody's answer."""
_THOUGHT = re.compile(r"<(/?)(think|thinking|thought|reasoning)>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(?:lean4?|proof|answer|tactics?|code)>", re.IGNORECASE)

_TICKS = re.compile(r"(`{3,}+)|^ *+(~{3,}+)(?= *+\w*+ *+$)")  # `~~~x` is a term, too
_INFO = re.compile(r"[ {.]*+([\w+.-]*+)")
_CERTAIN = frozenset(["lean", "lean4", "lean3", "tactic", "tactics"])
_PERHAPS = frozenset(["", "text", "plaintext", "txt"])
_NO_FENCE = frozenset(["markdown", "md"])
"""What stands in such a fence is an answer as if it stood in none."""

_JSON_START = re.compile(r"""\{\s*+["']|^ *+\[\s*+["'{\[]""", re.MULTILINE)
_EMPTY_JSON = frozenset(["{}", "[]", "null"])
_JSON_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:(")(\s*+:)?+|\\?\Z)|[{}\[\]]', re.DOTALL)
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])?+')
_KEYS = (
    *("tactics", "tactic", "candidates", "proofs", "proof", "lean_proof", "formal_proof", "lean4", "lean"),
    *("lean_code", "code", "solution", "answer", "steps", ""),
)
"""The names that models give to Lean text, the surest first; "" for a list that stands under no name."""


class Piece(NamedTuple):
    """A part of an answer that may be Lean."""

    text: str
    kind: Literal["prose", "fence", "string"]
    """Whether it stood in no fence, in a fence, or in JSON, where each string is one proof or one tactic."""


def cleaned(answer: str) -> str:
    """The beginning of `answer` without what models think, with plain line ends and blanks, and without tags."""
    text = _encodable(answer[:MOST_CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n")
    text = text.expandtabs(2).replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    return _TAG.sub(lambda tag: "\n" if tag[1] else "", _without_thoughts(text))


def _encodable(text: str) -> str:
    """`text` with a question mark for every half of a surrogate pair: no file can hold one."""
    return text.encode("utf-8", "replace").decode()


def _without_thoughts(text: str) -> str:
    """`text` without what stands in `<think>` and its like. Where these only end, they began with the answer."""
    kept, at, inside = list[str](), 0, ""
    for tag in _THOUGHT.finditer(text):
        closing, name = tag[1], tag[2].lower()
        if inside and not (closing and name == inside):
            continue
        if inside or closing:
            inside, kept = "", kept if inside else []
        else:
            inside = name
            kept.append(text[at : tag.start()])
        at = tag.end()
    return "".join(kept) if inside else "".join([*kept, text[at:]])


def pieces(text: str, kind: Literal["prose", "fence", "string"] = "prose", depth: int = 0) -> list[Piece]:
    """The parts of `text` that may be Lean, in their order: strings of JSON and fences, or else all that is no JSON."""
    if depth > _MOST_DEPTH:
        return []
    strings = list[str]()
    if _is_json(text):
        strings, text = _json(text)
    found = list[Piece]()
    if not strings:
        fences, outside = _cut(text)
        for tag, body in fences:
            if "```" in body or _is_json(body):
                found += pieces(body, "fence", depth + 1)
            elif tag in _CERTAIN or (tag in _PERHAPS and without_prose(body).strip()):
                found.append(Piece(body, "string" if kind == "string" else "fence"))
        if not found:
            strings, rest = _json(outside)
            found = [] if strings else [Piece(rest, kind)]
    for string in strings:
        found += pieces(cleaned(string), "string", depth + 1)
    return found


def _cut(text: str) -> tuple[list[tuple[str, str]], str]:
    """The fences of `text` as tag and body, in their order, and what stands in none.

    Models indent fences, put them behind a number, close them at the end of a line, or forget to close them. No text
    of Lean has three backticks, so inside of a fence they end it, and begin another one where a tag follows.
    """
    fences, outside = list[tuple[str, str]](), list[str]()
    tag, ticks, body = "", "", list[str]()
    for line in text.split("\n"):
        found = _TICKS.search(line)
        fence = found[1] or found[2] if found else ""
        before, after = (line[: found.end() - len(fence)], line[found.end() :]) if found else (line, "")
        info = _INFO.match(after)
        word = info[1].lower() if info else ""
        if ticks:
            if not fence.startswith(ticks):
                body.append(line)
                continue
            fences.append((tag, dedented("\n".join([*body, before]))))
            ticks, body = "", []
            if before.strip() or not word:
                continue
        alone = not before.strip() or MARK.fullmatch(before) is not None
        if not fence or not (alone or word in _CERTAIN):
            outside.append(line)
        elif fence in after:  # it ends in the line in which it begins
            inside = after.partition(fence)[0]
            fences.append(("lean", inside[info.end() :] if info and word in _CERTAIN else inside))
        elif word not in _NO_FENCE:
            tag, ticks = word, fence
            outside.append("" if alone else before)
    if ticks:
        fences.append((tag, dedented("\n".join(body))))
    return [(tag, body) for tag, body in fences if body.strip()], "\n".join(outside)


def _is_json(text: str) -> bool:
    """Whether `text` begins like JSON and unlike Lean."""
    text = text.strip()
    return text in _EMPTY_JSON or _is_string(text) or _JSON_START.match(text) is not None


def _is_string(text: str) -> bool:
    return len(text) > 1 and text.startswith('"') and text.endswith('"')


def _json(text: str) -> tuple[list[str], str]:
    """The strings that JSON in `text` offers as Lean, under the surest of its names; and `text` without its JSON."""
    found, rest, at = dict[str, list[str]](), list[str](), 0
    if text.strip() in _EMPTY_JSON:
        return [], ""
    if _is_string(text.strip()):
        text = f"[{text.strip()}]"
    while begin := _JSON_START.search(text, at):
        rest.append(text[at : begin.start()])
        at = _read_json(text, begin.start(), found)
    rest.append(text[at:])
    return next((found[key] for key in _KEYS if key in found), []), "\n".join(rest)


def _read_json(text: str, start: int, found: dict[str, list[str]]) -> int:
    """Puts the strings of the JSON that begins at `start` into `found`, by the name nearest to each; where it ends.

    Nothing is asked of it but its brackets and its strings, so it may be broken off anywhere.
    """
    names: list[str | None] = []  # for each open bracket the name in force in it; an object begins with none
    for token in _JSON_TOKEN.finditer(text, start):
        if token[0] == "[":
            names.append(names[-1] if names else "")
        elif token[0] == "{":
            names.append(None)
        elif token[1] is None:
            names.pop()
            if not names:
                return token.end()
        elif token[3]:
            names[-1] = _decoded(token[1]).strip().lower()
        elif token[2] and (name := names[-1]) is not None:
            found.setdefault(name, []).append(_decoded(token[1]))
    return len(text)


def _decoded(string: str) -> str:
    """The text of a string of JSON. A backslash that escapes nothing (`A \\ B`) is meant as one."""
    escaped = _ESCAPE.sub(lambda escape: escape[0] if escape[1] else r"\\", string)
    return str(json.loads(f'"{escaped}"', strict=False))
