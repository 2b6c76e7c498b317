from pathlib import Path

import pytest

from proofagent.lean.olean import Module

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def data():
    """The folder with sample files."""
    return DATA


@pytest.fixture
def sample():
    """The module in a sample file of this folder."""
    return lambda name: Module.open(DATA / f"{name}.olean")


@pytest.fixture(scope="session")
def library(installation):
    """The folder with Lean's own `.olean` files."""
    return installation.library
