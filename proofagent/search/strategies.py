"""The strategies by their names. A further one is a line here; it has to pass `tests/search/test_strategies.py`."""

from collections.abc import Mapping
from types import MappingProxyType

from proofagent.search.beam import beam
from proofagent.search.best_first import best_first
from proofagent.search.deepening import deepening
from proofagent.search.puct import puct
from proofagent.search.strategy import Strategy

STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "best-first": best_first,
        "beam": beam(),
        "depth-first": deepening(),
        "puct": puct(),
    }
)
