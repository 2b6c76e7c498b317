import os
from pathlib import Path

import pytest

from proofagent.lean.olean import Module

DATA = Path(__file__).parent / "data"


@pytest.fixture
def sample():
    """The module in a sample file of this folder."""
    return lambda name: Module.open(DATA / f"{name}.olean")


@pytest.fixture(scope="session")
def library():
    """The folder with Lean's own `.olean` files."""
    try:
        from proofagent.lean.embedded.package import locate
    except ImportError:
        found = None
    else:
        found = locate()
    folder = found.library if found else os.environ.get("PROOFAGENT_TEST_LIBRARY")
    if not folder:
        pytest.skip("no Lean library on this machine")
    return Path(folder)
