"""Verdicts for people: in short after a check, at length on request."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from proofagent.check.reasons import MEANINGS
from proofagent.check.receipt import CHECKS, ReasonModel, Receipt, Rung

_STYLES = {"accepted": ("✓", "bold green"), "rejected": ("✗", "bold red"), "undecided": ("?", "bold yellow")}
_UNDECIDED = "nothing is known of the solution: neither that it is right nor that it is wrong"


def brief(receipt: Receipt) -> Text:
    """The verdict with its reasons, a line each."""
    lines = [_head(receipt)]
    if receipt.why:
        lines.append(Text(f"  {receipt.why}"))
    lines += [_reason(reason) for reason in receipt.reasons]
    if receipt.outcome == "accepted":
        lines.append(Text(f"  proved: {', '.join(receipt.targets)}"))
        lines.append(Text(f"  axioms: {', '.join(receipt.axioms) or 'none beyond the library'}", "dim"))
        if receipt.answers:
            lines.append(Text(f"  filled in, to be read by a person: {', '.join(receipt.answers)}", "yellow"))
    return Text("\n").join(lines)


def explanation(receipt: Receipt, solution: str = "") -> Text:
    """All that a receipt says, with what it means; reasons show the line of `solution` that they are about."""
    return Text("\n").join(_explained(receipt, solution.splitlines()))


def _explained(receipt: Receipt, lines: list[str]) -> Iterator[Text]:
    yield _head(receipt)
    if receipt.outcome == "undecided":
        yield Text(f"  {receipt.why}\n  {_UNDECIDED}")
    for reason in receipt.reasons:
        yield _reason(reason)
        if reason.line is not None and reason.line <= len(lines):
            yield Text(f"      {lines[reason.line - 1].strip()}", "cyan")
        yield Text(f"      {MEANINGS[reason.code]}", "dim")
    yield Text("checked:", "bold")
    for rung, what in CHECKS.items():
        mark, style = ("✓", "green") if _passed(rung, receipt.rung) else ("-", "dim")
        yield Text.assemble((f"  {mark} ", style), what)
    yield from _listed("to be proved", receipt.targets)
    yield from _listed("axioms", receipt.axioms or ("none beyond the library",))
    yield from _listed("filled in with permission", receipt.answers)
    yield from _listed("new declarations", receipt.new_declarations)
    yield from _listed("assumed", receipt.assumed)
    yield Text.assemble(("kernel: ", "bold"), f"Lean {receipt.lean_version or '?'} ({receipt.engine or 'no engine'})")
    for bug in receipt.kernel_bugs:
        yield Text(f"  has a published soundness bug: {bug}", "yellow")
    times = receipt.seconds
    parts = {"challenge": times.challenge, "solution": times.solution, "replay": times.replay, "in all": times.whole}
    spent = ", ".join(f"{name} {value:.2f}" for name, value in parts.items() if value is not None)
    yield Text.assemble(("seconds: ", "bold"), spent)


def _head(receipt: Receipt) -> Text:
    mark, style = _STYLES[receipt.outcome]
    lean = f"  Lean {receipt.lean_version} ({receipt.engine}), " if receipt.engine else "  "
    return Text.assemble((f"{mark} {receipt.outcome}", style), lean, f"{receipt.seconds.whole:.2f} s")


def _reason(reason: ReasonModel) -> Text:
    place = f"{reason.line}:{reason.column}: " if reason.line is not None else ""
    return Text.assemble(f"  {place}", (reason.code, "bold"), f"  {reason.text}")


def _passed(rung: Rung, last: Rung) -> bool:
    rungs = list(CHECKS)
    return last in rungs and rungs.index(rung) <= rungs.index(last)


def _listed(title: str, items: Iterable[str]) -> Iterator[Text]:
    if joined := ", ".join(items):
        yield Text.assemble((f"{title}: ", "bold"), joined)
