"""Which modules an import brings, read from the compiled library."""

from functools import cache
from pathlib import Path

from proofagent.errors import EngineRefused, OleanError
from proofagent.lean.olean import Name, imported


def import_closure(library: Path, imports: tuple[str, ...]) -> frozenset[str]:
    """All modules that `imports` bring, themselves included.

    Raises `EngineRefused` where a module does not exist in `library`.
    """
    found: set[str] = set()
    todo = list(imports)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        try:
            todo += map(str, _imports(library, name))
        except OleanError as error:
            raise EngineRefused(f"unknown module '{name}'") from error
    return frozenset(found)


@cache
def _imports(library: Path, name: str) -> tuple[Name, ...]:
    return imported(library.joinpath(*name.split(".")).with_suffix(".olean"))
