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
from proofagent.lean.olean.export import FORMAT, export, written
from proofagent.lean.olean.module import Module, Shelf, imported
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.objects import Olean
from proofagent.lean.olean.reach import Find, Reach, Tick, ordered, reach
from proofagent.lean.olean.terms import Term

__all__ = [
    "FORMAT",
    "Constant",
    "Constructor",
    "Find",
    "Inductive",
    "Kind",
    "Module",
    "Name",
    "Olean",
    "Reach",
    "Recursor",
    "Rule",
    "Safety",
    "Shelf",
    "Term",
    "Tick",
    "export",
    "imported",
    "ordered",
    "reach",
    "written",
]
