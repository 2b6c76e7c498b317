"""A batch over goals that are proved by waiting a moment: `batch_of_toys.py RUN COUNT SECONDS`, to be killed."""

import random
import sys
from pathlib import Path

import anyio
from test_journal import CONFIG, result

from proofagent.goals.goal import Goal
from proofagent.runs.batch import Batch
from proofagent.runs.journal import Ended, Journal, read_events
from proofagent.runs.progress import Progress
from proofagent.types import Budget


class ToyExecutor:
    """Proves goals whose number is no multiple of 3, the others given the larger budget."""

    def __init__(self, seconds, jobs=2):
        self.seconds, self.jobs = seconds, jobs

    async def attempt(self, work, hear):
        for goal, attempt in zip(work.goals, work.attempts, strict=True):
            await anyio.sleep(self.seconds * random.random())
            hear(ended(goal, attempt, work.budget, self.outcome(goal, work.budget)))

    def outcome(self, goal, budget):
        number = int(goal.name.removeprefix("t"))
        if number % 7 == 6:
            return "error"
        return "proved" if number % 3 or budget.seconds > 5 else "unproved"

    def health(self):
        return ()


def ended(goal, attempt, budget, outcome="proved"):
    made = result(outcome, 0.1, goal.name).model_copy(update={"digest": goal.digest})
    return Ended(digest=goal.digest, seconds=budget.seconds, attempt=attempt, result=made)


def goals(count):
    return [Goal(f"t{number}", f"theorem t{number} : p") for number in range(count)]


def main(folder, count, seconds):
    journal = Journal.open(folder, CONFIG)
    try:
        progress = Progress.of(read_events(folder))
        batch = Batch(
            journal,
            lambda: goals(count),
            ToyExecutor(seconds, jobs=3),
            [Budget(5.0), Budget(10.0)],
            progress=progress,
        )
        anyio.run(batch.run)
    finally:
        journal.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
