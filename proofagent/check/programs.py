"""Words by which a text makes Lean run a program: one that is written in it, or one that reaches out of Lean.

The embedded engine runs such texts in a sandbox. A native Lean would run them with the rights of whoever started it,
so there they are not given to Lean at all, unless the trusted text has the word as often. Defining an elaborator, a
macro or a simplification procedure takes one of these words, and so does everything that touches a file or a process.
Words count wherever they stand, in comments and strings too: cutting a text up as Lean does would be one more thing
to deceive. This is a fence and no proof; whoever checks what an enemy wrote wants the sandbox.
"""

import re
from collections import Counter

_WORD = re.compile(r"\beval%|[#\w]+")
_ATTRIBUTES = re.compile(r"@\[([^\]]*)\]?")
_PROGRAMS = re.compile(
    r"#eval|#guard|#test|#sample|#widget|\w*panel_widgets|eval%|plausible|slim_check|config|timeit|allocprof|dbg\w+"
    r"|\w*IO|ES?T|ST|EStateM|#exec|#html|run_\w+|by_elab|\w*elab\w*|\w*macro\w*|\w*simproc\w*|\w*unsafe\w*|\w*[rR]educeBool|\w*[rR]educeNat"
    r"|eval(?:Const|Decl|Expr|Check|Tactic|Term)\w*|initialize|builtin_\w+|implemented_by|extern|csimp|attribute"
    r"|include_str|native_decide|native|load_dynlib|register_\w+|declare_\w+|IO|System|Lean|Lake|Meta|Elab|Qq"
)
_HIDING = re.compile(r"--|/-|[\"\[]")
"""What may hide the end of a list of attributes."""
_HARMLESS = frozenset({"simp", "ext", "local", "scoped", "reducible", "irreducible", "inline", "refl", "symm", "trans"})
_HARMLESS |= {"grind", "norm_cast", "push_cast", "elab_as_elim", "gcongr", "mono", "congr", "instance", "high", "low"}
_NAME = re.compile(r"[^\W\d]\w*")


def programs(trusted: str, text: str) -> tuple[str, ...]:
    """The words of that kind that `text` has oftener than `trusted`, in alphabetical order; `@[…]` counts with what
    stands in it, where that is more than a few attributes that are known to be harmless.
    """
    known = _found(trusted)
    return tuple(sorted(word for word, count in _found(text).items() if count > known[word]))


def _found(text: str) -> Counter[str]:
    attributes = [
        said
        for said in _ATTRIBUTES.findall(text)
        if _HIDING.search(said) or not _HARMLESS.issuperset(_NAME.findall(said))
    ]
    rest = _ATTRIBUTES.sub(" ", text)
    words = (word for word in _WORD.findall(rest) if _PROGRAMS.fullmatch(word))
    return Counter([*words, *(f"@[{' '.join(said.split())}]" for said in attributes)])
