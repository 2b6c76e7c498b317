"""Tactics that fit a proof state: pure functions from a state to tactic texts.

Everything is read off the printed state: which hypotheses, variables, connectives and numbers the goal really has.
Nothing here knows any theorem by name except the computation rules of the core library.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from proofagent.proof.state import Hypothesis, ProofState
from proofagent.propose.premises.features import namespaces

_WORD = re.compile(r"[^\W\d][\w'✝!?]*(?:\.[^\W\d][\w'!?]*)*")
_BOOLEAN = re.compile(r"\bdecide\b|==|!=|&&|\|\||\b(?:any|all|contains|elem|is[A-Z]\w*)\b")
_FIELD = re.compile(r"\)\.([^\W\d][\w'!?]*)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_MOST_DEFINITIONS = 4
_KEYWORDS = frozenset(["fun", "if", "then", "else", "match", "with", "let", "have", "show", "from"])
_TYPES = frozenset(["Nat", "Int", "List", "Option", "Bool", "Prop", "Type", "Sort", "True", "False"])

CLOSERS = ("rfl", "omega", "decide", "simp_all", "simp", "assumption", "contradiction")
SEARCHING_CLOSERS = ("grind",)
HEAVY_CLOSERS = (
    "simp_all +arith",
    "simp +arith +decide at *",
    "grind (splits := 20) (gen := 10)",
    "norm_cast at *",
    "simp_all; grind",
    "simp_all; omega",
    "exact?",
)
HARVESTERS = ("simp? at *", "simp_all?")
SLOW_HARVESTERS = ("try?",)


def names(text: str) -> set[str]:
    """Identifiers in `text`, dotted ones whole."""
    return set(_WORD.findall(text))


def fresh(base: str, used: set[str]) -> str:
    """`base`, or `base1`, `base2` ... where it is taken; the name counts as used from then on."""
    name, number = base, 0
    while name in used:
        number += 1
        name = f"{base}{number}"
    used.add(name)
    return name


def used_names(state: ProofState) -> set[str]:
    return {h.name for h in state.main.hypotheses} | names(state.key)


def introducible(state: ProofState) -> bool:
    """Whether the target begins with binders or premises, which `intro` brings in."""
    return bool(_binders(state.main.target, set()))


def introductions(state: ProofState) -> Iterator[str]:
    """`intro` with the binders' own names; names for hypotheses that have none; `ext` and `funext`."""
    used, target = used_names(state), state.main.target
    found = _binders(target, used)
    if found:
        yield f"intro {' '.join(found)}"
    elif target.startswith("¬") or " ≠ " in target:
        yield f"intro {fresh('h', used)}"
    hidden = [h for h in state.main.hypotheses if not h.accessible and "inst" not in h.name]
    if hidden:
        yield f"rename_i {' '.join(fresh(h.name.split('✝')[0], used) for h in hidden)}"
    if re.search(r"^fun |= fun |: .*→", target):
        yield f"funext {fresh('x', used)}"
    if " = " in target:
        yield f"ext {fresh('x', used)}"


def partial_introductions(state: ProofState) -> Iterator[str]:
    """`intro` with the first of several binders only: an induction that keeps the others general begins like that."""
    found = _binders(state.main.target, used_names(state))
    if len(found) > 1:
        yield f"intro {found[0]}"


def one_shots(state: ProofState, lemmas: Sequence[str] = ()) -> Iterator[str]:
    """Induction or cases on each variable where `simp_all` closes every case, by `lemmas` and what the target names."""
    listed = f" [{', '.join(lemmas)}]" if lemmas else ""
    target = names(state.main.target)
    for h in state.main.hypotheses:
        kind = h.type.partition(" ")[0]
        if not h.accessible or h.value is not None or h.name not in target:
            continue
        if kind in ("Nat", "List"):
            yield f"(induction {h.name} <;> simp_all{listed}; done)"
            if others := [v.name for v in variables(state) if v is not h and _is_data(v) and v.name in target]:
                yield f"(induction {h.name} generalizing {' '.join(others)} <;> simp_all{listed}; done)"
        elif kind in ("Option", "Bool", "Array"):
            yield f"(cases {h.name} <;> simp_all{listed}; done)"


def one_shots_unfolding(state: ProofState) -> Iterator[str]:
    """As `one_shots`, with the definitions that the target names, and the cases of what these look at."""
    if found := list(islice(_definitions(state), _MOST_DEFINITIONS)):
        for tactic in one_shots(state, found):
            yield tactic
            yield tactic.replace("; done)", " <;> split <;> simp_all; done)")


