"""A fake batch: it writes a journal and a heartbeat as a batch does, and proves nothing.

`fake_batch.py RUN` goes on until it is killed, to be looked at; tests take `FakeBatch` and go step by step.
"""

import os
import random
import sys
import time
from pathlib import Path

from proofagent.runs.calls import CallModel, CostModel
from proofagent.runs.journal import (
    NAME,
    Bad,
    BatchConfig,
    Began,
    Called,
    Ended,
    Journal,
    Known,
    Lost,
    Started,
    Stopped,
)
from proofagent.runs.live import Live, end_live, write_live
from proofagent.runs.results import GoalResult
from proofagent.runs.work import Health, Pulse

CONFIG = BatchConfig(
    goals="goals.jsonl",
    goals_sha256="0",
    engine="embedded",
    lean="",
    seconds=20.0,
    first_seconds=5.0,
    candidates=100,
    heartbeats=1000,
    strategy="best-first",
    keep=1,
    prefer="mathlib",
    models=("example/prover-7b",),
)
HOSTILE = "<img src=x onerror=\"document.title='owned'\"></script><b>⊢ \u202e\u0000\x1b[31m"


def digest(number):
    return f"{number:016x}"


class FakeBatch:
    """One process of a batch over goals t0, t1, ...; times of events are told, those of the heartbeat are true."""

    def __init__(self, folder, total=100, *, at=None):
        self.folder, self.total = folder, total
        self.at = time.time() if at is None else at
        self.running, self.seen, self.round = {}, 0, 1
        self.journal = Journal.open(folder, CONFIG)
        if at is not None:  # the journal has said when it was opened for real
            (folder / NAME).write_text(Started(at=at, config=CONFIG).model_dump_json() + "\n", encoding="utf-8")

    def write(self, event):
        self.journal.write(event.model_copy(update={"at": round(self.at, 3)}))

    def known(self, number, name=None):
        name = f"Core.List.t{number}" if name is None else name
        statement = f"theorem {name} (xs ys : List Nat) : (xs ++ ys).length = xs.length + ys.length := "
        goal = Known(
            digest=digest(number),
            name=name,
            origin=f"goals.jsonl:{number}",
            statement=statement,
            imports=("Init",),
            preamble="",
        )
        self.write(goal)

    def begin(self, number, seconds=5.0):
        self.running[number] = (self.at, seconds)
        self.write(Began(digest=digest(number), seconds=seconds, attempt=f"a{number}.{seconds}"))

    def end(self, number, outcome="proved", proof="by\n  induction xs <;> simp_all [Nat.add_comm]", why=""):
        began, seconds = self.running.pop(number, (self.at - 1, 5.0))
        self.seen += 1
        name = f"Core.List.t{number}"
        result = GoalResult(
            name=name,
            origin="",
            statement="",
            digest=digest(number),
            outcome=outcome,
            end="complete" if outcome == "proved" else "out-of-time",
            seconds=round(self.at - began, 3),
            candidates=37,
            proof=proof if outcome == "proved" else None,
            refutation=f"theorem no : ¬type_of% @{name} := by\n  decide" if outcome == "refuted" else "",
            why=why,
        )
        self.write(Ended(digest=digest(number), seconds=seconds, attempt=f"a{number}.{seconds}", result=result))

    def lose(self, number):
        _, seconds = self.running.pop(number)
        self.write(Lost(digest=digest(number), attempt=f"a{number}.{seconds}", why="killed"))

    def call(self, number, dollars=0.0123):
        cost = CostModel(input_tokens=900, output_tokens=100, dollars=dollars)
        made = CallModel(id=f"{number}-{self.at}", purpose="step", model="example/prover-7b", prompt=(), cost=cost)
        self.write(Called(digest=digest(number), call=made))

    def bad(self, line):
        self.write(Bad(line=line, message="no JSON"))

    def beat(self, at=None, **changes):
        """The heartbeat, with a pulse of everything that runs."""
        live = Live(
            at=time.time() if at is None else at,
            pid=os.getpid(),
            round=self.round,
            rounds=3,
            total=self.total,
            seen=self.seen,
            at_work=len(self.running),
            pulses=tuple(self.pulse(number) for number in self.running),
            workers=tuple(
                Health(
                    worker=f"w{worker}",
                    pid=1000 + worker,
                    host="box",
                    engines=2,
                    memory_bytes=1_234_000_000,
                    started=3 + worker,
                    replaced=worker,
                    bodies=3210,
                    lean_seconds=812.5,
                )
                for worker in range(2)
            ),
        )
        write_live(self.folder, live.model_copy(update=changes))

    def pulse(self, number, **changes):
        began, seconds = self.running[number]
        pulse = Pulse(
            digest=digest(number),
            attempt=f"a{number}.{seconds}",
            name=f"Core.List.t{number}",
            worker=f"w{number % 2}",
            seconds=max(0.0, round(self.at - began, 1)),
            budget_seconds=seconds,
            candidates=17 * (number % 9),
            goals=4,
            path=("induction xs", "case cons x xs ih", "simp only [List.cons_append, List.length_cons]"),
            target="(xs ++ ys).length + 1 = xs.length + 1 + ys.length",
        )
        return pulse.model_copy(update=changes)

    def stop(self, why="done"):
        self.write(Stopped(why=why))
        end_live(self.folder)
        self.close()

    def close(self):
        self.journal.close()


def hour(folder, total=244, *, seconds=3600.0, beat=True):
    """A run that has been at it for an hour, and is in the middle of its second round."""
    chance = random.Random(7)
    batch = FakeBatch(folder, total, at=time.time() - seconds)
    outcomes = ["proved"] * 8 + ["unproved"] * 9 + ["refuted", "error", "undecided"]
    work = [(number, 5.0) for number in range(total)]
    unproved = []
    for number, budget in work:
        batch.known(number)
        batch.begin(number, budget)
        batch.at += seconds / total * 1.7 * chance.random()
        if number % 3 == 0:
            batch.call(number)
        outcome = chance.choice(outcomes)
        batch.end(number, outcome, why="out of time: 37 candidates were tried" if outcome == "unproved" else "")
        if outcome == "unproved":
            unproved.append(number)
    batch.round, batch.seen = 2, 0
    batch.bad(7)
    for number in unproved[:30]:
        batch.begin(number, 10.0)
        batch.at += (time.time() - 20 - batch.at) / 20
        batch.end(number, chance.choice(["proved", "unproved", "unproved"]))
        batch.seen += 2
    batch.at = time.time() - 8
    for number in unproved[30:34]:
        batch.begin(number, 10.0)
        batch.at += 2
    if beat:
        batch.beat()
    return batch


def main(folder):
    batch = hour(folder)
    number = 1000
    while True:
        batch.at = time.time()
        batch.known(number)
        batch.begin(number)
        first = next(iter(batch.running))
        batch.end(first, random.choice(["proved", "unproved"]))
        batch.beat()
        number += 1
        time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
