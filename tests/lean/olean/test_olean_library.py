"""Every file of the embedded Lean's library: read, and held against what the engine itself says of it.

All files are read with all their tables, and the engine is asked for the kind of every name in them; for sizes and
constants mentioned it is asked about one name in `SHARE`, and about the first of each file.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

import pytest

from proofagent.lean.engine import Declaration, Header
from proofagent.lean.olean import Constant, Kind, Module, Olean
from proofagent.lean.olean.terms import TERMS, Term

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("olean-library")]

FILES = {"Init": 506, "Std": 394, "Lean": 1_041, "Lake": 155, "LakeMain": 1, "Leanc": 1}
KINDS = {
    Kind.AXIOM: 77_914,
    Kind.DEFINITION: 50_897,
    Kind.THEOREM: 8_006,
    Kind.OPAQUE: 27,
    Kind.QUOTIENT: 4,
    Kind.INDUCTIVE: 2_726,
    Kind.CONSTRUCTOR: 4_328,
    Kind.RECURSOR: 2_851,
}
NAMES = 146_641
"""Some lemmas that Lean derives on its own stand in more than one file."""
SHARE = 60
NEEDS_CODE = {
    "Lean.Parser.parserExtension",
    "Lean.Elab.macroAttribute",
    "Lean.PrettyPrinter.Delaborator.appUnexpanderAttribute",
}
"""Extensions that run a module's own code when it is imported; for Lake the package has none."""


@dataclass
class Library:
    """What all files together say."""

    files: Counter = field(default_factory=Counter)
    kinds: Counter = field(default_factory=Counter)
    declared: Counter = field(default_factory=Counter)
    kinds_of: dict = field(default_factory=dict)
    """By module, the kind of each name."""
    mentioned: set = field(default_factory=set)
    asked: dict = field(default_factory=dict)
    """By module, the names to ask the engine for and what it must answer."""
    imports: dict = field(default_factory=dict)
    needs_code: set = field(default_factory=set)

    def add(self, module: str, read: Module) -> None:
        root = module.partition(".")[0]
        self.files[root] += 1
        self.imports[module] = [str(name) for name in read.imports]
        if root == "Lake" and NEEDS_CODE & read.entries.keys():
            self.needs_code.add(module)
        asked = self.asked[module] = {}
        for place, (name, constant) in enumerate(read.constants.items()):
            self.kinds[constant.kind] += 1
            self.declared[name] += 1
            self.kinds_of.setdefault(module, {})[name] = str(constant.kind)
            self.mentioned |= constant.type.constants()
            if place == 0 or crc32(name.encode()) % SHARE == 0:
                asked[name] = declaration(constant)

    def below(self, module: str) -> Iterator[str]:
        """The module and all that it imports, directly or not."""
        seen, todo = set(), [module]
        while todo:
            if (at := todo.pop()) not in seen:
                seen.add(at)
                todo += self.imports[at]
                yield at

    def importable(self) -> list[str]:
        return [module for module in self.imports if self.needs_code.isdisjoint(self.below(module))]


def declaration(constant: Constant) -> Declaration:
    """What the engine says of a constant, as its file has it."""
    has_value = constant.kind in {Kind.THEOREM, Kind.DEFINITION}
    terms = [constant.type, *([constant.value] if has_value else [])]
    mentioned = frozenset(unquoted(name) for term in terms for name in term.constants())
    return Declaration(str(constant.kind), *map(size, terms), *([] if has_value else [None]), mentioned)


def size(term: Term) -> int:
    return sum(1 for _ in term._reader.parts(term._ref, TERMS, ()))


def unquoted(name: str) -> str:
    """A name without quotation marks; so the engine reports it."""
    return unescaped(name).replace("«", "").replace("»", "")


def unescaped(name: str) -> str:
    """A name with quotation marks but without escapes; so Lean reads it."""
    return name.replace("\\\\", "\\")


@pytest.fixture(scope="module")
def read(library):
    found = Library()
    for file in sorted(library.rglob("[!.]*.olean")):
        with Olean.map(file) as olean:
            found.add(".".join(file.relative_to(library).with_suffix("").parts), Module.read(olean))
    return found


def test_every_file_is_read_and_its_tables_agree(read):
    assert read.files == FILES
    assert read.kinds == KINDS
    assert len(read.declared) == NAMES


def test_everything_public_that_a_statement_mentions_is_declared_somewhere(read):
    """The package has the public half of each module only, so what is private may be missing."""
    assert {name for name in read.mentioned - read.declared.keys() if not name.startswith("_private.")} == set()


@pytest.mark.anyio
async def test_the_engine_knows_every_name_and_says_the_same_kind(read, engine_factory):
    # Two programs are among the modules, each with a function `main`: they cannot be imported together.
    engine = await engine_factory()
    asked = 0
    try:
        for modules in (set(read.imports) - {"Leanc"}, {"Leanc"}):
            kinds = {}  # a lemma that stands in two files may have its proof in one of them only
            for module in modules:
                for name, kind in read.kinds_of.get(module, {}).items():
                    kinds.setdefault(name, set()).add(kind)
            said = await engine.kinds(sorted(modules), [unescaped(name) for name in kinds], deadline=120)
            asked += len(said)
            assert [(name, kind) for name, kind in zip(kinds, said, strict=True) if kind not in kinds[name]] == []
    finally:
        await engine.aclose()
    assert asked >= NAMES


@pytest.mark.anyio
async def test_the_engine_says_the_same_of_kinds_constants_and_sizes(read, engine_factory):
    modules = read.importable()
    expected = {
        name: said for module in modules for name, said in read.asked[module].items() if read.declared[name] == 1
    }
    assert len(modules) > len(read.imports) - 100
    assert len(expected) > NAMES // SHARE
    engine = await engine_factory()
    try:
        header = Header(tuple(modules))
        said = await engine.inspect(header, "", [unescaped(name) for name in expected], deadline=60)
    finally:
        await engine.aclose()
    pairs = zip(expected.items(), said, strict=True)
    assert [(name, ours, its) for (name, ours), its in pairs if ours != its] == []