def variables(state: ProofState) -> list[Hypothesis]:
    """The hypotheses that a tactic can name, without those of `let`."""
    return [h for h in state.main.hypotheses if h.accessible and h.value is None]


def connectives(state: ProofState) -> Iterator[str]:
    """What the target's shape asks for."""
    target = state.main.target
    if " ∧ " in target or " ↔ " in target:
        yield "constructor"
    if " ∨ " in target:
        yield "left"
        yield "right"
    if target.startswith("∃"):
        for term in (*(h.name for h in state.main.hypotheses if h.accessible and h.type in ("Nat", "Int")), "0", "1"):
            yield f"refine ⟨{term}, ?_⟩"
        yield "constructor"
    if _BOOLEAN.search(target) and " = " in target:
        yield "rw [Bool.eq_iff_iff]"
    if re.search(r"\bif\b|\bmatch\b", state.main.text):
        yield "split"
        yield "split at *"


def eliminations(state: ProofState) -> Iterator[str]:
    """Taking hypotheses apart, by the shape of their types."""
    used = used_names(state)
    for h in propositions(state):
        if _top(h.type, "∧"):
            yield f"obtain ⟨{fresh(h.name, set(used))}, {fresh(h.name + 'r', set(used))}⟩ := {h.name}"
        elif h.type.startswith("∃"):
            yield f"obtain ⟨{fresh('w', set(used))}, {fresh('hw', set(used))}⟩ := {h.name}"
        elif _top(h.type, "∨"):
            yield f"rcases {h.name} with {h.name} | {h.name}"
        elif _top(h.type, "↔"):
            yield f"obtain ⟨{fresh(h.name, set(used))}, {fresh(h.name + 'r', set(used))}⟩ := {h.name}"
        elif _top(h.type, "="):
            yield f"subst {h.name}"
        if h.type.startswith("¬") or h.type == "False":
            yield f"exact absurd ‹_› {h.name}"


def case_analyses(state: ProofState) -> Iterator[str]:
    """Cases and induction on the variables of the goal, the ones in the target first."""
    used, target = used_names(state), names(state.main.target)
    known = variables(state)
    for h in sorted(known, key=lambda h: h.name not in target):
        free = set(used)
        first, rest, step = fresh("a", free), fresh("as", free), fresh("ih", free)
        match h.type.partition(" ")[0]:
            case "Nat":
                n = fresh("n", free) if h.name != "n" else "n"
                yield f"induction {h.name} with | zero => ?_ | succ {n} {step} => ?_"
                yield f"cases {h.name} with | zero => ?_ | succ {n} => ?_"
                yield f"induction {h.name} using Nat.strongRecOn with | ind {n} {step} => ?_"
            case "Int":
                yield f"cases {h.name} with | ofNat {fresh('n', free)} => ?_ | negSucc {fresh('m', free)} => ?_"
            case "List":
                yield f"induction {h.name} with | nil => ?_ | cons {first} {rest} {step} => ?_"
                yield f"cases {h.name} with | nil => ?_ | cons {first} {rest} => ?_"
                if others := [v.name for v in known if v is not h and _is_data(v) and v.name in target]:
                    yield (
                        f"induction {h.name} generalizing {' '.join(others)} with "
                        f"| nil => ?_ | cons {first} {rest} {step} => ?_"
                    )
            case "Option":
                yield f"cases {h.name} with | none => ?_ | some {first} => ?_"
            case "Bool":
                yield f"cases {h.name} with | false => ?_ | true => ?_"
            case _:
                if _is_data(h) and not h.type.startswith(("Type", "Sort", "Prop")) and "→" not in h.type:
                    yield f"induction {h.name}"
                    yield f"cases {h.name}"
                elif h.type == "Prop":
                    yield f"by_cases {fresh('h' + h.name, free)} : {h.name}"


def rewrites(state: ProofState) -> Iterator[str]:
    """Rewriting the target with hypotheses, in both directions, and the hypotheses with each other."""
    target = names(state.main.target)
    equations = [h for h in propositions(state) if " = " in h.type or " ↔ " in h.type]
    for h in equations:
        if names(h.type) & target or h.type.startswith("∀"):
            yield f"rw [{h.name}]"
            yield f"rw [← {h.name}]"
    for h in equations:
        yield f"simp only [{h.name}]"
        yield f"simp [{h.name}] at *"
    for h in propositions(state):
        if "→" in h.type or h.type.startswith(("∀", "¬")):
            yield f"apply {h.name}"


