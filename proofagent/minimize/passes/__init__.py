"""The passes: each proposes edits of one proof. None knows Lean, so what they propose is often wrong, and is tried."""

from collections.abc import Iterator
from itertools import chain

from proofagent.minimize.edits import Edits
from proofagent.minimize.passes.base import Pass, Script
from proofagent.minimize.passes.closing import close_branches, close_tails, close_terms
from proofagent.minimize.passes.dropping import drop_arguments, drop_clauses, drop_locals, drop_runs
from proofagent.minimize.passes.joining import (
    anonymous_constructors,
    apply_exact,
    merge_intros,
    merge_rewrites,
    share_branches,
)
from proofagent.minimize.passes.lifting import hoist_blocks, inline_haves, terms, unbracket

PASSES: tuple[Pass, ...] = (
    close_tails,
    close_terms,
    close_branches,
    drop_runs,
    drop_locals,
    hoist_blocks,
    inline_haves,
    share_branches,
    terms,
    anonymous_constructors,
    apply_exact,
    merge_intros,
    merge_rewrites,
    drop_arguments,
    drop_clauses,
    unbracket,
)
"""All of them; the driver orders what they propose by what it would save."""


def proposals(script: Script) -> Iterator[Edits]:
    """What every pass proposes for a proof."""
    return chain.from_iterable(each(script) for each in PASSES)
