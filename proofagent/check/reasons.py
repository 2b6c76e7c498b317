"""Why a solution is rejected: closed codes with what each of them means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "answer-hole",
    "attribute",
    "axiom",
    "compiler-axiom",
    "definition",
    "errors",
    "imports",
    "judge",
    "kernel",
    "kernel-bug",
    "kind",
    "missing",
    "no-hole",
    "no-target",
    "option",
    "partial",
    "second-kernel",
    "sorry",
    "statement",
    "unsafe",
]

MEANINGS: Mapping[Code, str] = {
    "answer-hole": "a definition that the challenge leaves open was filled in without permission; whether its value is "
    "an answer and not the question again is for a person to judge (--allow-answer NAME permits it)",
    "attribute": "an attribute gives a declaration another meaning in compiled code than it has in the kernel",
    "axiom": "something is assumed that is not among the permitted axioms (--allow-axiom NAME permits more)",
    "compiler-axiom": "the proof trusts compiled code, as `native_decide` does, and not the kernel alone",
    "definition": "something that the statement is made of has another value than in the challenge",
    "errors": "Lean reports an error, so the file would not build",
    "imports": "the solution needs modules that the challenge does not (--allow-import MODULE permits them)",
    "judge": "another checker rejects the solution",
    "kernel": "the kernel of a clean process does not take a declaration that the solution's process wrote",
    "kernel-bug": "a declaration has the shape that a published soundness bug of this version's kernel needs",
    "kind": "a declaration is of another kind than in the challenge, say a definition where a theorem was",
    "missing": "a declaration of the challenge is not there under its full name",
    "no-hole": "the challenge has already proved what is to be proved",
    "no-target": "what is to be proved is no declaration of the challenge",
    "option": "an option for debugging Lean itself is set",
    "partial": "a new function is `partial`: nothing shows that it ends",
    "second-kernel": "another kernel does not take a declaration that the first one took, though nothing that it rests "
    "on was hidden from it: one of them is wrong",
    "sorry": "the proof is not complete: it rests on `sorry`",
    "statement": "a declaration does not say what it says in the challenge, as a kernel term",
    "unsafe": "a new declaration is `unsafe`",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a solution is rejected: a stable `code`, the declaration or "", a sentence, and where it is."""

    code: Code
    declaration: str
    text: str
    position: tuple[int, int] | None = None
    """Line (from 1) and column (from 0) in the solution, where it is known."""
