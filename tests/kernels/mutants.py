"""Proofs changed by chance, as lines of Lean's export format: most are proofs no more, and kernels have to see it."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Line = dict
_CHILDREN = {
    "app": ("fn", "arg"),
    "lam": ("type", "body"),
    "forallE": ("type", "body"),
    "letE": ("type", "value", "body"),
    "proj": ("struct",),
}
_STOP = 0.3
"""How likely a walk down a term ends at a place that could be changed, where there are others below it."""


@dataclass(frozen=True)
class Mutant:
    """A theorem `name` that was `of`, with one place of its proof changed in the way of `kind`."""

    name: str
    of: str
    kind: str


@dataclass
class Proofs:
    """An export, and what is added to it."""

    lines: list[str]
    names: list[str] = field(default_factory=lambda: [""])
    levels: int = 1
    terms: list[tuple[str, object]] = field(default_factory=list)
    theorems: dict[str, Line] = field(default_factory=dict)
    params: dict[int, int] = field(default_factory=dict)
    """By the number of a recursor's name: the place of its motive among its arguments."""

    @classmethod
    def read(cls, text: str, new: tuple[str, ...]) -> "Proofs":
        """Of the theorems, those called `new` are changed."""
        made = cls(text.splitlines())
        for line in map(json.loads, made.lines):
            if "in" in line:
                part = line.get("str") or line["num"]
                made.names.append(
                    ".".join(filter(None, (made.names[part["pre"]], str(part.get("str", part.get("i"))))))
                )
            elif "il" in line:
                made.levels += 1
            elif "ie" in line:
                [(word, what)] = [(word, what) for word, what in line.items() if word != "ie"]
                made.terms.append((word, what))
            elif "thm" in line and made.names[line["thm"]["name"]] in new:
                made.theorems[made.names[line["thm"]["name"]]] = line["thm"]
            elif "inductive" in line:
                made.params |= {rec["name"]: rec["numParams"] for rec in line["inductive"]["recs"]}
        return made

    def add(self, word: str, what: object) -> int:
        self.terms.append((word, what))
        self.lines.append(json.dumps({word: what, "ie": len(self.terms) - 1}))
        return len(self.terms) - 1

    def level_above(self, level: int) -> int:
        self.lines.append(json.dumps({"succ": level, "il": self.levels}))
        self.levels += 1
        return self.levels - 1

    def name(self, text: str) -> int:
        self.lines.append(json.dumps({"str": {"pre": 0, "str": text}, "in": len(self.names)}))
        self.names.append(text)
        return len(self.names) - 1

    def children(self, at: int) -> Iterator[tuple[str, int]]:
        word, what = self.terms[at]
        return ((key, what[key]) for key in _CHILDREN.get(word, ()))

    def head(self, at: int) -> tuple[int | None, int]:
        """The constant that is applied at a place, by the number of its name, and to how many arguments."""
        count = 0
        while self.terms[at][0] == "app":
            at, count = self.terms[at][1]["fn"], count + 1
        word, what = self.terms[at]
        return (what["name"] if word == "const" else None), count


def changed(proofs: Proofs, chance: random.Random, count: int) -> list[Mutant]:
    """Add `count` mutants to `proofs`, each a theorem of its own at the end."""
    made, places = list[Mutant](), dict[str, dict[int, bool]]()
    for kind in KINDS:
        places[kind] = {}
        for theorem in proofs.theorems.values():
            for where in ("type", "value"):
                _look(proofs, kind, theorem[where], places[kind])
    while len(made) < count:
        of, kind = chance.choice(list(proofs.theorems)), chance.choice(list(KINDS))
        theorem, where = proofs.theorems[of], "type" if chance.random() < 0.15 else "value"
        if places[kind][theorem[where]]:
            root = _walk(proofs, chance, theorem[where], kind, places[kind])
            number = proofs.name(f"mutant{len(made)}_{kind}")
            proofs.lines.append(json.dumps({"thm": theorem | {"name": number, "all": [number], where: root}}))
            made.append(Mutant(proofs.names[number], of, kind))
    return made


