"""What the embedded engine costs: start, imports, memory, candidates, and the way from a command line to a proof.

    python benchmarks/engine.py [--json FILE] [--repeat 5]
                                [--reference DIR --package DIR [--library DIR]]   ratio to a bare host
                                [--tactics GOALS.jsonl]                           usual cost of the portfolio's tactics

DIR of --reference holds `trim_glue.py` and `host.cjs`; --package is the folder with the npm package's own `lean.js`
and `lean.wasm`. Figures are medians; those of two things that are compared are taken in turns.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import anyio

from proofagent.errors import EngineLost, ProofAgentError, SetupError
from proofagent.goals.loaders import BadLine, from_jsonl, from_statement
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import Node, find_node
from proofagent.lean.embedded.package import Installation, locate
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.propose.portfolio import WAVES, Portfolio
from proofagent.propose.team import Team
from proofagent.runs.attempt import attempt
from proofagent.search.prover import LeanProver, StartFailed
from proofagent.search.strategy import by_size
from proofagent.types import Budget

INIT = Header(("Init",))
SECONDS = 120.0
EASY = "theorem easy (a b : Nat) : a + b = b + a"
STATEMENT = (
    "(a b n : Nat) (h₀ : 1 ≤ a ∧ a ≤ 9) (h₁ : 0 ≤ b ∧ b ≤ 9) (h₂ : n = 10 * a + b) (h₃ : n = a * b + a + b) : b = 9"
)
TACTICS = ("rfl", "omega", "simp_all", "simp", "decide", "constructor", "assumption", "contradiction")
TACTIC_SECONDS = 10.0
PER_SOURCE = 3

Row = tuple[str, float, str]


def candidates(count: int = 64) -> list[str]:
    """Candidates for one goal, each a document of its own; no two are the same text."""
    return [
        f"example {STATEMENT} := by\n  have h{i} : {i} = {i} := rfl\n  {TACTICS[i % len(TACTICS)]}\n"
        for i in range(count)
    ]


def memory(pid: int) -> tuple[float, float]:
    """Megabytes resident now and at the peak, of a process and all below it."""
    now = peak = 0.0
    for process in _tree(pid):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        sizes = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
        now += int(sizes.get("VmRSS", "0 kB").split()[0]) / 1024
        peak += int(sizes.get("VmHWM", "0 kB").split()[0]) / 1024
    return now, peak


def _tree(pid: int) -> list[int]:
    children = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(entry.parent.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children[found[-1]]
    return found


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.monotonic()
    await work()
    return time.monotonic() - began


class Bench:
    """One run of all measurements; rows are printed as they come."""

    def __init__(self, installation: Installation, node: Node, repeat: int) -> None:
        self.installation, self.node, self.repeat = installation, node, repeat
        self.rows: list[Row] = []

    def row(self, name: str, value: float, unit: str) -> None:
        self.rows.append((name, round(value, 4), unit))
        print(f"{name:58} {value:10.3f} {unit}", flush=True)

    def start(self) -> Awaitable[EmbeddedEngine]:
        return EmbeddedEngine.start(self.installation, self.node)

    async def starts(self) -> float:
        times = []
        for _ in range(self.repeat):
            began = time.monotonic()
            engine = await self.start()
            times.append(time.monotonic() - began)
            await engine.aclose()
        self.row("start to ready", statistics.median(times), "s")
        return statistics.median(times)

    async def imports(self) -> None:
        for module in ("Init", "Std", "Lean"):
            engine = await self.start()
            try:
                seconds = await timed(lambda e=engine, m=module: self._prepared(e, Header((m,))))  # type: ignore[misc]
                now, peak = memory(engine.pid)
            finally:
                await engine.aclose()
            self.row(f"import {module}", seconds, "s")
            self.row(f"resident after import {module}", now, "MB")
            self.row(f"resident at its peak after import {module}", peak, "MB")

    async def _prepared(self, engine: EmbeddedEngine, header: Header) -> None:
        outcome = await engine.prepare(header, deadline=SECONDS)
        if outcome.status != "done":
            raise EngineLost(f"import: {outcome.status} {outcome.detail}")

    async def candidates(self) -> None:
        texts = candidates()
        whole = "".join(texts)
        for name, bodies in (("one document", [whole]), ("documents of their own", texts)):
            engine = await self.start()
            try:
                await self._prepared(engine, INIT)
                times = [await timed(lambda e=engine, b=bodies: self._elaborated(e, b)) for _ in range(1 + self.repeat)]  # type: ignore[misc]
                if bodies == [whole]:
                    for _ in range(30 - 1 - self.repeat):
                        await self._elaborated(engine, bodies)
                    self.row("resident after 30 documents", memory(engine.pid)[0], "MB")
                    self.row("resident at its peak after 30 documents", memory(engine.pid)[1], "MB")
                    self.row("WebAssembly heap after 30 documents", engine.memory / (1 << 20), "MB")
            finally:
                await engine.aclose()
            warm = statistics.median(times[1:])
            self.row(f"64 candidates in {name}, first", times[0], "s")
            self.row(f"64 candidates in {name}, warm", warm, "s")
            self.row(f"candidates a second in {name}, first", len(texts) / times[0], "1/s")
            self.row(f"candidates a second in {name}, warm", len(texts) / warm, "1/s")

    async def _elaborated(self, engine: EmbeddedEngine, bodies: Sequence[str]) -> None:
        for body in bodies:
            outcome = await engine.elaborate(INIT, body, deadline=SECONDS)
            if outcome.status != "done":
                raise EngineLost(f"elaborate: {outcome.status} {outcome.detail}")

    async def ratio(self, reference: Path, package: Path, library: Path) -> None:
        """The same document on our engine and on the bare host, in turns."""
        whole = "".join(candidates())
        with tempfile.TemporaryDirectory(prefix="proofagent-bench-") as folder:
            glue = trimmed(reference, package, Path(folder))
            began = time.monotonic()
            with bare_host(glue, library, Path(folder), self.node) as host:
                self.row("bare host: start to ready", time.monotonic() - began, "s")
                engine = await self.start()
                try:
                    await self._prepared(engine, INIT)
                    env = host.ask(op="import", modules=["Init"])["env"]
                    ours, theirs = [], []
                    for _ in range(2 + 2 * self.repeat):
                        ours.append(await timed(lambda: self._elaborated(engine, [whole])))
                        began = time.monotonic()
                        made = host.ask(op="elaborate", env=env, source=whole)["env"]
                        theirs.append(time.monotonic() - began)
                        host.ask(op="drop", env=made)
                finally:
                    await engine.aclose()
        a, b = statistics.median(ours[2:]), statistics.median(theirs[2:])
        self.row("64 candidates, ours", a, "s")
        self.row("64 candidates, bare host", b, "s")
        self.row("ratio of the medians", a / b, "")
        self.row("ratio of the fastest", min(ours[2:]) / min(theirs[2:]), "")
        self.row("ratio of the first documents", ours[0] / theirs[0], "")

    def cold_prove(self) -> None:
        """`proofagent prove` as a whole process, with nothing running before."""
        times = []
        for _ in range(self.repeat):
            began = time.monotonic()
            command = [sys.executable, "-m", "proofagent", "prove", EASY, "--quiet"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            times.append(time.monotonic() - began)
            if done.returncode != 0:
                raise EngineLost(f"prove ended with {done.returncode}", detail=done.stderr)
        self.row("prove an easy theorem from nothing running", statistics.median(times), "s")

    async def warm_prove(self, start_seconds: float) -> None:
        """The same as a call, with a warm engine and a warm spare for the gate."""
        times = []
        async with embedded_pool(size=1) as pool:
            pool.warm(INIT)
            for number in range(1 + self.repeat):
                # As long as a new spare needs to come up, with room: starts are slower beside other work.
                await anyio.sleep(3 * start_seconds + 1)
                began = time.monotonic()
                made = await attempt(
                    from_statement(EASY.replace("easy", f"easy{number}")), pool, Team(Portfolio()), Budget()
                )
                times.append(time.monotonic() - began)
                if made.outcome != "proved":
                    raise EngineLost(f"the easy theorem is {made.outcome}")
        self.row("prove an easy theorem, first on a warm spare", times[0], "s")
        self.row("prove an easy theorem, warm, gate included", statistics.median(times[1:]), "s")

    async def tactics(self, path: Path) -> None:
        """The first few tactics of each source at the root of each goal: median cost and how many did something."""
        costs: dict[str, list[float]] = defaultdict(list)
        worked: dict[str, int] = defaultdict(int)
        async with embedded_pool(size=1) as pool:
            for goal in from_jsonl(path):
                if isinstance(goal, BadLine):
                    continue
                prover = LeanProver(goal, pool, heartbeats=40_000)
                try:
                    state = await prover.start()
                except StartFailed as error:
                    print(f"{goal.name}: {error}")
                    continue
                frame = ProofGraph(state, estimate=by_size).frame(ROOT)
                for wave, source in ((w, s) for w, each in enumerate(WAVES) for s in each.sources):
                    # Closers are a source of single tactics, each with a cost of its own.
                    single = "closer" in source.name or source.name == "harvest"
                    for tactic in islice(source.generate(state), source.most if single else PER_SOURCE):
                        result = await prover.apply(frame, tactic, deadline=TACTIC_SECONDS)
                        name = f"{wave} {source.name}" + (f": {tactic}" if single else "")
                        costs[name].append(result.seconds or TACTIC_SECONDS)
                        worked[name] += result.status == "ok"
        for name, seconds in sorted(costs.items()):
            self.row(f"{name} ({len(seconds)} tried)", statistics.median(seconds), "s")
            self.row("    mean", statistics.fmean(seconds), "s")
            self.row("    worked", worked[name] / len(seconds), "share")


def trimmed(reference: Path, package: Path, folder: Path) -> Path:
    """The bare host's glue, made by the reference's own script, in `folder`."""
    target = folder / "bin" / "lean.js"
    target.parent.mkdir()
    script, host = (str((reference / name).resolve()) for name in ("trim_glue.py", "host.cjs"))
    command = [sys.executable, script, str(package / "lean.js"), str(target), host, "3", "sandbox"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    try:
        (target.parent / "lean.wasm").symlink_to((package / "lean.wasm").resolve())
    except OSError:
        shutil.copy(package / "lean.wasm", target.parent)
    return target


class BareHost:
    """Asks the reference host over its standard input and output."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[bytes] = process.stdin
        self._out: IO[bytes] = process.stdout
        self.answer()

    def ask(self, **request: object) -> dict[str, Any]:
        self._in.write(json.dumps(request).encode() + b"\n")
        self._in.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        for line in self._out:
            if line.startswith(b"@@"):
                reply: dict[str, Any] = json.loads(line[2:])
                if "error" in reply:
                    raise EngineLost(f"the bare host: {reply['error']}")
                return reply
        raise EngineLost("the bare host ended")


