"""The same declarations compiled by two Leans: 4.35 with 64-bit words and GMP, 4.28 with 32-bit words and without.

The sources are in `prelude`; the native Lean has no library, so they define all that they use.
"""

import shutil
from pathlib import Path

import anyio
import pytest
from make_samples import body
from native_lean import NativeLean

from proofagent.errors import OleanError
from proofagent.lean.engine import Header
from proofagent.lean.olean import Constructor, Inductive, Kind, Module, Name, Olean, Recursor, Safety
from proofagent.lean.olean.terms import LITERAL, TERMS

DOCUMENTS = ("terms", "inductives", "mutual", "numbers")
NUMBERS = {
    "zero": 0,
    "small": 7,
    "below31": (1 << 31) - 1,
    "above31": 1 << 31,
    "below63": (1 << 63) - 1,
    "above63": 1 << 63,
    "above64": 1 << 64,
    "big": int("1234567890" * 6),
    "power": 1 << 192,
}
TEXTS = {"text": "abc «äöü» 𝔸\n\0", "empty": ""}

real = [pytest.mark.lean, pytest.mark.xdist_group("olean-native")]


@pytest.fixture(scope="module")
def native_lean():
    if (lean := NativeLean.find()) is None:
        pytest.skip("the native Lean is not installed; it comes with: bash scripts/install test native")
    return lean


@pytest.fixture(scope="module")
def native(native_lean, sources, tmp_path_factory):
    """The documents as the native Lean compiled them."""
    folder = tmp_path_factory.mktemp("native")
    return {name: native_lean.compile(Path(shutil.copy(source, folder))) for name, source in sources.items()}


@pytest.fixture(scope="module")
def embedded(engine_factory, sources, tmp_path_factory):
    """The documents as the embedded engine compiled them."""
    folder = tmp_path_factory.mktemp("embedded")

    async def compiled():
        engine = await engine_factory()
        try:
            made = {n: await engine.compile(Header(()), body(s), folder / n, deadline=60) for n, s in sources.items()}
        finally:
            await engine.aclose()
        assert {name: made[name].path and list(made[name].messages) for name in made} == {n: [] for n in sources}
        return {name: made[name].path for name in made}

    return anyio.run(compiled)


@pytest.fixture(scope="module")
def sources(data):
    return {name: data.parent / "prelude" / f"{name}.lean" for name in DOCUMENTS}


def said(constant):
    """All that is to be the same whatever Lean wrote the file."""
    detail = constant.detail
    if isinstance(detail, Recursor):
        rules = [(r.constructor, r.fields, r.value.digest(constant.level_params)) for r in detail.rules]
        detail = (detail.params, detail.indices, detail.motives, detail.minors, detail.k, rules)
    digests = constant.type_digest(), constant.value_digest()
    block = tuple(map(public, constant.all))
    return constant.kind, constant.safety, constant.level_params, block, detail, digests


def public(name):
    """A name without what makes it private: the module's name, which two Leans give differently."""
    return Name(name[name.index(0) + 1 :] if name[0] == "_private" else name)


def literals(olean):
    """The number or the text in the statement of each axiom that has one."""
    found = {}
    for name, constant in Module.read(olean).constants.items():
        if name in NUMBERS.keys() | TEXTS.keys():
            reader, ref = constant.type._reader, constant.type._ref
            (literal,) = (fields[0] for _, tag, fields in reader.parts(ref, TERMS, ()) if tag == LITERAL)
            kind, (value,) = olean.constructor(literal)
            found[name] = olean.string(value) if kind else olean.natural(value)
    return found


@pytest.mark.parametrize(("name", "gmp", "word"), [("numbers", False, 4), ("native_numbers", True, 8)])
def test_numbers_of_all_sizes_and_texts_in_both_encodings(data, name, gmp, word):
    olean = Olean.open(data / f"{name}.olean")
    assert (olean.header.gmp, olean.header.word) == (gmp, word)
    assert literals(olean) == NUMBERS | TEXTS


def test_numbers_digest_alike_in_both_encodings(sample):
    ours, native = sample("numbers").constants, sample("native_numbers").constants
    assert {n: said(c) for n, c in ours.items()} == {n: said(c) for n, c in native.items()}
    digests = {ours[name].type_digest() for name in NUMBERS.keys() | TEXTS.keys()}
    assert len(digests) == len(NUMBERS) + len(TEXTS)


