"""The table of axioms against the library itself."""

import pytest

from proofagent.check.axioms import PRIMITIVE, STANDARD
from proofagent.lean.olean import Kind, Module, Olean
from proofagent.lean.olean.extensions import subjects
from proofagent.lean.olean.module import _Declarations

KINDS = "_private.Lean.AddDecl.0.Lean.privateConstKindsExt"
"""Lean's own table of what was no axiom before its body was left out of the public file."""


def axioms(path):
    """What the module declares as an axiom and that was one in its source."""
    with Olean.map(path) as olean:
        read = _Declarations(olean)
        pairs = read.fields(olean.root, 0, 5)[4]
        otherwise = set(subjects(read.reader, read.entries(olean.array(pairs)).get(KINDS, ())))
        constants = Module.read(olean).constants
        return {name for name, c in constants.items() if c.kind is Kind.AXIOM and name not in otherwise}


@pytest.mark.lean
@pytest.mark.xdist_group("axioms")
def test_the_table_names_every_axiom_of_the_library(installation):
    """No axiom of any module of Init, Std, Lean or Lake is missing, and what is no axiom stands for one."""
    files = [path for path in installation.library.rglob("*.olean") if not path.name.startswith(".")]
    found = set().union(*map(axioms, files))
    assert len(files) == 2098
    assert found - PRIMITIVE == set()
    assert PRIMITIVE - found == {"Lean.reduceBool", "Lean.reduceNat"}
    assert found >= STANDARD
