"""How far bloated proofs are shortened: each has a known shorter original.

    python benchmarks/quality.py (--proofs FILE.jsonl | --goals GOALS.jsonl) [--cache FILE.jsonl] [--limit 100]
                                 [--seed 0] [--plain] [--json FILE]

Proofs are lines with `name`, `imports` and `text`, the whole theorem. Without --proofs, goals of --goals are proved
first, for --seconds each, and written to --cache, which is read where it exists. Each proof is bloated by a seeded
choice of what bloat.py has, or has a `simp` say all that it used, as `simp?` reports; what Lean does not take bloated
is left out. Figures: the mean cut in Lean tokens, the share that reached the original's length or less, as a whole
and for each kind of bloat, how often the gate refused what was given back (asked anew, of another claim: the original
statement), and the time. With --plain the proofs are shortened as they are.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio
from bloat import bloated

from proofagent.api import Search
from proofagent.check.gate import Claim, check
from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import Pool
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.advice import SimpAdvice
from proofagent.minimize.driver import Minimizer, Shortened, at_k
from proofagent.minimize.edits import apply, challenge, places
from proofagent.minimize.passes.base import script_of
from proofagent.score.tokens import lean_tokens
from proofagent.search.suggestions import suggestions
from proofagent.types import Budget

TRIES = 12
REPORTED = 0.25
"""How often the simplifier is asked what it used before anything else is made longer."""
GATE_SECONDS = 120.0


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
    bloats: tuple[str, ...] = ()


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


async def _bloated_and_accepted(
    proof: Proof, acceptor: LeanAcceptor, rng: random.Random
) -> tuple[str, tuple[str, ...]] | None:
    size = proof_tokens(proof.text)
    for _ in range(TRIES):
        told = await _reported(proof.text, acceptor) if rng.random() < REPORTED else proof.text
        text, bloats = bloated(told, rng)
        bloats = bloats if told == proof.text else ("reported", *bloats)
        if proof_tokens(text) > size and await acceptor.quick("", text, timed=False):
            return text, bloats
    return None


async def _reported(text: str, acceptor: LeanAcceptor) -> str:
    """The theorem with what `simp?` and its like report in the place of the first call; as it was where they do not."""
    place = places(text)[0]
    script = script_of(text, place.proof, place.end, place.start)
    for edits in await SimpAdvice(acceptor.messages, suggestions).advise(script, place):
        longer = apply(text, edits)
        if proof_tokens(longer) > proof_tokens(text):
            return longer
    return text


def proof_tokens(text: str) -> int:
    place = places(text)[0]
    return lean_tokens(text[place.proof : place.end])


async def measured(proof: Proof, pool: Pool, seed: int | None, seconds: float) -> tuple[Row, Shortened] | None:
    """Bloat one proof, but for a `seed` of None, and shorten it; None where it cannot be bloated."""
    target = (places(proof.text)[0].name,)
    stated = challenge(proof.text, places(proof.text))
    claim = Claim(proof.imports, stated, proof.text, target)
    acceptor = LeanAcceptor(pool, claim)
    rng = random.Random(f"{seed} {proof.name}")
    longer = (proof.text, ()) if seed is None else await _bloated_and_accepted(proof, acceptor, rng)
    if longer is None:
        return None
    text, bloats = longer
    began = time.monotonic()
    minimizer = Minimizer(text, [0], acceptor, advisers=[SimpAdvice(acceptor.messages, suggestions)], workers=pool.size)
    with anyio.move_on_after(seconds):
        await minimizer.run()
    await minimizer.settle()
    spent = time.monotonic() - began
    last = await check(Claim(proof.imports, stated, minimizer.body, target), pool, deadline=GATE_SECONDS)
    result = minimizer.results()[0]
    lengths = proof_tokens(proof.text), proof_tokens(text), proof_tokens(minimizer.body)
    return Row(proof.name, *lengths, round(spent, 2), result.tried, last.outcome, minimizer.body, bloats), result


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
    for bloat in sorted({bloat for row in rows for bloat in row.bloats}):
        those = [row.shortened <= row.original for row in rows if bloat in row.bloats]
        found[f"  with {bloat}"], found[f"  reached with {bloat}"] = len(those), sum(those) / len(those)
    for k in (1, 2, 4, 8):
        found[f"min@{k}"], found[f"red@{k}"] = at_k(results, k)
    return found


async def run(options: argparse.Namespace) -> None:
    async with embedded_pool(size=options.engines, spares=2) as pool:
        proofs = await _proofs(options, pool)
        rows, results = list[Row](), list[Shortened]()
        pool.warm(Header(("Init",)))
        for proof in proofs[: options.limit]:
            found = await measured(proof, pool, None if options.plain else options.seed, options.time)
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
        print(f"{name:30} {value:.3f}")
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
    parser.add_argument("--plain", action="store_true", help="shorten the proofs as they are")
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.proofs is None and given.goals is None and not (given.cache and given.cache.exists()):
        parser.error("one of --proofs and --goals is needed, or a --cache that exists")
    anyio.run(run, given)


if __name__ == "__main__":
    main()
