"""The six cheapest ways to make a proof look better, metric by metric, and what the choice then does.

`python tests/score/test_gaming.py` writes the table into docs/metrics.md; the test holds the page to it.
"""

from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from proofagent.goals.files import Source
from proofagent.goals.lexer import Lines
from proofagent.goals.outline import outline
from proofagent.lean.engines import embedded_pool
from proofagent.runs.scoring import compiled, heartbeats
from proofagent.score.choice import choose, profiles
from proofagent.score.metrics import METRICS
from proofagent.score.subject import subject

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
BEGIN, END = "<!-- table of tricks -->\n", "<!-- end of the table -->\n"
SECONDS = 240.0
BINDERS = "(first second third : Nat) (small : first < second) (large : second < third) (idle : first = first)"
STATES = "first + 1 < third ∧ second ≤ third"
PROOF = """  have middle : first + 1 ≤ second := by exact small
  constructor
  · calc first + 1 ≤ second := middle
      _ < third := large
  · have weaker := Nat.le_of_lt large
    simp [weaker]
"""


def theorem(name, proof, *, binders=BINDERS, states=STATES, before=""):
    return f"{before}theorem {name} {binders} : {states} := by\n{proof}"


SHORT = {
    "first": "a",
    "second": "b",
    "third": "c",
    "small": "f",
    "large": "g",
    "idle": "i",
    "middle": "m",
    "weaker": "w",
}


def renamed(text):
    for old, new in SHORT.items():
        text = text.replace(old, new)
    return text


TRICKS = {
    "names of one letter": theorem("rename", renamed(PROOF), binders=renamed(BINDERS), states=renamed(STATES)),
    "lines joined by `;`": theorem("join", PROOF.replace("large\n    simp", "large; simp")),
    "the body in a lemma": theorem("lemma_", PROOF)
    + theorem("move", "  exact lemma_ first second third small large idle\n"),
    "linters switched off": theorem("silence", PROOF, before="set_option linter.unusedVariables false in\n"),
    "easy steps beside": theorem("pad", "  have zero : 0 = 0 := rfl\n  have one : 1 = 1 := rfl\n  skip\n" + PROOF),
    "automation at the end": theorem("automate", PROOF.replace("    simp [weaker]\n", "    grind\n")),
}
NAMES = dict(zip(TRICKS, ("rename", "join", "move", "silence", "pad", "automate"), strict=True))
WINNER = {1: "the trick", 0: "neither", -1: "the original"}


async def measured(pool):
    """The values of every metric, by theorem."""
    text = "\n".join([theorem("base", PROOF), *TRICKS.values()])
    source = Source(Path("tricks.lean"), ("Init",), text)
    made, module = await compiled(source, pool, SECONDS)
    assert [m.text for m in made.messages if m.severity == "error"] == []
    costs = await heartbeats(source, pool, deadline=SECONDS)
    parts, lines = list(outline(text)), Lines(text)
    found = {}
    for name in ("base", *NAMES.values()):
        plain = subject(name, parts, module, made.messages, lines=lines)
        known = replace(plain, heartbeats=sum(costs[body.origin] for body in plain.bodies))
        found[name] = {metric.name: metric.measure(known) for metric in METRICS}
    return found


def table(values):
    """By metric what each trick does to it: better, worse, or the same; last what the four profiles choose."""
    lines = [f"| metric | {' | '.join(TRICKS)} |", f"|---|{'---|' * len(TRICKS)}"]
    base = values["base"]
    for metric in METRICS:
        if metric.name == "fragile":
            continue
        gains = [metric.gain(base[metric.name], values[name][metric.name]) for name in NAMES.values()]
        words = ["**better**" if gain > 0 else "worse" if gain < 0 else "same" for gain in gains]
        lines.append(f"| `{metric.name}`{' (chooses)' if metric.selects else ''} | {' | '.join(words)} |")
    for profile in profiles().values():
        made = [choose(profile, base, values[name]) for name in NAMES.values()]
        words = [WINNER[each.better] + (f" ({each.metric})" if each.metric else "") for each in made]
        lines.append(f"| profile **{profile.name}** prefers | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def values(portal, pool):
    return portal.call(measured, pool)


@pytest.mark.lean
@pytest.mark.parametrize("profile", profiles())
@pytest.mark.parametrize("trick", TRICKS)
def test_no_profile_is_fooled(profile, trick, values):
    """No trick wins over the original."""
    made = choose(profiles()[profile], values["base"], values[NAMES[trick]])
    assert made.better <= 0, made.why


@pytest.mark.lean
def test_the_page_shows_the_table(values):
    """What docs/metrics.md says of the tricks is what comes out."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == table(values)


@asynccontextmanager
async def engines():
    async with embedded_pool(size=1, spares=0) as pool:
        yield pool


async def rewrite():
    async with engines() as pool:
        made = table(await measured(pool))
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(before + BEGIN + made + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    anyio.run(rewrite)
