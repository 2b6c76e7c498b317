"""How far bloated proofs are shortened: each has a known shorter original.

    python benchmarks/quality.py (--proofs FILE.jsonl | --goals GOALS.jsonl) [--cache FILE.jsonl] [--limit 100]
                                 [--seed 0] [--json FILE]

Proofs are lines with `name`, `imports` and `text`, the whole theorem. Without --proofs, goals of --goals are proved
first, for --seconds each, and written to --cache, which is read where it exists. Each proof is bloated by a seeded
choice of useless tactics and `have`s, detours with equal cases and closing tactics wrapped up; what Lean does not take
bloated is left out. Figures: the mean cut in Lean tokens, the share that reached the original's length or less, how
often the gate refused what was given back (asked anew, of another claim: the original statement), and the time.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio

from proofagent.api import Search
from proofagent.check.gate import Claim, check
from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import Pool
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.driver import Minimizer, Shortened, at_k
from proofagent.minimize.edits import Edit, apply, challenge, moved, places
from proofagent.minimize.passes.base import script_of
from proofagent.score.tokens import lean_tokens
from proofagent.types import Budget

TRIES = 12
GATE_SECONDS = 120.0
MARGIN = "  "


@dataclass(frozen=True, slots=True)
class Proof:
    """A theorem with a proof that was accepted."""

    name: str
    imports: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One proof: its tokens as it was, bloated, and shortened."""

    name: str
    original: int
    bloated: int
    shortened: int
    seconds: float
    tried: int
    gate: str
    text: str


def tactics_of(text: str) -> list[str]:
    """The top tactics of a theorem's proof, as if each began in column 2."""
    place = places(text)[0]
    script = script_of(text, place.proof, place.end, place.start)
    if script.tree.opener != "by":
        return ["exact " + script.of(script.tree)]
    return [script.moved(tactic, len(MARGIN)) for tactic in script.tree.tactics]


def with_tactics(text: str, tactics: Sequence[str]) -> str:
    """The theorem with these tactics as its proof."""
    place = places(text)[0]
    proof = "".join(f"\n{MARGIN}{tactic}" for tactic in tactics)
    return apply(text, [Edit(place.proof, place.end, " by" + proof)])


Bloat = Callable[[list[str], random.Random, int], list[str]]


def _insert(tactics: list[str], rng: random.Random, useless: str) -> list[str]:
    at = rng.randrange(len(tactics))
    return [*tactics[:at], useless, *tactics[at:]]


def useless_have(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A `have` that nobody uses."""
    claim = rng.choice(["1 + 1 = 2 := by rfl", "True ∧ True := by\n    constructor\n    · trivial\n    · trivial"])
    return _insert(tactics, rng, f"have useless{number} : {claim}")


def useless_tactic(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A tactic that does nothing."""
    return _insert(tactics, rng, rng.choice(["skip", "try rfl", "show _", f"let unused{number} := 0", "refine ?_"]))


def detour(tactics: list[str], rng: random.Random, number: int) -> list[str]:
    """A case distinction that is none, with the rest of the proof in each case."""
    at = rng.randrange(len(tactics))
    split = rng.choice(
        [f"by_cases c{number} : (0 : Nat) = 0", f"rcases Nat.lt_or_ge 0 {number + 1} with c{number} | c{number}"]
    )
    rest = f"\n{MARGIN * 2}".join(moved(tactic, 2) for tactic in tactics[at:])
    return [*tactics[:at], split, f"· {rest}", f"· {rest}"]


def wrapped(tactics: list[str], rng: random.Random, _: int) -> list[str]:
    """The last tactic, if it stands on one line, wrapped up."""
    last = tactics[-1]
    if "\n" in last or last.startswith("·"):
        return tactics
    way = rng.choice(["exact (by {})", "all_goals ({})", "first | {} | skip", "({})", "apply id\n  {}"])
    return [*tactics[:-1], way.format(last)]


def named(tactics: list[str], _: random.Random, number: int) -> list[str]:
    """`exact t` by way of a `have`."""
    last = tactics[-1]
    if "\n" in last or not last.startswith("exact "):
        return tactics
    return [*tactics[:-1], f"have key{number} := {last.removeprefix('exact ')}", f"exact key{number}"]


BLOATS: tuple[Bloat, ...] = (useless_have, useless_tactic, detour, wrapped, named)


def bloated(text: str, rng: random.Random) -> str:
    """The theorem with two to four things too many."""
    tactics = tactics_of(text)
    for number in range(rng.randint(2, 4)):
        tactics = rng.choice(BLOATS)(tactics, rng, number)
    return with_tactics(text, tactics)


async def proved(pool: Pool, options: argparse.Namespace) -> list[Proof]:
    """Proofs of goals, by the portfolio of tactics; each is written to the cache at once."""
    found = list[Proof]()
    search = Search(budget=Budget(seconds=options.seconds))
    for goal in from_jsonl(options.goals):
        if len(found) >= options.limit:
            break
        if not isinstance(goal, Goal) or not goal.name:
            continue
        try:
            outcome = await search.attempt(goal, pool)
        except ProofAgentError:
            continue
        if outcome.proof is not None:
            text = goal.preamble + goal.statement + goal.lead + outcome.proof + goal.tail
            found.append(Proof(goal.name, goal.imports, text.strip() + "\n"))
            print(f"proved {len(found):4} {goal.name}", flush=True)
            if options.cache:
                with options.cache.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(found[-1]), ensure_ascii=False) + "\n")
    return found


