"""Proof states as Lean prints them: the goals that a tactic left, each with its hypotheses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# `?x`, `?m.12`, `?refine_1.a`, but not the mark at the end of `head?` or `xs[i]?`.
_METAVARIABLE = re.compile(r"(?<![\w!?'\])}⟩])\?[^\W\d]\w*")
# Names, of which `«a b»` may hold spaces and colons, then the type.
_NAME = re.compile(r"(?:[^\s:«]|«[^»]*»)+")
_NAMES = re.compile(rf"((?:{_NAME.pattern} )+): ?(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A local hypothesis or variable; `name` ends in ✝ where no tactic can name it. `value` is that of a `let`."""

    name: str
    type: str
    value: str | None = None

    @property
    def accessible(self) -> bool:
        return "✝" not in self.name


@dataclass(frozen=True)
class OpenGoal:
    """One goal of a proof state. `case` is its tag, for people; two goals that differ in it alone are equal."""

    hypotheses: tuple[Hypothesis, ...]
    target: str
    case: str = ""

    @cached_property
    def text(self) -> str:
        """The goal as Lean prints it, without its tag, on normalised lines."""
        lines = [f"{h.name} : {h.type}" + (f" := {h.value}" if h.value is not None else "") for h in self.hypotheses]
        return "\n".join([*lines, f"⊢ {self.target}"])

    @cached_property
    def facts(self) -> frozenset[tuple[str, str, str | None]]:
        """The hypotheses, each once, whether or not a later one of the same name hides it."""
        return frozenset((h.name.partition("✝")[0], h.type, h.value) for h in self.hypotheses)

    @property
    def has_metavariable(self) -> bool:
        return _METAVARIABLE.search(self.text) is not None


@dataclass(frozen=True)
class ProofState:
    """The goals at one place of a script that have to be worked on together.

    One goal, as a rule. Goals that share a metavariable stay together: assigning it in one changes the other.
    """

    goals: tuple[OpenGoal, ...]

    @cached_property
    def key(self) -> str:
        """Equal keys, equal work: hypotheses with their names and order, and targets; tags do not count."""
        return "\n\n".join(goal.text for goal in self.goals)

    @property
    def main(self) -> OpenGoal:
        return self.goals[0]

    @property
    def coupled(self) -> bool:
        return len(self.goals) > 1 or self.main.has_metavariable

    def repeats(self, before: "ProofState") -> bool:
        """Whether this is the goal `before` with nothing but more hypotheses that repeat others, names and all.

        That is what is left by a `have` that was there already: the old one is out of reach now, ✝.
        """
        if len(self.goals) != 1 or len(before.goals) != 1 or self.main.target != before.main.target:
            return False
        more = len(self.main.hypotheses) > len(before.main.hypotheses)
        return more and self.main.facts == before.main.facts

    def split(self) -> tuple["ProofState", ...]:
        """The independent parts: one a goal, or all together where any metavariable is left (never split those)."""
        if any(goal.has_metavariable for goal in self.goals):
            return (self,)
        return tuple(ProofState((goal,)) for goal in self.goals)


def parse_goals(text: str) -> tuple[OpenGoal, ...]:
    """Read what `trace_state` prints. Lines that are no goal are left out; "no goals" gives the empty tuple."""
    return tuple(goal for block in _blocks(text) if (goal := _goal(block)) is not None)


def _blocks(text: str) -> Iterator[list[str]]:
    """Goals are separated by empty lines; an entry that is continued is indented on its further lines."""
    block: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            if block:
                yield block
            block = []
        elif line.startswith(" ") and block:
            block[-1] += " " + line.strip()
        else:
            block.append(line.rstrip())
    if block:
        yield block


def _goal(entries: list[str]) -> OpenGoal | None:
    case, target = "", None
    hypotheses: list[Hypothesis] = []
    for entry in entries:
        if entry.startswith("case ") and not hypotheses:
            case = entry[5:]
        elif entry.startswith(("⊢", "|-")):
            target = entry.removeprefix("⊢").removeprefix("|-").strip()
        elif match := _NAMES.match(entry):
            type_, value = _type_and_value(match[2])
            hypotheses += [Hypothesis(name, type_, value) for name in _NAME.findall(match[1])]
    return None if target is None else OpenGoal(tuple(hypotheses), target, case)


def _type_and_value(text: str) -> tuple[str, str | None]:
    """Split `Nat := 5` of a `let` variable; the `:=` of a `let` inside the type, or of `(x := 5)`, splits nothing."""
    brackets, lets = 0, 0
    for match in re.finditer(r"[(\[{⟨]|[)\]}⟩]|\b(?:let|let_fun|have)\b| := ", text):
        part = match[0]
        if part == " := ":
            if not brackets and not lets:
                return text[: match.start()], text[match.end() :] or None
            lets = max(0, lets - 1)
        elif part[0] in "lh":
            lets += 1
        else:
            brackets += 1 if part in "([{⟨" else -1
    return text, None
