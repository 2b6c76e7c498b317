"""Which theorems of a library may be cited, and what is known of each."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from proofagent.errors import OleanError
from proofagent.lean.closure import import_closure
from proofagent.lean.olean import Name
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.premises.index import PremiseIndex
from proofagent.propose.premises.library import citable, statements

OLEAN = Path(__file__).parents[1] / "lean" / "olean"
NIL = 1


def forge():
    """A new `Forge` of the tests of the reader, which are no package."""
    spec = importlib.util.spec_from_file_location("forge", OLEAN / "forge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Forge()


@pytest.mark.parametrize(
    "name",
    [
        ("Nat", "add_comm"),
        ("List", "getElem?_eq_none"),
        ("eq_self",),
        ("Nat", "eq_of_mul_eq"),
        ("Subtype", "ext"),
        ("List", "Perm", "trans"),
        ("Int", "instant"),
        ("«odd»", "a b"),
    ],
)
def test_names_that_people_write_are_cited(name):
    """A theorem with a plain name is a premise."""
    assert citable(Name(name))


@pytest.mark.parametrize(
    "name",
    [
        (),
        ("_private", "Init", "Core", 0, "x"),
        ("Nat", "add", "_proof_1"),
        ("List", "map", "eq_1"),
        ("List", "map", "eq_def"),
        ("List", "map", "match_1", "congr_eq_2"),
        ("Option", "some", "injEq"),
        ("Prod", "mk", "sizeOf_spec"),
        ("Nat", "add_comm", "_simp_1_2"),
        ("instLawful",),
        ("Std", "Map", "inst_1"),
        ("Lean", "Grind", "intro"),
        ("Std", "DTreeMap", "Internal", "size"),
        ("Int", "Linear", "eq_norm"),
        ("x", 3),
    ],
)
def test_names_that_nobody_writes_are_not(name):
    """Private, numbered, derived and auxiliary theorems are no premises, nor are instances and tactics' own."""
    assert not citable(Name(name))


def test_samples_give_their_theorems_with_the_constants_of_their_types(tmp_path):
    """Modules and theorems come sorted; axioms, auxiliary theorems and modules of tactics are left out."""
    for place, sample in {"B": "renamed", "A/C": "statements", "Lean/X": "statements", "A/._C": "renamed"}.items():
        target = tmp_path / f"{place}.olean"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(OLEAN / "data" / f"{sample}.olean", target)
    found = statements(tmp_path)
    assert [s.module for s in found] == sorted(s.module for s in found)
    by_module = {module: [s.name for s in found if s.module == module] for module in ("A.C", "B")}
    assert sum(map(len, by_module.values())) == len(found)
    assert by_module["A.C"] == sorted(by_module["A.C"])
    assert {"Sample.plain", "Sample.comp"} <= set(by_module["A.C"])
    assert "Sample.choice" not in by_module["A.C"]
    assert "Sample.plain._proof_1" not in by_module["B"]
    plain = next(s for s in found if s.name == "Sample.plain")
    assert "Eq" in plain.constants


def exporting(kinds_extension="_private.Lean.AddDecl.0.Lean.privateConstKindsExt"):
    """A module that exports `T.a`, `T.b`, `T.c` and `T.d` as axioms of the type `P I`, all but `T.d` theorems once.

    `T.b` is deprecated; `T.c` and `I` are instances, the latter a scoped one.
    """
    f = forge()
    names = {letter: f.name("T", letter) for letter in "abcd"}
    constant = [f.ctor(4, f.name(word), NIL, scalars=bytes(8)) for word in ("P", "I")]
    type_ = f.ctor(5, *constant, scalars=bytes(8))
    axioms = [f.axiom(name, type_) for name in names.values()]

    def extension(name, *entries):
        return f.ctor(0, f.name(*name.split(".")), f.array(*entries))

    private, _, rest = kinds_extension.partition(".0.")
    kinds = f.ctor(
        0,
        f.name(*private.split("."), 0, *rest.split(".")),
        f.array(*(f.ctor(0, name, 2 * kind + 1) for name, kind in zip(names.values(), (1, 1, 1, 3), strict=True))),
    )
    extensions = [
        kinds,
        extension("Lean.Linter.deprecatedAttr", f.ctor(0, names["b"], NIL)),
        extension(
            "Lean.Meta.globalInstanceExtension",
            f.ctor(0, names["c"]),
            f.ctor(1, f.name("Scope"), f.name("I")),
        ),
        extension("some.other", NIL),
    ]
    tables = [f.array(), f.array(*names.values()), f.array(*axioms), f.array(), f.array(*extensions)]
    return f.file(f.ctor(0, *tables, scalars=b"\1"))


@pytest.mark.parametrize("defined_in", ["AddDecl", "OriginalConstKind"])
def test_theorems_that_are_exported_as_axioms_count(tmp_path, defined_in):
    """What a module says were theorems are premises; instances and deprecated theorems are not, nor plain axioms."""
    data = exporting(f"_private.Lean.{defined_in}.0.Lean.privateConstKindsExt")
    (tmp_path / "M.olean").write_bytes(data)
    assert [(s.name, s.module, s.constants) for s in statements(tmp_path)] == [("T.a", "M", {"P"})]


@pytest.mark.parametrize("entry", [lambda _: NIL, lambda f: f.ctor(0, NIL, NIL, NIL)], ids=["boxed", "three"])
def test_an_entry_of_another_shape_is_an_error(tmp_path, entry):
    """An extension that is not as it is known is no reason to guess."""
    f = forge()
    kinds = f.name("_private", "Lean", "AddDecl", 0, "Lean", "privateConstKindsExt")
    pairs = f.array(f.ctor(0, kinds, f.array(entry(f))))
    data = f.file(f.ctor(0, *(f.array() for _ in range(4)), pairs, scalars=b"\1"))
    (tmp_path / "M.olean").write_bytes(data)
    with pytest.raises(OleanError, match="malformed"):
        statements(tmp_path)


@pytest.mark.lean
def test_the_real_library(installation):
    """The installed library has its well-known theorems, each where it stands, under names that can be cited."""
    loaded = PremiseIndex.load(installation)
    assert len(loaded) > 30_000
    modules = import_closure((installation.library,), ("Init",))
    asked = {
        "a b : Nat\n⊢ a + b = b + a": "Nat.add_comm",
        "α : Type u_1\nxs ys : List α\n⊢ (xs ++ ys).length = xs.length + ys.length": "List.length_append",
        "n m : Nat\nh : n ∣ m\n⊢ m % n = 0": "Nat.mod_eq_zero_of_dvd",
        "a b c : Int\nh : a ≤ b\n⊢ a + c ≤ b + c": "Int.add_le_add_right",
        "o : Option Nat\n⊢ Option.map f (Option.some x) = Option.some (f x)": "Option.map_some",
    }
    for text, expected in asked.items():
        found = loaded.search(ProofState(parse_goals(text)), modules, 20)
        assert expected in {premise.name for premise in found}, json.dumps([p.name for p in found])
        assert {premise.module for premise in found} <= modules
