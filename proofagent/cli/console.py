"""Where things are printed: results on standard output, everything else on standard error."""

import re
import sys

from rich.console import Console
from rich.text import Text

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# Lean is full of what a console may take for an emoji (`h:a:=b`).
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def complain(message: str, *, hint: str = "") -> None:
    """Print an error: its first line marked, further lines (Lean's own, say) below."""
    err.print(Text.assemble(("error: ", "bold red"), message.strip()))
    if hint:
        err.print(Text(hint, style="dim"))


def printable(text: str) -> str:
    """`text` from elsewhere, without what would give orders to a terminal."""
    return _CONTROLS.sub("\ufffd", text)


def print_json(text: str) -> None:
    """Print JSON as it is: no colours, no wrapping."""
    sys.stdout.write(text + "\n")
