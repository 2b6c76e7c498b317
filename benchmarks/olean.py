"""What reading compiled modules costs: their tables, and the digest of every constant; from copies and from maps.

    python benchmarks/olean.py [--repeat 3] [--json FILE] [--library DIR]

Figures are medians of processor time, of files that the system has in its cache; those of two things that are
compared are taken in turns.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from proofagent.errors import ProofAgentError, SetupError
from proofagent.lean.embedded.package import locate
from proofagent.lean.olean import Module, Olean

SAMPLES = Path(__file__).parents[1] / "tests" / "lean" / "olean" / "data"
SAME_DECLARATIONS = SAMPLES / "numbers.olean", SAMPLES / "native_numbers.olean"
"""One source, compiled by the embedded Lean (words of 4 bytes) and by a native one (8)."""
TIMES = 100

Obtain = Callable[[Path], Olean]
Row = tuple[str, float, str]


@dataclass(frozen=True, slots=True)
class Pass:
    """One way of going through some files, once."""

    seconds: float
    constants: int


def tables(files: Iterable[Path], obtain: Obtain) -> Pass:
    """Read names, kinds and all that is not a term."""
    began, constants = time.process_time(), 0
    for file in files:
        with obtain(file) as olean:
            constants += len(Module.read(olean).constants)
    return Pass(time.process_time() - began, constants)


def digests(files: Iterable[Path], obtain: Obtain) -> Pass:
    """Read everything and hash each type and each value."""
    began, constants = time.process_time(), 0
    for file in files:
        with obtain(file) as olean:
            for constant in Module.read(olean).constants.values():
                constant.type_digest()
                constant.value_digest()
                constants += 1
    return Pass(time.process_time() - began, constants)


class Bench:
    """One run of all measurements; rows are printed as they come."""

    def __init__(self, repeat: int) -> None:
        self.repeat = repeat
        self.rows: list[Row] = []

    def row(self, name: str, value: float, unit: str) -> None:
        self.rows.append((name, round(value, 4), unit))
        print(f"{name:58} {value:10.3f} {unit}", flush=True)

    def files(self, name: str, files: Sequence[Path]) -> None:
        """Both passes over the files, opened and mapped in turns."""
        size = sum(file.stat().st_size for file in files)
        self.row(f"{name}: size of {len(files)} file{'s' * (len(files) > 1)}", size / 1e6, "MB")
        for what, go in (("tables", tables), ("digests", digests)):
            opened, mapped = self.in_turns(lambda g=go: g(files, Olean.open), lambda g=go: g(files, Olean.map))  # type: ignore[misc]
            for way, done in (("opened", opened), ("mapped", mapped)):
                self.row(f"{name}: {what}, {way}", done.seconds, "s")
                self.row(f"{name}: {what}, {way}", size / 1e6 / done.seconds, "MB/s")
                self.row(f"{name}: {what}, {way}", done.constants / done.seconds, "constants/s")
            self.row(f"{name}: {what}, mapped / opened", mapped.seconds / opened.seconds, "ratio of times")

    def words(self, narrow: Path, wide: Path) -> None:
        """The same declarations with words of 4 and of 8 bytes."""
        few, many = self.in_turns(
            lambda: digests([narrow] * TIMES, Olean.open), lambda: digests([wide] * TIMES, Olean.open)
        )
        self.row("words of 4 bytes: digests", few.constants / few.seconds, "constants/s")
        self.row("words of 8 bytes: digests", many.constants / many.seconds, "constants/s")
        self.row("words of 4 bytes / of 8 bytes", few.seconds / many.seconds, "ratio of times")

    def in_turns(self, one: Callable[[], Pass], other: Callable[[], Pass]) -> tuple[Pass, Pass]:
        """The medians of two passes, after one of each that does not count."""
        one(), other()
        pairs = [(one(), other()) for _ in range(self.repeat)]
        first, second = ([pair[i] for pair in pairs] for i in range(2))
        return _median(first), _median(second)


def _median(passes: Sequence[Pass]) -> Pass:
    return Pass(statistics.median(done.seconds for done in passes), passes[0].constants)


def modules(folder: Path) -> list[Path]:
    """The compiled modules at or below a folder, without what an archiver left beside them."""
    return sorted(folder.rglob("[!.]*.olean"))


def measure(bench: Bench, library: Path) -> None:
    init = [library / "Init.olean", *modules(library / "Init")]
    largest = max(modules(library), key=lambda file: file.stat().st_size)
    bench.files("Init", init)
    bench.files(f"the largest ({'.'.join(largest.relative_to(library).with_suffix('').parts)})", [largest])
    if all(file.is_file() for file in SAME_DECLARATIONS):
        bench.words(*SAME_DECLARATIONS)
    else:
        print("words of 4 and 8 bytes: skipped, the samples of the tests are not here")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--library", type=Path, help="folder with Lean's compiled modules; else the installed one")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} before; figures taken beside other work are not to be trusted")
    bench = Bench(given.repeat)
    try:
        library = given.library
        if library is None:
            if (installation := locate()) is None:
                raise SetupError("the embedded Lean is not installed; run `proofagent setup`, or name a --library")
            library = installation.library
        measure(bench, library)
    except ProofAgentError as error:
        parser.exit(2, f"error: {error}\n")
    if given.json:
        rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in bench.rows]
        given.json.write_text(json.dumps({"load": load, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
