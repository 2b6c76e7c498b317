"""Words that no proof needs and that can put an unchecked constant into an artefact.

Everything else that the gate looks at is in the artefact; but an artefact does not say whether the kernel has seen
what is in it. An option switches the kernel off, and a program that runs while Lean elaborates can add constants
without it. Until an independent replay does that work again, a solution may not hold such a word more often than the
trusted challenge does.
"""

import re
from collections import Counter

from proofagent.check.compare import Reason

# Anywhere in the text, in whatever quotes, comments or strings: how Lean would read it plays no part.
_KERNEL_OPTION = re.compile(r"skipKernelTC")
_PROGRAM = re.compile(
    r"(?<![\w.'])(?:"
    r"#eval!?|run_cmd|run_elab|run_meta|run_tac|by_elab|eval%|initialize|register_\w+|declare_\w+|"
    r"elab|elab_rules|command_elab|term_elab|tactic|macro|macro_rules|app_unexpander|app_delab|delab|builtin_\w+|"
    r"simproc|dsimproc|simproc_decl|dsimproc_decl|simproc_pattern|\w*parser\w*|parenthesizer|formatter|linter|"
    r"extern|implemented_by|csimp|unsafe"
    r")(?![\w'.])"
)


def unwanted(challenge: str, solution: str) -> tuple[Reason, ...]:
    """A reason for each word of either list that `solution` holds more often than `challenge`."""
    found = [
        Reason(code, "", f"the solution holds `{word}`, which no proof needs: {why}")
        for code, why, words in (
            ("kernel-option", "it can keep the kernel from checking", _KERNEL_OPTION),
            ("program", "it can run a program inside Lean", _PROGRAM),
        )
        for word in sorted(_count(words, solution) - _count(words, challenge))
    ]
    return tuple(found)


def _count(words: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(words.findall(text))
