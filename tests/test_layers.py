"""The architecture as tests: who may import whom, who is the only importer of what, and how long things are."""

import ast
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "proofagent"

LAYERS = {
    "types": 0,
    "errors": 0,
    "config": 1,
    "telemetry": 1,
    "goals": 2,
    "lean": 2,
    "llm": 2,
    "proof": 2,
    "propose": 3,
    "check": 3,
    "score": 4,
    "search": 5,
    "minimize": 5,
    "runs": 6,
    "report": 7,
    "experiments": 7,
    "mcp": 7,
    "live": 7,
    # The library's front door and the module that re-exports it; they compose runs, as a command does.
    "api": 7,
    "__init__": 8,
    "cli": 8,
    "__main__": 9,
    "testing": 10,
}
# Imports within one layer or upwards that are wanted: (importer, imported) -> the reason.
ALLOWED = {
    ("types", "errors"): "a value refuses what it cannot be",
}
# `testing` may import everything but these.
NEVER_IN_TESTING = {"cli", "__main__"}
ONLY_IMPORTERS = {
    "networkx": {"proof"},
    "httpx": {"llm"},
    "typer": {"cli"},
    "rich": {"cli"},
    "ray": {"runs"},
    "plotly": {"report"},
    "jinja2": {"report"},
    "starlette": {"live"},
    "uvicorn": {"live"},
    "mcp": {"mcp"},
    "structlog": {"telemetry"},
    "opentelemetry": {"telemetry"},
}
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
"""Without its parameters: those of a command are a table of its options."""

FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    line: int
    at_load: bool
    """False inside a function and under TYPE_CHECKING: no part of a cycle, but of the layers."""


def top(module: str) -> str:
    """The package or top module that `module` belongs to: `proofagent.lean.pool` is in `lean`."""
    return module.split(".")[1] if "." in module else "__init__"


def imports_of(module: str) -> list[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in MODULES else str(node.module) for name in whole]
        else:
            continue
        found += [Import(module, target, node.lineno, id(node) not in late) for target in targets]
    return found


IMPORTS = [found for module in MODULES for found in imports_of(module)]


def allowed(importer: str, imported: str) -> bool:
    if importer == imported or (importer, imported) in ALLOWED:
        return True
    if importer == "testing":
        return imported not in NEVER_IN_TESTING
    return imported != "testing" and LAYERS[imported] < LAYERS[importer]


def test_every_module_has_a_layer() -> None:
    """A new package gets its place in the table before it gets imports."""
    assert {top(module) for module in MODULES} <= LAYERS.keys()


def test_imports_go_down() -> None:
    """A module imports its own package and lower layers only."""
    wrong = [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in IMPORTS
        if found.imported in MODULES and not allowed(top(found.importer), top(found.imported))
    ]
    assert wrong == []


def test_every_exception_is_needed() -> None:
    """The table of exceptions holds no pair that nobody uses."""
    used = {(top(found.importer), top(found.imported)) for found in IMPORTS if found.imported in MODULES}
    assert ALLOWED.keys() <= used


def test_names_of_the_project_resolve() -> None:
    """Whatever is imported from the project is a module of it."""
    ours = {found.imported for found in IMPORTS if found.imported.split(".")[0] == "proofagent"}
    assert ours <= MODULES.keys()


def test_there_is_no_cycle() -> None:
    """No module needs itself to be loaded."""
    edges = [(found.importer, found.imported) for found in IMPORTS if found.at_load and found.imported in MODULES]
    cycles = [sorted(part) for part in nx.strongly_connected_components(nx.DiGraph(edges)) if len(part) > 1]
    assert cycles == []
    assert not [edge for edge in edges if edge[0] == edge[1]]


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_a_library_has_one_importer(library: str) -> None:
    """Libraries with a strong flavour stay in the package that they are for."""
    users = {top(found.importer) for found in IMPORTS if found.imported.split(".")[0] == library}
    assert users <= ONLY_IMPORTERS[library]


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_are_short(module: str) -> None:
    """A file has at most 400 lines, a function at most 60 from its docstring on."""
    text = MODULES[module].read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES_OF_A_FILE
    long = [
        f"{node.name}: {length}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (length := (node.end_lineno or 0) - node.body[0].lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []
