"""Write the sample files whose source is in `prelude` again: by a native Lean (64 bits, GMP) and by the embedded one.

    python tests/lean/olean/make_samples.py

Needs both: `bash scripts/install test native` and `proofagent setup`.
"""

import shutil
import tempfile
from pathlib import Path

import anyio
from native_lean import NativeLean

from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import find_node
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Header

HERE = Path(__file__).parent
SAMPLES = ("numbers",)


def body(document: Path) -> str:
    """The text after `prelude`, which the embedded engine says with a header that imports nothing."""
    return document.read_text(encoding="utf-8").removeprefix("prelude\n")


async def embedded(document: Path, target: Path) -> None:
    installation = locate()
    assert installation, "the embedded Lean is not installed"
    engine = await EmbeddedEngine.start(installation, find_node())
    try:
        made = await engine.compile(Header(()), body(document), target, deadline=60)
    finally:
        await engine.aclose()
    assert made.path, made.detail


def main() -> None:
    native = NativeLean.find()
    assert native, "the native Lean is not installed"
    for name in SAMPLES:
        document = HERE / "prelude" / f"{name}.lean"
        anyio.run(embedded, document, HERE / "data" / f"{name}.olean")
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(document, folder)
            shutil.copy(native.compile(Path(copy)), HERE / "data" / f"native_{name}.olean")


if __name__ == "__main__":
    main()
