"""What `prove` shows while it works: results as they come, and on a terminal the tree as it grows."""

from rich.live import Live
from rich.text import Text

from proofagent.cli.console import complain, err, out, printable
from proofagent.cli.failures import CallFailures
from proofagent.cli.pictures import LiveView, cost_line, proof_tree, receipt_lines
from proofagent.goals.goal import Goal
from proofagent.proof.graph import ProofGraph
from proofagent.propose.asker import Asked
from proofagent.runs.attempt import Attempt
from proofagent.runs.results import FileModel, GoalResult, ProveReport
from proofagent.runs.session import Listener
from proofagent.runs.trace import Trace
from proofagent.search.settings import Tried


class Screen:
    """What is shown, and what is written to `trace`."""

    def __init__(self, *, results: bool, live: bool, tree: bool, trace: Trace | None = None) -> None:
        self.view = LiveView()
        self.trace = trace
        self.listener = Listener(self._began, self._tried, self._against, self._ended)
        self._failures = CallFailures()
        self._tree, self._results, self._wanted = tree, results, live and err.is_terminal
        self._live: Live | None = None

    def called(self, _goal: Goal, asked: Asked) -> None:
        """A model was asked."""
        self.view.called(asked)
        if self.trace is not None:
            self.trace.called(asked)
        self._failures.hear(asked)

    def close(self, report: ProveReport, *, asked: bool) -> None:
        """The last lines: what models have cost, where the trace is, how to get further."""
        if asked:
            err.print(Text(cost_line(report.cost, sum(len(result.calls) for result in report.results)), "dim"))
        if self.trace is not None and self.trace.broken:
            complain(f"the trace ends early: {self.trace.broken}")
        if report.trace:
            err.print(Text(f"trace: {report.trace} (`proofagent show` prints it)", "dim"))
        if not asked and any(result.outcome == "unproved" for result in report.results):
            err.print(
                Text(
                    "a language model may get further: add --model provider/name (`proofagent models` says how)", "dim"
                )
            )

    def settled(self, file: FileModel, *, whole: bool) -> None:
        """A file is done; `whole` says that what changes in it is to be seen."""
        if not self._results:
            return
        if whole and file.difference:
            out.print(colored(file.difference))
        if file.output is not None and whole:
            err.print(Text(f"written: {file.output}", "dim"))

    def pause(self) -> None:
        """Take the picture off the screen: what is printed under it would go with its next change."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _against(self, _graph: ProofGraph, tried: Tried) -> None:
        if self.trace is not None:
            self.trace.tried(tried)

    def _tried(self, graph: ProofGraph, tried: Tried) -> None:
        self.view.see(graph, tried)
        if self.trace is not None:
            self.trace.tried(tried)

    def _began(self, goal: Goal) -> None:
        self.view.begin(goal)
        if self.trace is not None:
            self.trace.began(goal)
        if self._wanted:
            self._live = Live(self.view, console=err, refresh_per_second=8, transient=True)
            self._live.start()

    def _ended(self, result: GoalResult, attempt: Attempt | None) -> None:
        self.pause()
        if self.trace is not None:
            self.trace.ended(result)
        if self._results:
            self._print(result, attempt)

    def _print(self, result: GoalResult, attempt: Attempt | None) -> None:
        spent = f"{result.seconds:.1f} s, {result.candidates} candidates"
        for note in result.notes:
            err.print(Text.assemble(("note: ", "yellow"), note))
        if result.outcome == "proved" and attempt is not None:
            _say("proved", "green", result.name, spent)
            goal = attempt.goal
            self._print_proof(result, goal.statement + goal.lead + (result.proof or "") + goal.tail.rstrip())
            for number, other in enumerate(result.others, 2):
                out.print(Text(f"proof {number}, accepted as well{_differing(result, number)}", "dim"))
                out.print(goal.statement + goal.lead + other + goal.tail.rstrip(), markup=False)
        elif result.outcome == "refuted":
            _say("refuted", "magenta", result.name, spent)
            self._print_proof(result, result.refutation)
        elif result.outcome == "error":
            complain(result.why)
        elif result.outcome == "partial":
            _say("found", "cyan", result.name, f"one of its holes, verified with the last one, {spent}")
        else:
            refused = result.reasons[0].text if result.reasons else result.end
            why = result.why.partition("\n")[0] if result.outcome == "undecided" else refused
            _say(result.outcome, "yellow", result.name, f"{why}, {spent}")

    def _print_proof(self, result: GoalResult, text: str) -> None:
        if self._tree and (tree := proof_tree(result)):
            out.print(tree)
        out.print(text, markup=False)
        if result.receipt:
            out.print(receipt_lines(result.receipt))


def _differing(result: GoalResult, number: int) -> str:
    """In what a further proof differs from the first, for people."""
    if not result.qualities:
        return ":"
    first, other = result.qualities[0], result.qualities[number - 1]
    pairs = [
        f"{name} {other[name]:g} ({first[name]:g})" for name in other if other[name] != first.get(name, other[name])
    ]
    return f"; {', '.join(pairs)}, in brackets the first proof's:" if pairs else ":"


def _say(outcome: str, style: str, name: str, remark: str) -> None:
    out.print(Text.assemble((outcome, style), f" {name}  ", (remark, "dim")))


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def colored(difference: str) -> Text:
    """A unified diff in the usual colours."""
    text = Text()
    for line in difference.rstrip("\n").split("\n"):
        text.append(f"{printable(line)}\n", _COLOURS.get(line[:1], ""))
    text.right_crop(1)
    return text
