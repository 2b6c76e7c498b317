"""What is drawn on a terminal."""

import pytest

from proofagent.cli.pictures import aligned


@pytest.mark.parametrize(
    ("proof", "column"),
    [
        ("omega", 0),
        ("intro h\nexact h", 0),
        ("intro h\n  exact h", 2),
        ("have h : p := by\n    simp\n  exact h", 2),
        ("induction n with\n    | zero => simp\n    | succ n ih => omega", 2),
        ("by\n  simp", 0),
    ],
    ids=range(6),
)
def test_a_proof_stands_as_it_did_in_its_file(proof, column):
    """A proof is kept without the blanks before its first line; a picture has them again."""
    assert aligned(proof) == " " * column + proof
