"""The modules of a compiled library that a command is told, and their theorems."""

import difflib
import random
from collections.abc import Sequence
from pathlib import Path

from proofagent.errors import GoalError, SetupError
from proofagent.lean.embedded.package import locate
from proofagent.lean.engines import Choice
from proofagent.propose.premises.library import module_theorems, modules

Modules = Sequence[tuple[str, Path]]
"""Names and files."""


def named_modules(choice: Choice, names: Sequence[str]) -> list[tuple[str, Path]]:
    """The modules called `names`, and those below them, in what the engine can import.

    Raises `GoalError` for a name that is none, and `SetupError` where there is no library.
    """
    there = [found for library in _libraries(choice) for found in modules(library)]
    for name in names:
        if not any(_is_in(module, name) for module, _ in there):
            near = difflib.get_close_matches(name, [module for module, _ in there], 1)
            hint = f"; there is `{near[0]}`" if near else ""
            raise GoalError(f"there is no module `{name}` in the library{hint}")
    return [(module, path) for module, path in there if any(_is_in(module, name) for name in names)]


def _is_in(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")


def wanted_names(found: Modules, namespaces: Sequence[str], sample: int | None, seed: int) -> frozenset[str]:
    """The names of the theorems that are asked for; `GoalError` where there is none."""
    names = [
        theorem.name
        for _, path in found
        for theorem in module_theorems(path)
        if not namespaces or any(_is_in(theorem.name, namespace) for namespace in namespaces)
    ]
    if not names:
        raise GoalError("there is no such theorem in these modules")
    if sample is not None and sample < len(names):
        names = random.Random(seed).sample(names, sample)  # noqa: S311  what is guessed is no secret
    return frozenset(names)


def _libraries(choice: Choice) -> Sequence[Path]:
    if choice.lean is not None:
        return choice.lean.libraries
    installation = locate()
    if installation is None:
        raise SetupError("the embedded Lean is not installed; run `proofagent setup`")
    return (installation.library,)
