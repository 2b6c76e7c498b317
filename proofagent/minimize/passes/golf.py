"""Passes that reviewers of proofs know: two tactics that are one, and tactics with shorter names for the same."""

from collections.abc import Iterator, Sequence

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token, column
from proofagent.goals.tactics import Block, Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, tactic_blocks
from proofagent.minimize.passes.reading import Uses, closing, have_of, items, rows, shifted, text_of

_SIMP = ("simp", "simp_all", "simpa", "grind")
_ABSORBED = frozenset(["unfold", "rw", "rewrite", "simp", "dsimp"])
_SHORTER = {
    "Or.inl": "left",
    "Or.inr": "right",
    "And.intro": "constructor",
    "Iff.intro": "constructor",
    "Exists.intro": "exists",
    "Eq.symm": "symm",
    "funext": "funext",
    "False.elim": "exfalso",
}
"""Tactics that apply a constructor or a lemma without naming it."""
_ABSURD = frozenset(["absurd", "elim", "nomatch", "noConfusion"])


def _pairs(script: Script) -> Iterator[tuple[Tactic, list[Token], Tactic, list[Token]]]:
    """Tactics that stand next to each other, with their words."""
    for block in tactic_blocks(script):
        words = [script.inside(tactic.start, tactic.end) for tactic in block.tactics]
        for at in range(len(words) - 1):
            yield block.tactics[at], words[at], block.tactics[at + 1], words[at + 1]


def closed_by_rewriting(script: Script) -> Iterator[Edits]:
    """`rw [a]; exact h` becomes `rwa [a]`; `simp at h; exact h` becomes `simpa using h`, `simp; exact h` `simpa`."""
    for first, words, second, last in _pairs(script):
        texts = [word.text for word in last]
        if texts != ["assumption"] and texts[0] != "exact":
            continue
        rest = script.text[first.start + len(first.head) : first.end]
        if first.head == "rw":
            yield (Edit(first.start, second.end, f"rwa{rest}"),)
        elif first.head == "simp":
            if " at " not in rest:
                yield (Edit(first.start, second.end, f"simpa{rest}"),)
            place = words[-2:]
            if place[0].text == "at" and texts == ["exact", place[1].text]:
                options = script.text[words[0].end : place[0].start].rstrip()
                yield (Edit(first.start, second.end, f"simpa{options} using {place[1].text}"),)


def simpa_of_haves(script: Script) -> Iterator[Edits]:
    """`have h := t; simp at h; exact h` becomes `simpa using t`."""
    for block in tactic_blocks(script):
        triples = zip(block.tactics, block.tactics[1:], block.tactics[2:], strict=False)
        for have, simp, exact in triples:
            words = script.inside(have.start, have.end)
            texts = [word.text for word in script.inside(simp.start, simp.end)]
            named = words[1].text if len(words) > 3 and words[1].text not in (":", ":=") else "this"
            term = next((at for at, word in enumerate(words) if word.text == ":="), None)
            closes = script.of(exact).split() in (["exact", named], ["assumption"])
            if have.head != "have" or simp.head != "simp" or texts[-2:] != ["at", named] or not closes or term is None:
                continue
            options = script.text[simp.start + len("simp") : simp.end].rsplit(" at ", 1)[0].rstrip()
            text = script.text[words[term].end : have.end].strip()
            yield (Edit(have.start, exact.end, f"simpa{options} using {text}"),)


def absorbed_by_simp(script: Script) -> Iterator[Edits]:
    """`unfold f; simp [a]` becomes `simp [f, a]`; so with `rw`, and with `simp only`."""
    for first, words, second, last in _pairs(script):
        if first.head not in _ABSORBED or second.head not in _SIMP:
            continue
        opening = next((at for at, word in enumerate(words) if word.text == "["), None)
        if first.head == "unfold":
            names = [word.text for word in words[1:] if word.kind is Kind.IDENTIFIER]
            names = names[: names.index("at")] if "at" in names else names
            rules = ", ".join(names)
        else:
            found = items(words, opening) if opening is not None else None
            rules = ", ".join(text_of(script, item) for item in found[0]) if found else ""
        if not rules:
            continue
        inner = next((at for at, word in enumerate(last[:3]) if word.text == "["), None)
        if inner is not None:
            yield (Edit(first.start, last[inner].end, f"{script.text[second.start : last[inner].end]}{rules}, "),)
        else:
            to = last[1].end if len(last) > 1 and last[1].text == "only" else last[0].end
            yield (Edit(first.start, to, f"{script.text[second.start : to]} [{rules}]"),)