def unfoldings(state: ProofState) -> Iterator[str]:
    """Definitions that the target names, opened by `simp`, `grind` and `unfold`."""
    found = list(islice(_definitions(state), _MOST_DEFINITIONS))
    if not found:
        return
    listed = ", ".join(found)
    yield f"simp [{listed}]"
    yield f"simp_all [{listed}]"
    yield f"grind [{listed}]"
    yield f"simp_all [{listed}]; omega"
    for name in found:
        yield f"unfold {name}"
        yield f"simp [{name}]"
        yield f"rw [{name}]"


def _definitions(state: ProofState) -> Iterator[str]:
    """Words of the target that may be definitions; of `t.size`, where `t` is a hypothesis, the last component."""
    local = {h.name for h in state.main.hypotheses}
    bound = set(re.findall(r"[∀∃λ(] ?([^\W\d]\w*)", state.main.target))
    bound |= {name for binders in re.findall(r"fun ([^=(]*)=>", state.main.target) for name in binders.split()}
    seen: set[str] = set()
    for space, field in product(namespaces(state.main.target), dict.fromkeys(_FIELD.findall(state.main.target))):
        yield f"{space}.{field}"
    for word in _WORD.findall(state.main.target):
        head, _, last = word.partition(".")
        name = last.rpartition(".")[2] if head in local and last else word
        if name and name not in local | bound | seen | _KEYWORDS | _TYPES:
            seen.add(name)
            yield name


def instances(state: ProofState) -> Iterator[str]:
    """General hypotheses at the numbers and terms that the goal mentions."""
    numbers = sorted({int(n) for n in _NUMBER.findall(state.main.text) if len(n) < 4})
    terms = [h.name for h in state.main.hypotheses if h.accessible and h.type in ("Nat", "Int")]
    for h in propositions(state):
        if h.type.startswith("∀"):
            yield f"have {fresh('hs', used_names(state))} := {h.name}"
            for term in islice((*terms, *map(str, numbers)), 8):
                yield f"have {fresh('hs', used_names(state))} := {h.name} {term}"


def contradictions(state: ProofState) -> Iterator[str]:
    """The negated target as a hypothesis; and, where anything is supposed at all, `False` as the target."""
    if state.main.target != "False" and not state.main.target.startswith("∀"):
        yield "apply Classical.byContradiction; intro hc"
        if propositions(state):
            yield "exfalso"


def _binders(target: str, used: set[str]) -> list[str]:
    """Names for what `intro` brings in from the front of `target`; hypotheses of implications are `h`."""
    found: list[str] = []
    rest = target
    while match := re.match(r"∀ (.*?), ", rest, re.DOTALL):
        inside = match[1]
        plain = _named(inside) or re.split(r"[:<>≤≥∈]", inside)[0].split()
        found += [fresh(n.split("✝")[0], used) for n in plain]
        if not inside.startswith(("(", "{", "⦃", "[")) and re.search(r"[<>≤≥∈]", inside):
            found.append(fresh("h", used))
        rest = rest[match.end() :]
    for _ in range(_arrows(rest)):
        found.append(fresh("h", used))
    return found


def _named(binders: str) -> list[str]:
    """The names that binders in brackets bring in; `[C a]` brings in an instance without one."""
    found: list[str] = []
    depth, start = 0, 0
    for place, char in enumerate(binders):
        if char in "({⦃[":
            depth += 1
            start = place if depth == 1 else start
        elif char in ")}⦄]":
            depth -= 1
            if depth == 0:
                names_, colon, _ = binders[start + 1 : place].partition(" : ")
                found += names_.split() if colon else ["inst"]
    return found


def _arrows(text: str) -> int:
    depth, count = 0, 0
    for char in text:
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if depth == 0 and char in "∃λ∧∨↔":
            break
        count += depth == 0 and char == "→"
    return count


def _top(text: str, connective: str) -> bool:
    """True where `connective` stands in `text` outside brackets and no weaker one does."""
    depth, found = 0, set()
    for char in text:
        depth += (char in "([{⟨") - (char in ")]}⟩")
        if depth == 0 and char in "∀∃→↔∨∧=≠<>≤≥∣":
            found.add(char)
    order = "∀∃→↔∨∧"
    weaker = order[: order.index(connective)] if connective in order else order
    return connective in found and not found & set(weaker)


def propositions(state: ProofState) -> list[Hypothesis]:
    return [h for h in state.main.hypotheses if h.accessible and not _is_data(h)]


def _is_data(h: Hypothesis) -> bool:
    """A guess by shape: propositions show a relation, a connective or a quantifier."""
    return not re.search(r"[=≠<>≤≥∣∈∧∨¬↔∀∃]|\bTrue\b|\bFalse\b|\b(?:Nodup|Pairwise|Perm)\b", h.type)
