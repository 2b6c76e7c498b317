"""What goes wrong with calls of models, said to people while the work goes on."""

from rich.text import Text

from proofagent.cli.console import err, printable
from proofagent.propose.asker import Asked


class CallFailures:
    """Says each failure once: a server that is down fails at every call."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def hear(self, asked: Asked) -> None:
        """Note why a call failed, if it did."""
        failure = asked.call.failure
        said = f"{asked.call.model}: {failure.kind}: {failure.detail}" if failure else ""
        if said and said not in self._said:
            self._said.add(said)
            err.print(Text.assemble(("note: ", "yellow"), printable(said)))
