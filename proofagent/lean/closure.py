"""Which modules an import brings, read from the compiled library."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from proofagent.errors import EngineRefused, OleanError
from proofagent.lean.olean import Name, imported


def import_closure(libraries: Sequence[Path], imports: tuple[str, ...]) -> frozenset[str]:
    """All modules that `imports` bring, themselves included; each is read from the first of `libraries` that has it.

    Raises `EngineRefused` where a module does not exist in any.
    """
    found: set[str] = set()
    todo = list(imports)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        try:
            todo += map(str, _imports(module_file(libraries, name)))
        except OleanError as error:
            raise EngineRefused(f"unknown module '{name}'") from error
    return frozenset(found)


def module_file(libraries: Sequence[Path], name: str) -> Path:
    """The compiled file of a module in the first of `libraries` that has it; errors as `import_closure`."""
    files = [library.joinpath(*name.split(".")).with_suffix(".olean") for library in libraries]
    found = next((file for file in files if len(files) == 1 or file.exists()), None)
    if found is None:
        raise EngineRefused(f"unknown module '{name}'")
    return found


@cache
def _imports(path: Path) -> tuple[Name, ...]:
    return imported(path)
