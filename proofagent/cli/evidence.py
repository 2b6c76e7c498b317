"""Reading receipts back from files."""

from pathlib import Path

from pydantic import ValidationError

from proofagent.check.receipt import Evidence, Receipt
from proofagent.errors import UsageError
from proofagent.goals.files import read_text


def read_evidence(path: Path) -> Evidence:
    """The receipt and the texts in a file that `check --output` wrote. Raises `UsageError`."""
    return _parsed(path, read_text(path))


def read_receipt(path: Path) -> tuple[Receipt, str]:
    """The receipt in such a file, or in one with the receipt alone, and the solution's text where it is there."""
    text = read_text(path)
    try:
        return Receipt.model_validate_json(text), ""
    except ValidationError:
        evidence = _parsed(path, text)
        return evidence.receipt, evidence.solution


def _parsed(path: Path, text: str) -> Evidence:
    try:
        return Evidence.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{path}: not a receipt of this version: {place}{': ' if place else ''}{first['msg']}"
        ) from None