def haves_as_rules(script: Script) -> Iterator[Edits]:
    """`have h := t; grind` becomes `grind [t]`; so with `simp`, and with several `have`s."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics):
            if script.of(tactic) not in _SIMP:
                continue
            first, rules = index, list[str]()
            while first and (have := have_of(script, block.tactics[first - 1])) is not None and not have.has_parameters:
                rules.insert(0, script.text[slice(*have.term)])
                first -= 1
                yield (Edit(block.tactics[first].start, tactic.end, f"{tactic.head} [{', '.join(rules)}]"),)


def eta(script: Script) -> Iterator[Edits]:
    """`intro x; exact f x` becomes `exact f`, and `fun x => f x` becomes `f`."""
    uses = Uses(script)
    for first, words, second, last in _pairs(script):
        if first.head != "intro" or second.head != "exact" or len(last) < 3 or len(words) < 2:
            continue
        if last[-1].text != words[-1].text or len(uses.of(words[-1].text, last[0].start, second.end)) > 1:
            continue
        gone = (first.start, second.start) if len(words) == 2 else (words[-2].end, words[-1].end)
        yield Edit(*gone), Edit(last[-2].end, second.end)
    words = list(script.tokens)
    for at, word in enumerate(words[:-5]):
        if word.text != "fun" or words[at + 2].text != "=>" or DEPTH.get(words[at + 3].text, 0) < 0:
            continue
        end, name = _term_end(words, at + 3), words[at + 1].text
        if words[end - 1].text == name and len(uses.of(name, words[at + 3].start, words[end - 1].end)) == 1:
            yield Edit(word.start, words[at + 3].start), Edit(words[end - 2].end, words[end - 1].end)


def _term_end(words: Sequence[Token], at: int) -> int:
    """The index behind a term that ends where a bracket around it or a list does."""
    depth = 0
    for index in range(at, len(words)):
        depth += DEPTH.get(words[index].text, 0)
        if depth < 0 or (depth == 0 and words[index].text in (",", ";", "<;>")):
            return index
    return len(words)


def tactics_for_terms(script: Script) -> Iterator[Edits]:
    """`exact f (by t)` becomes `apply f` and `t`, `exact ⟨a, by t⟩` becomes `exists a` and `t`, and the like."""
    for block in tactic_blocks(script):
        for tactic in block.tactics:
            if tactic.head not in ("exact", "refine"):
                continue
            words = script.inside(tactic.start, tactic.end)
            if len(words) < 3:
                continue
            if words[1].text == "fun":
                yield from _introduced(script, block, tactic, words)
            elif words[1].text == "⟨":
                yield from _constructed(script, block, tactic, words)
            else:
                yield from _applied(script, block, tactic, words)


def _introduced(script: Script, block: Block, tactic: Tactic, words: Sequence[Token]) -> Iterator[Edits]:
    """`exact fun h => by t` becomes `intro h` and `t`."""
    arrow = next((at for at, word in enumerate(words) if word.text == "=>"), None)
    if arrow is None or arrow + 2 >= len(words):
        return
    start = script.text[words[2].start : words[arrow - 1].end]
    body = words[arrow + 1 :]
    if body[0].text == "by":
        rest = shifted(script, (body[1].start, tactic.end), column(script.text, block.start))
        yield (Edit(tactic.start, tactic.end, rows(script, block, [f"intro {start}", rest])),)
    elif text_of(script, body) == "?_":
        yield (Edit(tactic.start, tactic.end, f"intro {start}"),)


def _goals(script: Script, block: Block, parts: Sequence[Sequence[Token]]) -> list[str]:
    """Terms as the tactics that prove them; those that the goals before them decide are left out."""
    lines = list[str]()
    for part in parts:
        if part[0].text == "by" and len(part) > 1:
            lines.append(shifted(script, (part[1].start, part[-1].end), column(script.text, block.start)))
        else:
            lines.append("rfl" if text_of(script, part) == "rfl" else f"exact {text_of(script, part)}")
    return lines


def _constructed(script: Script, block: Block, tactic: Tactic, words: Sequence[Token]) -> Iterator[Edits]:
    """`⟨…⟩` becomes `constructor` or `exists`, and tactics for what is left."""
    found = items(words, 1)
    if found is None:
        return
    parts, end = found[0], words[found[1]].end
    holes = [text_of(script, part) == "?_" for part in parts]
    if all(holes):
        yield from ((Edit(tactic.start, end, word),) for word in ("constructor", "and_intros"))
    if all(holes) or end != tactic.end:
        return
    if holes[-1] or parts[-1][0].text == "by" or text_of(script, parts[-1]) in ("rfl", "trivial"):
        names = ", ".join(text_of(script, part) for part in parts[:-1])
        left = [] if holes[-1] else _goals(script, block, parts[-1:])
        yield (Edit(tactic.start, tactic.end, rows(script, block, [f"exists {names}", *left])),)
        yield (Edit(tactic.start, tactic.end, f"exists {names}"),)
    if not any(holes):
        word = "constructor" if len(parts) < 3 else "and_intros"
        yield (Edit(tactic.start, tactic.end, rows(script, block, [word, *_goals(script, block, parts)])),)


def _applied(script: Script, block: Block, tactic: Tactic, words: Sequence[Token]) -> Iterator[Edits]:
    """Arguments `(by t)` and `?_` at the end of an application become goals; some functions have a tactic."""
    if len(words) > 4 and all(word.kind is Kind.IDENTIFIER for word in words[1:]):
        yield (Edit(tactic.start, tactic.end, f"apply {words[1].text} <;> assumption"),)
    parts, end = list[Sequence[Token]](), len(words)
    while end > 2:
        opening = next((at for at in range(2, end) if closing(words, at)[0] == end - 1 and words[at].text == "("), None)
        if opening is not None and words[opening + 1].text == "by" and end - opening > 3:
            parts.append(words[opening + 1 : end - 1])
            end = opening
        elif words[end - 1].text == "_" and words[end - 2].text == "?":
            end -= 2
        else:
            break
    if end < len(words):
        function = text_of(script, words[1:end])
        left = _goals(script, block, parts[::-1])
        heads = [f"apply {function}", *([_SHORTER[function]] if function in _SHORTER else [])]
        for head in heads:
            yield (Edit(tactic.start, tactic.end, rows(script, block, [head, *left])),)


def shorter_tactics(script: Script) -> Iterator[Edits]:
    """`apply Or.inl` becomes `left` and the like; `intro h; cases h` becomes `rintro ⟨⟩` or `nofun`."""
    for tactic in tactics(script.tree):
        if tactic.head in ("apply", "refine") and not tactic.blocks:
            function = script.of(tactic).split()[1:2]
            if function and function[0] in _SHORTER:
                yield (Edit(tactic.start, tactic.end, _SHORTER[function[0]]),)
    for first, words, second, last in _pairs(script):
        if first.head != "intro" or second.head not in ("cases", "contradiction", "exact", "nomatch"):
            continue
        if second.head != "exact" or any(word.text.split(".")[-1] in _ABSURD for word in last):
            yield (Edit(first.start, second.end, "nofun"),)
        if second.head == "cases" and len(last) == 2 and last[1].text == words[-1].text:
            names = "".join(f" {word.text}" for word in words[1:-1])
            yield (Edit(first.start, second.end, f"rintro{names} ⟨⟩"),)
