"""The examples run as they stand, with a real Lean, and show what they promise; plug points stay small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SAYS = {
    "prove_one": ["proved", "axioms: none"],
    "own_proposer": ["proved", "rcases Nat.mod_two_eq_zero_or_one n with h | h"],
    "own_strategy": ["proved in "],
    "own_value": ["proved"],
    "several_proofs": ["omega"],
    "compare_strategies": [f"{name:12} proved proved proved" for name in ("best-first", "beam", "depth-first", "puct")],
}


def run(name):
    command = [sys.executable, EXAMPLES / f"{name}.py"]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)


@pytest.mark.lean
@pytest.mark.parametrize("name", SAYS)
def test_an_example_runs(name):
    """As a user would run it, from anywhere."""
    ran = run(name)
    assert (ran.returncode, ran.stderr) == (0, "")
    for line in SAYS[name]:
        assert line in ran.stdout


@pytest.mark.lean
def test_several_proofs_are_different():
    """And as many as were asked for, from short to long."""
    ran = run("several_proofs")
    proofs = [line for line in ran.stdout.splitlines() if not line.startswith(" ")]
    assert len(set(proofs)) == len(proofs) == 3


def test_every_example_is_run_and_listed():
    """None is forgotten here or on the page about them."""
    found = {path.stem for path in EXAMPLES.glob("*.py")}
    page = (EXAMPLES / "README.md").read_text()
    assert found == set(SAYS)
    assert all(f"{name}.py" in page for name in found)


@pytest.mark.parametrize("name", ["own_proposer", "own_strategy", "own_value"])
def test_a_plug_takes_less_than_thirty_lines(name):
    """Everything that is defined in it, classes and functions together."""
    tree = ast.parse((EXAMPLES / f"{name}.py").read_text())
    kinds = (ast.ClassDef, ast.FunctionDef)
    lines = sum(node.end_lineno - node.lineno + 1 for node in tree.body if isinstance(node, kinds))
    assert 0 < lines < 30
