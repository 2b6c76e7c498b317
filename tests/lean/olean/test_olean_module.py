import json
from collections import Counter
from pathlib import Path

import pytest

from proofagent.lean.olean import Constructor, Inductive, Kind, Module, Name, Safety

DATA = Path(__file__).parent / "data"


def test_kinds_safety_and_mutual_blocks(sample):
    constants = sample("definitions").constants
    assert {name: (c.kind, c.safety) for name, c in constants.items()} == {
        "Sample.spin": (Kind.DEFINITION, Safety.UNSAFE),
        "Sample.walk": (Kind.OPAQUE, Safety.SAFE),
        "Sample.walk._unsafe_rec": (Kind.DEFINITION, Safety.PARTIAL),
        "Sample.secret": (Kind.OPAQUE, Safety.SAFE),
        "Sample.twice": (Kind.DEFINITION, Safety.SAFE),
        "«odd name».«a.b»": (Kind.DEFINITION, Safety.SAFE),
        "«odd name».a.b": (Kind.DEFINITION, Safety.SAFE),
        "Sample.«two\\nlines»": (Kind.DEFINITION, Safety.SAFE),
    }
    assert all(c.all == (c.name,) for c in constants.values())


def test_statements(sample):
    module = sample("statements")
    assert module.imports == (Name.of("Init"),)
    assert (module.is_module, module.lean_version, len(module.githash)) == (False, "4.28.0-pre", 40)
    assert module.entries["Lean.declRangeExt"] == 10
    kinds = Counter(constant.kind for constant in module.constants.values())
    assert kinds == {"theorem": 9, "axiom": 1}
    assert module.constants["Sample.comp"].level_params == (Name.of("u"), Name.of("v"))
    assert Name.of("_private", 0, "Sample", "hidden") in {c.name for c in module.constants.values()}


def test_structures_and_indexed_families(sample):
    constants = sample("inductives").constants
    pair, even = constants["Sample.Pair"].detail, constants["Sample.Even"].detail
    assert pair == Inductive(2, 0, (Name.of("Sample", "Pair", "mk"),), 0, is_rec=False, is_reflexive=False)
    assert (even.params, even.indices, even.is_rec) == (0, 1, True)
    assert constants["Sample.Even.step"].detail == Constructor(Name.of("Sample", "Even"), 1, 0, 2)


def test_mutual_inductives(sample):
    constants = sample("mutual").constants
    block = (Name.of("Sample", "Tree"), Name.of("Sample", "Forest"))
    assert constants["Sample.Tree"].all == constants["Sample.Forest"].all == block
    recursor = constants["Sample.Tree.rec"].detail
    assert (recursor.motives, recursor.minors, recursor.k) == (2, 3, False)
    assert [rule.constructor for rule in recursor.rules] == [Name.of("Sample", "Tree", "node")]
    assert "Sample.Forest.rec" in recursor.rules[0].value.constants()


def test_native_files_with_words_of_eight_bytes(sample):
    terms, inductives = sample("native_terms"), sample("native_inductives")
    assert (terms.lean_version, terms.imports) == ("4.35.0", ())
    assert "«odd name».«a.b»" in terms.constants
    assert inductives.constants["True.rec"].detail.k
    assert inductives.constants["And.intro"].detail == Constructor(Name.of("And"), 0, 2, 2)


@pytest.fixture(scope="session")
def init(library):
    """Every module of Init, by name."""
    files = [library / "Init.olean", *sorted((library / "Init").rglob("[!.]*.olean"))]
    return {".".join(file.relative_to(library).with_suffix("").parts): Module.open(file) for file in files}


@pytest.mark.lean
def test_the_library_declares_what_it_should(init):
    kinds = Counter(constant.kind for module in init.values() for constant in module.constants.values())
    names = Counter(name for module in init.values() for name in module.constants)
    assert len(init) == 506
    assert kinds["quotient"] == 4
    assert kinds.total() > 45_000
    assert {name for name in ("propext", "Classical.choice", "Quot.sound") if names[name] != 1} == set()
    assert all(module.is_module for module in init.values())


@pytest.mark.lean
def test_the_library_is_what_the_engine_says_it_is(init):
    """`inspected.json` holds what a real Lean answered about names of Init, drawn at random."""
    for said in json.loads((DATA / "inspected.json").read_text()):
        constant = init[said["module"]].constants[said["name"]]
        assert constant.kind == said["kind"]
        assert unquoted(constant.type.constants()) == said["type"]
        if said["value"] is not None:
            assert unquoted(constant.value.constants()) == said["value"]


@pytest.mark.lean
def test_one_statement_in_files_of_two_leans(init, sample):
    prelude, native = init["Init.Prelude"].constants, sample("native_inductives").constants
    for name in ("True.rec", "And.intro", "False.rec", "Eq.rec"):
        assert prelude[name].type_digest() == native[name].type_digest()


def unquoted(names):
    return sorted(name.replace("«", "").replace("»", "") for name in names)
