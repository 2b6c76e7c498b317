"""Passes that write terms with fewer tokens: without brackets, without names that are known, without steps."""

from collections.abc import Iterator, Sequence

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token
from proofagent.goals.tactics import Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script
from proofagent.minimize.passes.reading import bracketed, brackets, closing, items, text_of

_BEFORE_TERM = frozenset(
    ["exact", "apply", "refine", "(", "⟨", "[", ",", ":=", "=>", "<|", "←", "using", "from", "at", "show"]
)
"""Words behind which a term begins."""
_CONSTRUCTORS = frozenset(["inl", "inr", "intro", "mk", "refl", "succ"])
_NO_ARGUMENT = frozenset(["with", "at", "using", "from", "only", "then", "else", "do", "by", "fun", "in"])


def pipes(script: Script) -> Iterator[Edits]:
    """`f (g x)` becomes `f <| g x` where nothing follows; `f (fun x => t)` needs no bracket at all."""
    words = script.tokens
    ends = {tactic.end for tactic in tactics(script.tree)}
    for first, index in brackets(words):
        word = words[index]
        last = word.end in ends or words[index + 1 : index + 2] == () or _closes(words[index + 1])
        if words[first].text == "(" and word.text == ")" and last and first and _is_argument(words[first - 1]):
            pipe = "<|" if words[first - 1].end < words[first].start else " <|"
            yield Edit(words[first].start, words[first].end, f"{pipe} "), Edit(word.start, word.end)


def _closes(word: Token) -> bool:
    return DEPTH.get(word.text, 0) < 0 or word.text in (",", ";", "<;>")


def _is_argument(before: Token) -> bool:
    """Whether what follows a token is its argument, or may be."""
    is_name = before.kind is Kind.IDENTIFIER and before.text not in _BEFORE_TERM | _NO_ARGUMENT
    return is_name or before.text in (")", "⟩", "_")


def dots(script: Script) -> Iterator[Edits]:
    """`Eq.symm h` becomes `h.symm`; with several arguments, the first that is a name may be before the dot."""
    words = script.tokens
    for at in range(1, len(words) - 1):
        function, argument = words[at], words[at + 1]
        parts = function.text.split(".")
        if (
            len(parts) < 2
            or parts[-1] in _CONSTRUCTORS
            or not parts[0][:1].isupper()
            or argument.kind is not Kind.IDENTIFIER
        ):
            continue
        if words[at - 1].text in _BEFORE_TERM and argument.text not in _BEFORE_TERM | _NO_ARGUMENT:
            yield (Edit(function.start, argument.end, f"{argument.text}.{parts[-1]}"),)


def plain_shows(script: Script) -> Iterator[Edits]:
    """`show P from t` and `show P by t` become `t` and `by t`."""
    words = script.tokens
    for at, word in enumerate(words):
        if word.text not in ("show", "suffices"):
            continue
        depth = 0
        for index in range(at + 1, len(words)):
            depth += DEPTH.get(words[index].text, 0)
            if depth < 0 or words[index].text in (":=", ";", "=>"):
                break
            if depth == 0 and words[index].text in ("from", "by"):
                if word.text == "show" and index + 1 < len(words):
                    begin = index + (words[index].text == "from")
                    yield (Edit(word.start, words[begin].start),)
                break


def brackets_for_intro(script: Script) -> Iterator[Edits]:
    """`Iff.intro (a) (b)` becomes `⟨a, b⟩`."""
    words = script.tokens
    for at, word in enumerate(words[:-4]):
        if not word.text.endswith((".intro", ".mk")) or word.kind is not Kind.IDENTIFIER:
            continue
        parts, end = list[str](), at + 1
        while end < len(words) and words[end].text in ("(", "⟨"):
            stop, _ = closing(words, end)
            if stop is None:
                break
            inner = words[end + 1 : stop] if words[end].text == "(" else words[end : stop + 1]
            parts.append(text_of(script, inner))
            end = stop + 1
        if len(parts) > 1:
            yield (Edit(word.start, words[end - 1].end, f"⟨{', '.join(parts)}⟩"),)


def calc_steps(script: Script) -> Iterator[Edits]:
    """`calc` becomes what proves its steps: one rewriting, one `simp`, or terms joined by `trans`."""
    for tactic in tactics(script.tree):
        if tactic.head != "calc":
            continue
        proofs = _steps(script, tactic)
        if not proofs:
            continue
        rules = [rule for proof in proofs for rule in _rules(script, proof)]
        if rules and all(proof[0].text != "by" or _rules(script, proof) for proof in proofs):
            joined = ", ".join(dict.fromkeys(rules))
            yield (Edit(tactic.start, tactic.end, f"rw [{', '.join(rules)}]"),)
            yield (Edit(tactic.start, tactic.end, f"simp [{joined}]"),)
            yield (Edit(tactic.start, tactic.end, f"grind [{joined}]"),)
        elif rules:
            yield (Edit(tactic.start, tactic.end, f"simp [{', '.join(dict.fromkeys(rules))}]"),)
        texts = [text_of(script, proof) for proof in proofs]
        chained = bracketed(texts[0]) + "".join(f".trans {bracketed(text)}" for text in texts[1:2])
        for text in texts[2:]:
            chained = f"({chained}).trans {bracketed(text)}"
        yield (Edit(tactic.start, tactic.end, f"exact {chained}"),)


def _steps(script: Script, tactic: Tactic) -> list[Sequence[Token]]:
    """What stands behind each `:=` of a `calc`."""
    words = script.inside(tactic.start, tactic.end)
    found, depth, began = list[Sequence[Token]](), 0, None
    for index, word in enumerate(words):
        depth += DEPTH.get(word.text, 0)
        if depth == 0 and word.text == ":=":
            began = index + 1
        elif depth == 0 and word.text == "_" and began is not None and _begins_line(script, word):
            found.append(words[began:index])
            began = None
    if began is not None:
        found.append(words[began:])
    return found if all(found) else []


def _begins_line(script: Script, word: Token) -> bool:
    return not script.text[script.text.rfind("\n", 0, word.start) + 1 : word.start].strip()


def _rules(script: Script, proof: Sequence[Token]) -> list[str]:
    """The rules with which a step rewrites; a term is one."""
    if proof[0].text != "by":
        return [text_of(script, proof)]
    opening = next((at for at, word in enumerate(proof) if word.text == "["), None)
    if len(proof) < 3 or proof[1].text not in ("rw", "simp", "grind", "exact") or opening is None:
        return [text_of(script, proof[2:])] if proof[1].text == "exact" else []
    found = items(proof, opening)
    return [text_of(script, item) for item in found[0]] if found else []
