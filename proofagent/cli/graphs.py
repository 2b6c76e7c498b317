"""`--graph FILE`: pictures and files of what the search of each goal looked at."""

import re
from pathlib import Path

from rich.text import Text

from proofagent.cli.console import complain, err
from proofagent.errors import GoalError
from proofagent.goals.files import write_atomically
from proofagent.goals.goal import Goal
from proofagent.proof.export import FORMATS
from proofagent.proof.graph import ProofGraph
from proofagent.runs.attempt import Attempt
from proofagent.runs.results import GoalResult
from proofagent.runs.session import Listener
from proofagent.search.settings import Tried

_MOST_NAME = 40


class GraphFiles:
    """Writes the graph of each goal when it ends, and of one that was interrupted at the end.

    A file that cannot be written is no reason to lose a proof: it is complained about, and `failed` is True.
    """

    def __init__(self, path: Path, *, named: bool) -> None:
        """`named` puts the goal's name into the name of the file. Raises GoalError for what cannot work later."""
        if path.suffix.lower() not in FORMATS:
            raise GoalError("--graph takes .svg, .graphml or .json", where=str(path))
        if not path.absolute().parent.is_dir():
            raise GoalError("the folder of --graph does not exist", where=str(path))
        self._path, self._named = path, named
        self._goal: Goal | None = None
        self._graph: ProofGraph | None = None
        self._used: set[str] = set()
        self.written: list[Path] = []
        self.failed = False

    def over(self, listener: Listener) -> Listener:
        """`listener`, heard by this too."""

        def began(goal: Goal) -> None:
            self._goal, self._graph = goal, None
            listener.began(goal)

        def tried(graph: ProofGraph, tried: Tried) -> None:
            self._graph = graph
            listener.tried(graph, tried)

        def ended(result: GoalResult, attempt: Attempt | None) -> None:
            listener.ended(result, attempt)
            if attempt is not None:
                self._graph = attempt.graph
            self.close()

        return Listener(began, tried, listener.against, ended)

    def close(self) -> None:
        """Write the graph of the last goal if that has not been done; nothing where no tactic was tried."""
        goal, graph, self._goal, self._graph = self._goal, self._graph, None, None
        if goal is None or graph is None:
            return
        path = self._place(goal.name)
        try:
            write_atomically(path, FORMATS[path.suffix.lower()](graph))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a picture, the proofs are kept
            complain(f"the graph is not written: {error}")
            self.failed = True
        else:
            self.written.append(path)

    def say(self) -> None:
        """Name the files."""
        for path in self.written:
            err.print(Text(f"graph: {path}", "dim"))

    def _place(self, name: str) -> Path:
        """A file for the goal `name`; a second one of the same name (another hole, say) gets a number."""
        if not self._named:
            return self._path
        word = re.sub(r"[^\w.-]+", "-", name)[:_MOST_NAME].strip("-.") or "goal"
        number, stem = 1, f"{self._path.stem}-{word}"
        while stem.casefold() in self._used:
            number += 1
            stem = f"{self._path.stem}-{word}-{number}"
        self._used.add(stem.casefold())
        return self._path.with_name(stem + self._path.suffix)