@contextmanager
def bare_host(glue: Path, library: Path, folder: Path, node: Node):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """A running reference host, killed at the end."""
    scratch = folder / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "SANDBOX_LIBRARY": str(library), "SANDBOX_SCRATCH": str(scratch)}
    with subprocess.Popen(
        [str(node.path), str(glue)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=scratch,
    ) as process:
        try:
            yield BareHost(process)
        finally:
            process.kill()


async def measure(bench: Bench, given: argparse.Namespace) -> None:
    """Everything that was asked for."""
    if given.tactics:
        await bench.tactics(given.tactics)
        return
    start = await bench.starts()
    await bench.imports()
    await bench.candidates()
    if given.reference and given.package:
        await bench.ratio(given.reference, given.package, given.library or bench.installation.library)
    else:
        print("ratio to the bare host: skipped, it needs --reference and --package")
    bench.cold_prove()
    await bench.warm_prove(start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--reference", type=Path, help="folder with trim_glue.py and host.cjs")
    parser.add_argument("--package", type=Path, help="folder with the npm package's lean.js and lean.wasm")
    parser.add_argument("--library", type=Path, help="the bare host's library; else the installed one")
    parser.add_argument("--tactics", type=Path, metavar="GOALS.jsonl", help="measure the portfolio's tactics instead")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    given = parser.parse_args()
    try:
        installation = locate()
        if installation is None:
            raise SetupError("the embedded Lean is not installed; run `proofagent setup`")
        bench = Bench(installation, find_node(), given.repeat)
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f} before; figures taken beside other work are not to be trusted")
        anyio.run(measure, bench, given)
    except ProofAgentError as error:
        parser.exit(2, f"error: {error}\n{getattr(error, 'detail', '')}\n")
    if given.json:
        rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in bench.rows]
        given.json.write_text(json.dumps({"load": load, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