def _look(proofs: Proofs, kind: str, root: int, known: dict[int, bool]) -> None:
    """Whether there are places for `kind` at or below each place of a term."""
    todo = [root]
    while todo:
        at = todo[-1]
        inner = [child for _, child in proofs.children(at)]
        if unknown := [child for child in inner if child not in known]:
            todo += unknown
            continue
        known[at] = FITS[kind](proofs, at) or any(known[child] for child in inner)
        todo.pop()


def _walk(proofs: Proofs, chance: random.Random, root: int, kind: str, known: dict[int, bool]) -> int:
    """The number of a copy of `root` with one place changed."""
    path, at = list[tuple[int, str]](), root
    while True:
        below = [(key, child) for key, child in proofs.children(at) if known[child]]
        if FITS[kind](proofs, at) and (not below or chance.random() < _STOP):
            break
        key, child = chance.choice(below)
        path.append((at, key))
        at = child
    new = KINDS[kind](proofs, chance, at)
    for above, key in reversed(path):
        word, what = proofs.terms[above]
        new = proofs.add(word, what | {key: new})
    return new


def _bound(proofs, chance, at):
    index = proofs.terms[at][1]
    return proofs.add("bvar", index + 1 if index == 0 or chance.random() < 0.5 else index - 1)


def _universe(proofs, chance, at):
    word, what = proofs.terms[at]
    if word == "sort":
        return proofs.add("sort", proofs.level_above(what))
    place = chance.randrange(len(what["us"]))
    level = 0 if chance.random() < 0.5 and what["us"][place] else proofs.level_above(what["us"][place])
    return proofs.add("const", what | {"us": [*what["us"][:place], level, *what["us"][place + 1 :]]})


def _swapped(proofs, _chance, at):
    outer = proofs.terms[at][1]
    inner = proofs.terms[outer["fn"]][1]
    return proofs.add("app", {"fn": proofs.add("app", {"fn": inner["fn"], "arg": outer["arg"]}), "arg": inner["arg"]})


def _dropped(proofs, _chance, at):
    word, what = proofs.terms[at]
    return what["body"] if word == "lam" else what["fn"]


def _literal(proofs, chance, at):
    word, what = proofs.terms[at]
    if word == "strVal":
        return proofs.add(word, what + "x")
    return proofs.add(word, str(int(what) + 1 if what == "0" or chance.random() < 0.5 else int(what) - 1))


def _motive(proofs, chance, at):
    """The motive gives `Prop` everywhere, or what the type of its own binder is."""
    outer = proofs.terms[at][1]
    word, what = proofs.terms[outer["arg"]]
    body = proofs.add("sort", 0) if chance.random() < 0.5 else what["type"]
    return proofs.add("app", outer | {"arg": proofs.add(word, what | {"body": body})})


def _is_motive(proofs, at):
    word, what = proofs.terms[at]
    if word != "app" or proofs.terms[what["arg"]][0] != "lam":
        return False
    name, count = proofs.head(what["fn"])
    return name in proofs.params and proofs.params[name] == count


def _is_swap(proofs, at):
    word, what = proofs.terms[at]
    if word != "app" or proofs.terms[what["fn"]][0] != "app":
        return False
    return proofs.terms[what["fn"]][1]["arg"] != what["arg"]


def _is_universe(proofs, at):
    word, what = proofs.terms[at]
    return word == "sort" or (word == "const" and bool(what["us"]))


KINDS: dict[str, Callable[[Proofs, random.Random, int], int]] = {
    "bound": _bound,
    "universe": _universe,
    "swapped": _swapped,
    "dropped": _dropped,
    "literal": _literal,
    "motive": _motive,
}
FITS: dict[str, Callable[[Proofs, int], bool]] = {
    "bound": lambda proofs, at: proofs.terms[at][0] == "bvar",
    "universe": _is_universe,
    "swapped": _is_swap,
    "dropped": lambda proofs, at: proofs.terms[at][0] in ("app", "lam"),
    "literal": lambda proofs, at: proofs.terms[at][0] in ("natVal", "strVal"),
    "motive": _is_motive,
}