class TestNative:
    """With a native Lean that runs."""

    pytestmark = real

    def test_the_checked_in_sample_is_what_it_writes(self, native, data):
        assert native["numbers"].read_bytes() == (data / "native_numbers.olean").read_bytes()

    def test_terms(self, native):
        module = Module.open(native["terms"])
        u, v, w = map(Name.of, "uvw")
        theorem = (Kind.THEOREM, Safety.SAFE)
        assert (module.lean_version, module.imports, module.is_module) == ("4.35.0", (), False)
        assert {name: (c.kind, c.safety, c.level_params) for name, c in module.constants.items()} == {
            "Ax": (Kind.AXIOM, Safety.SAFE, ()),
            "comp": (*theorem, (u, v, w)),
            "swapped": (*theorem, (u, v)),
            "modus": (*theorem, ()),
            "_private.terms.0.hidden": (*theorem, ()),
            "«odd name».«a.b»": (*theorem, ()),
            "lets": (*theorem, ()),
            "sorts": (*theorem, (u, v)),
            "bad": (Kind.AXIOM, Safety.UNSAFE, ()),
        }

    def test_inductive_types_and_their_recursors(self, native):
        constants = Module.open(native["inductives"]).constants
        acc, vec, rose, pair = (constants[name].detail for name in ("Acc", "Vec", "Rose", "Pair"))
        assert acc == Inductive(2, 1, (Name.of("Acc", "intro"),), 0, is_rec=True, is_reflexive=True)
        assert (vec.params, vec.indices, len(vec.constructors)) == (1, 1, 2)
        assert (rose.nested, rose.is_rec, pair.nested, pair.is_rec) == (1, True, 0, False)
        assert constants["Vec.cons"].detail == Constructor(Name.of("Vec"), 1, 1, 3)
        assert constants["Eq.rec"].detail.k
        assert [constants["Rose.rec"].detail.motives, len(constants["Rose.rec_1"].detail.rules)] == [2, 2]
        assert constants["False.rec"].detail.rules == ()
        assert (constants["spin"].kind, constants["spin"].safety) == (Kind.DEFINITION, Safety.UNSAFE)

    def test_mutual_inductive_types(self, native):
        constants = Module.open(native["mutual"]).constants
        assert constants["Tree"].all == constants["Forest"].all == (Name.of("Tree"), Name.of("Forest"))
        assert constants["Even"].all == constants["Odd.rec"].all == (Name.of("Even"), Name.of("Odd"))
        assert [len(constants[name].detail.rules) for name in ("Tree.rec", "Forest.rec", "Odd.rec")] == [1, 2, 1]

    def test_numbers_and_texts(self, native):
        assert literals(Olean.open(native["numbers"])) == NUMBERS | TEXTS

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_two_leans_write_the_same_declarations(self, native, embedded, name):
        files = [Olean.open(native[name]), Olean.map(embedded[name])]
        assert [(file.header.word, file.header.gmp) for file in files] == [(8, True), (4, False)]
        theirs, ours = ({public(c.name): said(c) for c in Module.read(f).constants.values()} for f in files)
        assert theirs == ours

    def test_a_file_that_imports_another_has_its_own_declarations_only(self, native, native_lean):
        document = native["terms"].with_name("user.lean")
        document.write_text("prelude\nimport terms\ntheorem again (p : Prop) : p → p := lets p\n")
        module = Module.open(native_lean.compile(document))
        assert (module.imports, set(module.constants)) == ((Name.of("terms"),), {"again"})
        assert module.constants["again"].value.constants() == {"lets"}

    def test_of_a_module_in_parts_the_public_one_is_read_and_the_others_are_refused(self, native_lean, tmp_path):
        """The others point into the public part; nothing is guessed about what is there."""
        document = tmp_path / "parts.lean"
        theorems = "public theorem shown (p : Prop) (h : p) : p := h\ntheorem kept (p : Prop) (h : p) : p := h\n"
        document.write_text(f"module\nprelude\n{theorems}")
        path = native_lean.compile(document)
        module = Module.open(path)
        assert module.is_module
        assert {name: c.kind for name, c in module.constants.items()} == {"shown": Kind.AXIOM}
        for part in ("server", "private"):
            with pytest.raises(OleanError):
                Module.open(path.with_name(f"parts.olean.{part}"))
