"""Verdicts for people: in short after a check, at length on request."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from proofagent.check.reasons import MEANINGS
from proofagent.check.receipt import CHECKS, ReasonModel, Receipt, Recheck, Rung

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
        lines += [_recheck(each) for each in receipt.rechecks]
        if receipt.answers:
            lines.append(Text(f"  filled in, to be read by a person: {', '.join(receipt.answers)}", "yellow"))
    return Text("\n").join(lines)


def _recheck(each: Recheck) -> Text:
    if each.outcome == "accepted":
        return Text(f"  accepted as well by {each.name}", "dim")
    return Text(f"  {each.outcome} by {each.name}: {each.detail}", "yellow")


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
        mark, style = ("✓", "green") if _passed(rung, receipt) else ("-", "dim")
        yield Text.assemble((f"  {mark} ", style), what)
    yield from _listed("to be proved", receipt.targets)
    yield from _listed("axioms", receipt.axioms or ("none beyond the library",))
    yield from _listed("filled in with permission", receipt.answers)
    yield from _listed("new declarations", receipt.new_declarations)
    yield from _listed("assumed", receipt.assumed)
    yield Text.assemble(("kernel: ", "bold"), f"Lean {receipt.lean_version or '?'} ({receipt.engine or 'no engine'})")
    for bug in receipt.kernel_bugs:
        yield Text(f"  has a published soundness bug: {bug}", "yellow")
    if receipt.rechecks:
        yield Text("other kernels:", "bold")
        yield from map(_kernel, receipt.rechecks)
    times = receipt.seconds
    parts = {
        "challenge": times.challenge,
        "solution": times.solution,
        "replay": times.replay,
        "other kernels": times.recheck,
    }
    parts["in all"] = times.whole
    spent = ", ".join(f"{name} {value:.2f}" for name, value in parts.items() if value is not None)
    yield Text.assemble(("seconds: ", "bold"), spent)


def _head(receipt: Receipt) -> Text:
    mark, style = _STYLES[receipt.outcome]
    lean = f"  Lean {receipt.lean_version} ({receipt.engine}), " if receipt.engine else "  "
    return Text.assemble((f"{mark} {receipt.outcome}", style), lean, f"{receipt.seconds.whole:.2f} s")


def _reason(reason: ReasonModel) -> Text:
    place = f"{reason.line}:{reason.column}: " if reason.line is not None else ""
    return Text.assemble(f"  {place}", (reason.code, "bold"), f"  {reason.text}")


def _passed(rung: Rung, receipt: Receipt) -> bool:
    rungs = list(CHECKS)
    passed = receipt.rung in rungs and rungs.index(rung) <= rungs.index(receipt.rung)
    # Judges are asked whatever other kernels say, so the last rung may be reached over this one.
    agreed = bool(receipt.rechecks) and all(each.outcome == "accepted" for each in receipt.rechecks)
    return passed and (rung != "rechecked" or agreed)


def _kernel(recheck: Recheck) -> Text:
    mark, style = _STYLES[recheck.outcome]
    again = f"{recheck.checked} of the library checked again, {recheck.assumed} assumed by their types"
    counts = "" if recheck.taken is None else f": {recheck.taken} new, {again}"
    detail = f"; {recheck.detail}" if recheck.detail else ""
    return Text.assemble((f"  {mark} ", style), f"{recheck.name}{counts}{detail}")


def _listed(title: str, items: Iterable[str]) -> Iterator[Text]:
    if joined := ", ".join(items):
        yield Text.assemble((f"{title}: ", "bold"), joined)
