"""Where things are printed: results on standard output, everything else on standard error."""

import sys

from rich.console import Console
from rich.text import Text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def complain(message: str, *, hint: str = "") -> None:
    """Print an error: its first line marked, further lines (Lean's own, say) below."""
    err.print(Text.assemble(("error: ", "bold red"), message.strip()))
    if hint:
        err.print(Text(hint, style="dim"))


def print_json(text: str) -> None:
    """Print JSON as it is: no colours, no wrapping."""
    sys.stdout.write(text + "\n")
