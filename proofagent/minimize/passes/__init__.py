"""The passes: each proposes edits of one proof. None knows Lean, so what they propose is often wrong, and is tried."""

from collections.abc import Iterator
from itertools import chain

from proofagent.minimize.edits import Edits
from proofagent.minimize.passes.base import Pass, Script
from proofagent.minimize.passes.branches import bullets_for_cases, bullets_for_names, one_after_the_other, unbullet
from proofagent.minimize.passes.closing import close_branches, close_tails, close_terms
from proofagent.minimize.passes.dropping import drop_arguments, drop_clauses, drop_locals, drop_runs
from proofagent.minimize.passes.golf import (
    absorbed_by_simp,
    closed_by_rewriting,
    eta,
    haves_as_rules,
    shorter_tactics,
    simpa_of_haves,
    tactics_for_terms,
)
from proofagent.minimize.passes.hypotheses import (
    alternatives,
    anonymous,
    generalizing,
    projections,
    unnamed_ends,
    unnamed_splits,
)
from proofagent.minimize.passes.joining import (
    anonymous_constructors,
    apply_exact,
    merge_intros,
    merge_rewrites,
    share_branches,
)
from proofagent.minimize.passes.lemmas import inline_short, local_lemmas, share_terms
from proofagent.minimize.passes.lifting import hoist_blocks, inline_haves, terms, unbracket
from proofagent.minimize.passes.repeats import (
    lift_heads,
    lift_tails,
    nested_splits,
    repeat_runs,
    reuse_haves,
    share_haves,
)
from proofagent.minimize.passes.spelling import brackets_for_intro, calc_steps, dots, pipes, plain_shows

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
    lift_tails,
    lift_heads,
    repeat_runs,
    nested_splits,
    share_haves,
    reuse_haves,
    share_terms,
    local_lemmas,
    inline_short,
    bullets_for_cases,
    bullets_for_names,
    unbullet,
    one_after_the_other,
    unnamed_ends,
    unnamed_splits,
    projections,
    anonymous,
    alternatives,
    generalizing,
    closed_by_rewriting,
    simpa_of_haves,
    absorbed_by_simp,
    haves_as_rules,
    eta,
    tactics_for_terms,
    shorter_tactics,
    pipes,
    dots,
    plain_shows,
    brackets_for_intro,
    calc_steps,
)
"""All of them; the driver orders what they propose by what it would save."""


def proposals(script: Script) -> Iterator[Edits]:
    """What every pass proposes for a proof."""
    return chain.from_iterable(each(script) for each in PASSES)
