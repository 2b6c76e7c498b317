"""Lemmas of the library for tactics and prompts: found offline in an index, their statements printed by Lean."""

from collections.abc import Sequence
from pathlib import Path

import anyio

from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Header
from proofagent.lean.pool import Pool
from proofagent.proof.state import ProofState
from proofagent.propose.premises.index import PremiseIndex

_SECONDS = 10.0
_MOST_IMPORTS = 64


class LibraryLemmas:
    """Finds up to `most` lemmas for a state among the theorems that the goal's imports bring.

    Help that is not to be had (no library, no engine, a broken file) is none: nothing is raised.
    """

    def __init__(self, pool: Pool, most: int) -> None:
        self._pool, self._most = pool, most
        self._index: PremiseIndex | None = None
        self._loading = anyio.Lock()
        self._modules: dict[tuple[str, ...], frozenset[str]] = {}
        self._statements: dict[tuple[tuple[str, ...], str], str] = {}

    async def __call__(self, goal: Goal, state: ProofState) -> Sequence[str]:
        try:
            async with self._loading:
                index = self._index = self._index or await anyio.to_thread.run_sync(_load)
            if index is None:
                return ()
            found = index.search(state, await self._closure(goal.imports), self._most)
            return await self._stated(goal.imports, [premise.name for premise in found])
        except (ProofAgentError, OSError):
            return ()

    async def _closure(self, imports: tuple[str, ...]) -> frozenset[str]:
        if imports not in self._modules:
            if len(self._modules) >= _MOST_IMPORTS:  # a batch may have thousands, each with all that it brings
                self._modules.clear()
                self._statements.clear()
            async with self._pool.engine(Header(imports)) as engine:
                brought = engine.closure(imports)
            self._modules[imports] = brought
        return self._modules[imports]

    async def _stated(self, imports: tuple[str, ...], names: Sequence[str]) -> list[str]:
        """Each name with its statement as Lean prints it; what Lean does not know is left out."""
        unknown = [name for name in names if (imports, name) not in self._statements]
        if unknown:
            body = "\n".join(f"#check {name}" for name in unknown)
            outcome = await self._pool.elaborate(Header(imports), body, deadline=_SECONDS)
            if outcome.status == "done":
                self._statements.update({(imports, name): "" for name in unknown})
            for message in outcome.messages:
                if message.severity == "info" and 0 < message.start.line <= len(unknown):
                    text = " ".join(message.text.split())
                    self._statements[imports, unknown[message.start.line - 1]] = text
        return [text for name in names if (text := self._statements.get((imports, name), ""))]


def _load() -> PremiseIndex | None:
    installation = locate()
    if installation is None:
        return None
    key = installation.root, installation.manifest.library_sha256
    index = _LOADED.get(key)
    if index is None:
        index = PremiseIndex.load(installation)
        _LOADED.clear()
        _LOADED[key] = index
    return index


_LOADED: dict[tuple[Path, str], PremiseIndex] = {}
"""The index of the last library, by its folder and hash: it takes a third of a second to load and is never changed."""
