"""`proofagent explain`: a verdict for people."""

from pathlib import Path
from typing import Annotated

import typer

from proofagent.cli.console import out, print_json
from proofagent.cli.evidence import read_receipt
from proofagent.cli.verdict import explanation


def explain(
    file: Annotated[
        Path, typer.Argument(help="What `check --output` wrote, or `check --json` printed.", metavar="RECEIPT")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the receipt alone as JSON.")] = False,
) -> int:
    """Say what a verdict means: each reason, what was checked, what is assumed.

    Example: [bold]proofagent explain receipt.json[/]
    """
    receipt, solution = read_receipt(file)
    if json:
        print_json(receipt.model_dump_json(indent=2))
    else:
        out.print(explanation(receipt, solution))
    return 0
