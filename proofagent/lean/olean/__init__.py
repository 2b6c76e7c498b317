"""Reading compiled Lean modules (`.olean` files) without Lean: the artefact, not what the process said about it."""

from proofagent.lean.olean.constants import (
    Constant,
    Constructor,
    Inductive,
    Kind,
    Recursor,
    Rule,
    Safety,
)
from proofagent.lean.olean.export import export, ordered
from proofagent.lean.olean.module import Module, imported
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.objects import Olean
from proofagent.lean.olean.terms import Term

__all__ = [
    "Constant",
    "Constructor",
    "Inductive",
    "Kind",
    "Module",
    "Name",
    "Olean",
    "Recursor",
    "Rule",
    "Safety",
    "Term",
    "export",
    "imported",
    "ordered",
]
