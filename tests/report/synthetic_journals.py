"""Journals of runs that never were: as many goals as wanted, with searches, receipts and costs from a seed."""

import random
from datetime import UTC, datetime
from hashlib import sha256

from proofagent.check.receipt import Receipt, Times
from proofagent.runs.calls import AnswerModel, CallModel, CostModel, MessageModel
from proofagent.runs.journal import NAME, BatchConfig, Began, Called, Ended, Known, Started, Stopped
from proofagent.runs.results import GoalResult, StepModel
from proofagent.runs.searched import FailedModel, FailureCount, SearchModel, SeenGoal, SeenStep

CONFIG = BatchConfig(
    goals="synthetic.jsonl",
    goals_sha256="0" * 64,
    engine="none",
    lean="",
    seconds=8.0,
    first_seconds=4.0,
    candidates=1000,
    heartbeats=1000,
    strategy="best-first",
    keep=1,
    prefer="mathlib",
)
BEGAN = 1_800_000_000.0
TACTICS = ["simp", "omega", "rfl", "intro h", "induction n with | zero => ?_ | succ n ih => ?_", "rw [Nat.add_comm]"]
REASONS = {
    "fails at a glance": "fails",
    "gave up as an automation": "`grind` failed\ncase grind\nn : Nat\n⊢ False",
    "does not unify": "Type mismatch: h has type p but is expected to have type q",
    "took too long": "the deadline passed",
}


def digest_of(number):
    return sha256(f"synthetic {number}".encode()).hexdigest()


def search_of(rng, size, proved):
    """A search of `size` goals: a tree with some steps that lead to a goal that another one led to."""
    goals, steps = [], []
    for place in range(size):
        status = "proved" if proved and place < 3 else rng.choice(["open", "open", "failed"])
        target = f"n + {place} = {rng.randrange(9)} + n * {rng.randrange(1, 99)}"
        text = f"n m : Nat\nh₀ : n < m\nih : ∀ k < n, k + {place} = m\n⊢ {target}"
        examples = tuple(FailedModel(tactic=rng.choice(TACTICS), reason=r) for r in list(REASONS.values())[: place % 3])
        goals.append(
            SeenGoal(
                id=place,
                target=target,
                text=text,
                status=status,
                depth=place // 2,
                value=1.0 if status == "proved" else round(rng.random(), 4),
                failed=len(examples) and rng.randrange(3, 90),
                examples=examples,
            )
        )
    for place in range(1, size):
        above = max(0, (place - 1) // 2)
        shared = {place, size - 1} if rng.random() < 0.2 and above < size - 1 else {place}
        taken = proved and place < 3
        status = "proved" if taken else goals[place].status
        tactic = rng.choice(TACTICS) + f" -- {place}"
        step = SeenStep(
            goal=above, tactic=tactic, origin="synthetic", status=status, children=sorted(shared), taken=taken
        )
        steps.append(step)
    if proved:
        closed = size > 1
        ends = [1, 2] if size > 2 else [int(closed)]
        steps += [
            SeenStep(goal=at, tactic="omega", origin="closer", status="proved", children=(), taken=True) for at in ends
        ]
    kinds = rng.sample(list(REASONS), rng.randrange(1, len(REASONS)))
    failures = tuple(
        FailureCount(kind=kind, count=rng.randrange(1, 60), tactic="simp", target="p ∧ q", reason=REASONS[kind])
        for kind in kinds
    )
    return SearchModel(goals=goals, steps=steps, goals_seen=size + 3, steps_seen=len(steps), failures=failures)


def receipt_of(rng):
    return Receipt(
        outcome="accepted",
        rung="compared",
        engine="none",
        lean_version="4.0.0-synthetic",
        challenge_sha256=rng.randbytes(32).hex(),
        solution_sha256=rng.randbytes(32).hex(),
        solution_olean_sha256=rng.randbytes(32).hex(),
        axioms=("propext",),
        targets=("t",),
        deadline_seconds=30,
        seconds=Times(challenge=0.2, solution=0.5, whole=1.0),
        made=datetime(2027, 1, 15, tzinfo=UTC),
    )


def result_of(rng, number, outcome, budget):
    proved = outcome == "proved"
    seconds = round(min(budget, rng.expovariate(0.4) + 0.1), 3)
    return GoalResult(
        name=f"synthetic_{number}",
        origin="synthetic",
        statement="",
        digest=digest_of(number),
        outcome=outcome,
        end="complete" if proved else rng.choice(["exhausted", "out-of-time"]),
        proof="induction n with\n  | zero => simp\n  | succ n ih =>\n    omega" if proved else None,
        others=("grind",) if proved and number % 5 == 0 else (),
        quality={"tokens": rng.randrange(2, 80), "automation": 0.25, "unheard_of": 1.5} if proved else {},
        tree=StepModel(goal="n = n", tactic="simp", origin="synthetic", children=()) if proved else None,
        receipt=receipt_of(rng) if proved else None,
        seconds=seconds,
        candidates=rng.randrange(5, 400),
        refused=("synthetic: a new axiom",) if number % 40 == 7 else (),
    )


def call_of(rng, number):
    return CallModel(
        id=f"c{number}",
        purpose="step",
        model="synthetic/model",
        prompt=(MessageModel(role="user", text="prove it"),),
        answers=(AnswerModel(text="```lean\nomega\n```", end="complete"),),
        cost=CostModel(input_tokens=900, output_tokens=120, dollars=round(rng.random() / 100, 6)),
        seconds=1.5,
    )


def synthetic(count, *, seed=0, share=0.6, size=8, paid=False, config=CONFIG, first=0):
    """The events of a run of `count` goals, about `share` of which are proved."""
    rng = random.Random(seed)
    at = BEGAN
    yield Started(at=at, config=config)
    for number in range(first, first + count):
        digest = digest_of(number)
        statement = f"theorem synthetic_{number} (n m : Nat) (h₀ : n < m) : n + {number} = {number} + n := by\n  "
        yield Known(
            at=at,
            digest=digest,
            name=f"synthetic_{number}",
            origin="synthetic",
            statement=statement,
            imports=("Init",),
            preamble="",
        )
        for attempt, budget in enumerate((4.0, 8.0)):
            name = f"{seed:04x}{number:012x}.{attempt}"
            yield Began(at=at, digest=digest, seconds=budget, attempt=name)
            if paid:
                yield Called(at=at, digest=digest, attempt=name, call=call_of(rng, number))
            outcome = "proved" if rng.random() < share / 1.3 else "error" if number % 97 == 5 else "unproved"
            result = result_of(rng, number, outcome, budget)
            at = round(at + result.seconds, 3)
            search = search_of(rng, rng.randrange(3, 2 * size), outcome == "proved") if outcome != "error" else None
            yield Ended(at=at, digest=digest, seconds=budget, attempt=name, result=result, search=search)
            if outcome != "unproved":
                break
    yield Stopped(at=at, why="done")


def write_journal(folder, events):
    """What `Journal` writes, without waiting for the disk after each event."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("w", encoding="utf-8") as file:
        file.writelines(event.model_dump_json() + "\n" for event in events)
    return folder