async def _bloated_and_accepted(proof: Proof, acceptor: LeanAcceptor, rng: random.Random) -> str | None:
    size = proof_tokens(proof.text)
    for _ in range(TRIES):
        text = bloated(proof.text, rng)
        if proof_tokens(text) > size and await acceptor.quick("", text):
            return text
    return None


def proof_tokens(text: str) -> int:
    place = places(text)[0]
    return lean_tokens(text[place.proof : place.end])


async def measured(proof: Proof, pool: Pool, seed: int, seconds: float) -> tuple[Row, Shortened] | None:
    """Bloat one proof and shorten it; None where it cannot be bloated."""
    target = (places(proof.text)[0].name,)
    stated = challenge(proof.text, places(proof.text))
    claim = Claim(proof.imports, stated, proof.text, target)
    acceptor = LeanAcceptor(pool, claim)
    text = await _bloated_and_accepted(proof, acceptor, random.Random(f"{seed} {proof.name}"))
    if text is None:
        return None
    began = time.monotonic()
    minimizer = Minimizer(text, [0], acceptor, workers=pool.size)
    with anyio.move_on_after(seconds):
        await minimizer.run()
    await minimizer.settle()
    spent = time.monotonic() - began
    last = await check(Claim(proof.imports, stated, minimizer.body, target), pool, deadline=GATE_SECONDS)
    result = minimizer.results()[0]
    lengths = proof_tokens(proof.text), proof_tokens(text), proof_tokens(minimizer.body)
    return Row(proof.name, *lengths, round(spent, 2), result.tried, last.outcome, minimizer.body), result


def summary(rows: Sequence[Row], results: Sequence[Shortened]) -> dict[str, float]:
    """The figures of a run."""
    found: dict[str, float] = {
        "proofs": len(rows),
        "mean_original": statistics.mean(row.original for row in rows),
        "mean_bloated": statistics.mean(row.bloated for row in rows),
        "mean_shortened": statistics.mean(row.shortened for row in rows),
        "mean_reduction": statistics.mean(1 - row.shortened / row.bloated for row in rows),
        "reached_original": sum(row.shortened <= row.original for row in rows) / len(rows),
        "not_accepted": sum(row.gate != "accepted" for row in rows),
        "seconds_mean": statistics.mean(row.seconds for row in rows),
        "seconds_median": statistics.median(row.seconds for row in rows),
    }
    for k in (1, 2, 4, 8):
        found[f"min@{k}"], found[f"red@{k}"] = at_k(results, k)
    return found


async def run(options: argparse.Namespace) -> None:
    async with embedded_pool(size=options.engines, spares=2) as pool:
        proofs = await _proofs(options, pool)
        rows, results = list[Row](), list[Shortened]()
        pool.warm(Header(("Init",)))
        for proof in proofs[: options.limit]:
            found = await measured(proof, pool, options.seed, options.time)
            if found is None:
                print(f"  not bloated: {proof.name}", flush=True)
                continue
            row, result = found
            rows.append(row)
            results.append(result)
            print(f"{row.original:4} {row.bloated:4} {row.shortened:4}  {row.seconds:6.1f} s  {row.gate}  {row.name}",
                  flush=True)  # fmt: skip
    if not rows:
        return
    figures = summary(rows, results)
    for name, value in figures.items():
        print(f"{name:18} {value:.3f}")
    if options.json:
        document = {"figures": figures, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


async def _proofs(options: argparse.Namespace, pool: Pool) -> list[Proof]:
    kept = options.proofs or (options.cache if options.cache and options.cache.exists() else None)
    if kept is not None:
        lines = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
        return [Proof(line["name"], tuple(line["imports"]), line["text"]) for line in lines]
    return await proved(pool, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proofs", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--goals", type=Path, help="goals to be proved first, as JSON lines")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each goal to be proved")
    parser.add_argument("--time", type=float, default=60.0, help="seconds for each proof to be shortened")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.proofs is None and given.goals is None and not (given.cache and given.cache.exists()):
        parser.error("one of --proofs and --goals is needed, or a --cache that exists")
    anyio.run(run, given)


if __name__ == "__main__":
    main()
