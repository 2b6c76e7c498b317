"""How much a reader has to take on trust: the ladder of inference burden, from `rfl` up to search.

After the ladder of the lean4-skills golfing guide (rfl < exact/rw < apply < simp only < simp/omega/decide < grind),
which mathlib's reviewers follow too: prefer the weakest tactic that does it.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from textwrap import indent

from proofagent.errors import GoalError
from proofagent.goals.lexer import code
from proofagent.goals.tactics import TERM, Block, Tactic, proof_tree, tactics

RUNGS = ("nothing", "rfl", "exact, rw", "apply", "simp only", "simp, omega, decide", "grind, search")
_BY_HEAD = {
    **dict.fromkeys(["rfl", "eq_refl", "intro", "intros", "rintro", "assumption", "trivial", "constructor", "skip"], 1),
    **dict.fromkeys(["left", "right", "symm", "exists", "funext", "ext", "exfalso", "show", "change", "unfold"], 1),
    **dict.fromkeys(
        ["exact", "rw", "rwa", "have", "let", "obtain", "rcases", "cases", "induction", "match", "calc"], 2
    ),
    **dict.fromkeys(["refine", "apply", "specialize", "generalize", "subst", "injection", "by_cases", "split"], 3),
    **dict.fromkeys(["contradiction", "congr", "ac_rfl", "norm_cast", "push_cast", "dsimp", "delta"], 4),
    **dict.fromkeys(["simp", "simpa", "simp_all", "omega", "decide", "simp_arith", "norm_num", "ring", "linarith"], 5),
    **dict.fromkeys(
        ["bv_omega", "positivity", "gcongr", "field_simp", "abel", "ring_nf", "simp_rw", "infer_instance"], 5
    ),
    **dict.fromkeys(["grind", "aesop", "nlinarith", "polyrith", "bv_decide", "exact?", "apply?", "rw?", "hint"], 6),
    **dict.fromkeys(["native_decide", "solve_by_elim", "tauto", "try?", "duper", "omega_nat", "grobner", "cutsat"], 6),
}
_UNKNOWN = 3
_AUTOMATION = 5


def rung(tactic: Tactic, text: str) -> int:
    """The place of a tactic on the ladder, as an index into `RUNGS`; 0 for what only holds other tactics."""
    if tactic.head == "simp" and "only" in [token.text for token in islice(code(text, tactic.start, tactic.end), 3)]:
        return 4
    if tactic.head in _BY_HEAD:
        return _BY_HEAD[tactic.head]
    if tactic.head == TERM:
        return 2
    return 0 if tactic.blocks else _UNKNOWN


def rungs(tree: Block, text: str) -> Iterator[tuple[Tactic, int]]:
    """Every tactic of a proof with its rung."""
    return ((tactic, rung(tactic, text)) for tactic in tactics(tree))


def is_automation(place: int) -> bool:
    """Whether what stands on this rung finds its steps itself."""
    return place >= _AUTOMATION


@lru_cache(maxsize=4096)
def hardest(tactic: str) -> int:
    """The highest rung of a tactic, or of several one a line; `_UNKNOWN` where it cannot be read."""
    text = "by\n" + indent(tactic, "  ")
    try:
        return max((place for _, place in rungs(proof_tree(text), text)), default=_UNKNOWN)
    except (GoalError, ValueError):
        return _UNKNOWN
