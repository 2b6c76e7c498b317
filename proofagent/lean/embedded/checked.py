"""No way around the kernel: every declaration that enters an environment of this engine is type-checked.

Lean has an option, `debug.skipKernelTC`, that adds declarations unchecked; with it `by decide +kernel` proves `1 = 2`,
and the artefact looks like any other. The two functions behind it are given the bodies of calls to their checking
counterparts, so the option has no effect. Nothing else of the module's code is changed.
"""

from collections.abc import Mapping

from proofagent.errors import SetupError
from proofagent.lean.embedded.wasm import (
    CODE,
    EXPORT,
    FUNC,
    IMPORT,
    MAGIC,
    exports,
    imported_functions,
    leb,
    read_leb,
    section,
    sections,
)

UNCHECKED: Mapping[str, str] = {
    "lean_add_decl_without_checking": "lean_add_decl",
    "lean_elab_add_decl_without_checking": "lean_elab_add_decl",
}
"""(environment, declaration) -> result, and what is called instead:
(environment, heartbeats or 0 for no limit, declaration, no cancellation) -> result; see `Lean/AddDecl.lean`."""

_NO_LIMIT, _NONE = 0, 1  # `none` of `Option` is the boxed scalar 0


def always_checked(module: bytes, redirected: Mapping[str, str] = UNCHECKED) -> bytes:
    """The module with each key of `redirected` calling its value. Raises `SetupError` where one is missing."""
    parts = list(sections(module))
    bodies = dict(parts)
    index = {e.name.decode(): e.index for e in exports(bodies[EXPORT]) if e.kind == FUNC}
    missing = {*redirected, *redirected.values()} - index.keys()
    if missing:
        raise SetupError(f"the Lean module does not export {', '.join(sorted(missing))}")
    first = imported_functions(bodies[IMPORT])
    replaced = {index[old] - first: _call(index[new]) for old, new in redirected.items()}
    code = _replace(bodies[CODE], replaced)
    return MAGIC + b"".join(section(kind, code if kind == CODE else body) for kind, body in parts)


def _call(function: int) -> bytes:
    """A body without locals: get 0, const, get 1, const, call, end."""
    return bytes([0, 0x20, 0, 0x41, _NO_LIMIT, 0x20, 1, 0x41, _NONE, 0x10]) + leb(function) + b"\x0b"


def _replace(code: bytes, bodies: Mapping[int, bytes]) -> bytes:
    count, at = read_leb(code, 0)
    pieces, copied = [], 0
    for place in range(count):
        size, start = read_leb(code, at)
        if (body := bodies.get(place)) is not None:
            pieces += [code[copied:at], leb(len(body)), body]
            copied = start + size
        at = start + size
    return b"".join([*pieces, code[copied:]])
