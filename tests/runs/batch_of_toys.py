"""A batch over goals that are proved by waiting a moment: `batch_of_toys.py RUN COUNT SECONDS`, to be killed."""

import random
import sys
from pathlib import Path

import anyio
from test_journal import CONFIG, result

from proofagent.goals.goal import Goal
from proofagent.runs.batch import Batch
from proofagent.runs.journal import Journal, read_events
from proofagent.runs.progress import Progress
from proofagent.types import Budget


class ToySession:
    """Proves goals whose number is no multiple of 3, the others given the larger budget."""

    def __init__(self, budget, seconds):
        self.budget, self.seconds, self.results = budget, seconds, []

    async def run(self, goals):
        for goal in goals:
            await anyio.sleep(self.seconds * random.random())
            number = int(goal.name.removeprefix("t"))
            if number % 7 == 6:
                raise_or = result("error", 0.1, goal.name)
            else:
                proved = number % 3 or self.budget.seconds > 5
                raise_or = result("proved" if proved else "unproved", self.seconds, goal.name)
            self.results.append(raise_or)


def goals(count):
    return [Goal(f"t{number}", f"theorem t{number} : p") for number in range(count)]


def main(folder, count, seconds):
    journal = Journal.open(folder, CONFIG)
    try:
        progress = Progress.of(read_events(folder))
        batch = Batch(
            journal,
            lambda: goals(count),
            lambda budget: ToySession(budget, seconds),
            [Budget(5.0), Budget(10.0)],
            jobs=3,
            progress=progress,
        )
        anyio.run(batch.run)
    finally:
        journal.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
