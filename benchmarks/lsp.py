"""The language server as an engine, on a native Lean: what we add to an edit, and whether anything grows.

    python benchmarks/lsp.py [--edits 500] [--lean PROGRAM] [--json]

The same edits go through the engine and, by turns, through a client that does nothing but write and read (the floor:
what Lean itself takes for an edit). Without --lean it is the Lean 4.35 of the dependency group `native`, which has no
library, so documents begin with `prelude`.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio
import psutil

from proofagent.lean.engine import Header
from proofagent.lean.lsp.engine import LspEngine
from proofagent.lean.toolchain import Lean, document

ROOT = Path(__file__).resolve().parent.parent
HEADER = Header((), "prelude\ninductive N : Type where\n  | z : N\n  | s : N → N\n")
WARM_UP = 20


def bodies(count: int) -> list[str]:
    """Texts that differ, every third with an error."""
    right = "example : (x : N) → N := fun x => N.s (N.s x)\n"
    return [f"-- {i}\n{right}" + ("example : N := N.w\n" if i % 3 == 0 else "") for i in range(count)]


class Floor:
    """A client that does the least: blocking, without a look at anything but the response."""

    def __init__(self, lean: Path) -> None:
        ours, theirs = socket.socketpair()
        command = [str(lean), "--server", "-Dserver.reportDelayMs=0"]
        # A session of its own, and the environment that the engine gives it: none.
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env={})
        theirs.close()
        self._file = ours.makefile("rwb")
        self._version = 0
        # As the engine does, so that both are told the same.
        us = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": {"lean": {"incrementalDiagnosticSupport": True}},
        }
        self._send({"id": "us", "method": "initialize", "params": us})
        self._until("us")
        self._send({"method": "initialized", "params": {}})

    def edit(self, text: str) -> float:
        began = time.perf_counter()
        self._version += 1
        place = {"uri": "untitled:Floor", "version": self._version}
        if self._version == 1:
            opened = {**place, "languageId": "lean4", "text": text}
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
        else:
            changes = [{"text": text}]
            self._send(
                {"method": "textDocument/didChange", "params": {"textDocument": place, "contentChanges": changes}}
            )
        self._send({"id": self._version, "method": "textDocument/waitForDiagnostics", "params": place})
        self._until(self._version)
        return time.perf_counter() - began

    def close(self) -> None:
        for child in psutil.Process(self.process.pid).children(recursive=True):
            child.kill()
        self.process.kill()
        self.process.wait()

    def _send(self, message: dict[str, object]) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._file.write(b"Content-Length: %d\r\n\r\n%b" % (len(text), text))
        self._file.flush()

    def _until(self, wanted: object) -> None:
        while True:
            length = 0
            while line := self._file.readline().strip():
                length = int(line.rpartition(b":")[2])
            message = json.loads(self._file.read(length))
            if message.get("id") == wanted and "method" not in message:
                return


def stand_in(folder: Path) -> Path:
    """The Lean of the dependency group as a program."""
    sys.path.insert(0, str(ROOT / "tests" / "lean" / "olean"))
    from native_lean import NativeLean  # noqa: PLC0415  a test's helper

    found = NativeLean.find()
    if found is None:
        sys.exit("no native Lean: bash scripts/install test native, or name one with --lean")
    script = ROOT / "tests" / "lean" / "olean" / "native_lean.py"
    program = folder / "lean"
    text = f'#!/bin/sh\nexport LEAN_WORKER_PATH="$0"\nexec {sys.executable} {script} {found.library} "$@"\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


async def measure(lean: Path, edits: int) -> dict[str, float]:
    engine = await LspEngine.start(Lean(lean))
    floor = Floor(lean)
    ours, least, sizes = [], [], []
    try:
        for number, body in enumerate(bodies(WARM_UP + edits)):
            text = document(HEADER, body).text
            for turn in (0, 1) if number % 2 else (1, 0):
                if turn:
                    least.append(floor.edit(text))
                else:
                    began = time.perf_counter()
                    outcome = await engine.elaborate(HEADER, body, deadline=60)
                    ours.append(time.perf_counter() - began)
                    assert outcome.status == "done", outcome
                    assert bool(outcome.errors) == (number % 3 == 0)
            sizes.append(engine.memory)
    finally:
        floor.close()
        await engine.aclose()
    ours, least, sizes = ours[WARM_UP:], least[WARM_UP:], sizes[WARM_UP:]
    tenth = max(1, edits // 10)
    return {
        "edits": edits,
        "ours_ms": 1000 * statistics.median(ours),
        "floor_ms": 1000 * statistics.median(least),
        "added_ms": 1000 * (statistics.median(ours) - statistics.median(least)),
        "ours_p99_ms": 1000 * sorted(ours)[int(0.99 * edits)],
        "floor_p99_ms": 1000 * sorted(least)[int(0.99 * edits)],
        "ratio": statistics.median(ours) / statistics.median(least),
        "memory_first_tenth_mb": statistics.median(sizes[:tenth]) / 2**20,
        "memory_last_tenth_mb": statistics.median(sizes[-tenth:]) / 2**20,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--lean", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = anyio.run(measure, options.lean or stand_in(Path(folder)), options.edits)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:24} {value:10.2f}" if isinstance(value, float) else f"{name:24} {value:10}")


if __name__ == "__main__":
    main()
