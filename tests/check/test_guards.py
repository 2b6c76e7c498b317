"""The guard against known kernel bugs finds their shapes in what real compilations write, and leaves the rest alone."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pytest
from anyio.from_thread import start_blocking_portal

from proofagent.check.guards import GUARDS, guarded
from proofagent.check.kernels import BUGS
from proofagent.lean.engine import Header
from proofagent.lean.olean import Module, Name

BAD, GOOD = "4.28.0-pre", "4.34.1"
DATA = Path(__file__).parent.parent / "lean" / "olean" / "data"
HONEST_CASES = Path(__file__).parent.parent / "honest"
CORPUS = ("inductive-indexed", "inductive-mutual", "inductive-nested", "inductive-parametric", "structures-and-classes")
LEAN = [pytest.mark.lean, pytest.mark.xdist_group("guards")]


@dataclass(frozen=True)
class Shape:
    """A text, the bug that it is a case of, and the declaration at fault."""

    name: str
    text: str
    bug: str
    declaration: str
    imports: tuple[str, ...] = ("Init",)


SHAPES = [
    Shape(
        "computed-universe",
        "def U (h : 1 = 1) : Type := Eq.rec (motive := fun _ _ => Type) Prop h\n"
        "inductive Owner (h : 1 = 1) : U h\n  | mk (bit : Bool) : Owner h\n",
        "lean4#14807",
        "Owner",
    ),
    Shape(
        "universe-behind-an-abbreviation",
        "abbrev Relation := Nat → Prop\ninductive Even : Relation\n  | zero : Even 0\n",
        "lean4#14807",
        "Even",
    ),
    Shape(
        "disguised-prop",
        'open Lean in\nelab "disguised" : term => return .sort (.max .zero (.imax (.succ .zero) .zero))\n'
        "mutual\ninductive First : Prop\n  | mk : First\n"
        "inductive Owner : disguised\n  | mk (bit : Bool) : Owner\nend\n",
        "lean4#14613",
        "Owner",
        ("Lean",),
    ),
    Shape(
        "unchecked-argument",
        "inductive Label (α : Type) (bit : Bool) : Type\n  | mk\n"
        "inductive Owner\n  | mk (label : Label Owner true) : Owner\n",
        "lean4#14577",
        "Owner",
    ),
    Shape(
        "unchecked-argument-within-a-list",
        "inductive Label (α : Type) (bit : Bool) : Type\n  | mk\n"
        "inductive Owner\n  | mk (labels : Nat → List (Label Owner true)) : Owner\n",
        "lean4#14577",
        "Owner",
    ),
    Shape(
        "hidden-recursion",
        "set_option genSizeOf false\ndef Same (α : Type) : Type := α\n"
        "inductive Chain\n  | stop\n  | step (before : Nat → Same Chain) : Chain\n",
        "lean4#14806",
        "Chain",
    ),
    Shape("kernels-own-name", "def _nested.Tree_1 : Nat := 0\n", "lean4#14616", "_nested.Tree_1"),
    Shape(
        "kernels-own-name-mentioned",
        "namespace _nested\naxiom Tree_1 : Prop\nend _nested\ntheorem t (h : _nested.Tree_1) : _nested.Tree_1 := h\n",
        "lean4#14616",
        "t",
    ),
    Shape(
        "compiled-twin",
        "noncomputable def search := @Array.binSearchAux._unsafe_rec\n",
        "lean4#14609",
        "search",
    ),
]

HONEST = {
    "types-of-every-plain-form": "inductive Color | red | green\n"
    "inductive Even : Nat → Prop\n  | zero : Even 0\n  | step (n : Nat) : Even n → Even (n + 2)\n"
    "inductive Vector' (α : Type u) : Nat → Type u\n  | nil : Vector' α 0\n"
    "  | cons (a : α) (n : Nat) : Vector' α n → Vector' α (n + 1)\n"
    "inductive Ordinal | zero | limit (f : Nat → Ordinal)\n"
    "structure Point (α : Type u) extends Inhabited α where\n  x : α\n  h : x = x := by rfl\n"
    "class Magma (α : Sort u) where\n  op : α → α → α\n"
    "inductive Both.{u, v} (a : Sort u) (b : Sort v) : Sort (max 1 u v)\n  | mk : a → b → Both a b\n"
    "inductive Anything.{u} : Sort u\n",
    "mutual-types": "mutual\ninductive Tree | node : Forest → Tree\n"
    "inductive Forest | nil | cons : Tree → Forest → Forest\nend\n",
    "nested-in-containers": "inductive Term\n  | call (name : String) (arguments : List Term)\n"
    "  | table (rows : Array (Option Term × Nat))\n  | later (f : Nat → Thunk Term)\n",
    "names-that-resemble": "theorem is_nested.lemma : True := trivial\ndef A._nested.b : Nat := 0\n"
    "theorem unsafe_rec : True := trivial\n",
    "recursive-functions": "def f : Nat → Nat\n  | 0 => 0\n  | n + 1 => f n\n"
    "def g (n : Nat) : Nat := if n = 0 then 0 else g (n / 2)\ndecreasing_by omega\n"
    "theorem t (n : Nat) : f n = 0 := by induction n <;> simp_all [f]\n",
}


@pytest.fixture(scope="module")
def compiled(engine_factory, tmp_path_factory):
    """The module that the real engine makes of a text, errors or not."""
    folder = tmp_path_factory.mktemp("guards")
    with start_blocking_portal() as portal:
        engine = portal.call(engine_factory)

        def compile_(text, imports=("Init",)):
            file = folder / "text.olean"
            done = portal.call(lambda: engine.compile(Header(imports), text, file, deadline=120))
            assert done.status == "done", done.detail
            return Module.open(file)

        yield compile_
        portal.call(engine.aclose)


def references(module, new, version):
    return {
        (reason.declaration, ref) for reason in guarded(module, new, version) for ref in GUARDS if ref in reason.text
    }


@pytest.mark.parametrize("shape", [pytest.param(shape, id=shape.name, marks=LEAN) for shape in SHAPES])
def test_the_shape_of_a_bug_is_found(compiled, shape):
    """Each shape is found at its declaration and under its bug, on kernels that have the bug and on no others."""
    module = compiled(shape.text, shape.imports)
    assert (shape.declaration, shape.bug) in references(module, module.constants, BAD)
    assert not guarded(module, module.constants, GOOD)


@pytest.mark.parametrize("name", [pytest.param(name, marks=LEAN) for name in HONEST])
def test_plain_declarations_are_left_alone(compiled, name):
    """Inductive types as people write them, recursive functions and names that only resemble are not hit."""
    module = compiled(HONEST[name])
    assert len(module.constants) > 2
    assert not guarded(module, module.constants, BAD)


@pytest.mark.parametrize("name", [pytest.param(name, marks=LEAN) for name in CORPUS])
def test_honest_solutions_are_left_alone(compiled, name):
    """Solutions of the corpus with types and functions of their own are not hit; nor would their challenges be."""
    text = (HONEST_CASES / name / "solution.lean").read_text(encoding="utf-8")
    module = compiled(text)
    assert len(module.constants) > 1
    assert not guarded(module, module.constants, BAD)


@pytest.mark.parametrize("file", sorted(DATA.glob("*.olean")), ids=lambda file: file.stem)
def test_samples_are_left_alone(file):
    """Nothing in the sample modules, natively compiled ones among them, is taken for an exploit."""
    module = Module.open(file)
    assert not guarded(module, module.constants, BAD)


def sample():
    return Module.open(DATA / "inductives.olean")


def renamed(module, name):
    """The module with one of its constants under another name."""
    constant = next(iter(module.constants.values()))
    return replace(module, constants=MappingProxyType({str(name): replace(constant, name=name)}))


def test_an_unreadable_version_has_every_bug():
    """What cannot be told apart is treated as bad."""
    module = renamed(sample(), Name.of("_nested", "x"))
    assert [reason.code for reason in guarded(module, module.constants, "nonsense")] == ["kernel-bug"]


def test_only_what_is_new_is_looked_at():
    """What the challenge declares is trusted, so it is not named among the new and not complained of."""
    module = renamed(sample(), Name.of("_nested", "x"))
    assert not guarded(module, [], BAD)


def test_names_count_by_their_first_part():
    """The kernel's own names begin with `_nested`; a later part, or one with a dot in it, is somebody else's."""
    for name in (Name.of("A", "_nested", "x"), Name.of("_nested.x"), Name.of("_nestedx"), Name.of("_nested'", 1)):
        module = renamed(sample(), name)
        assert not guarded(module, module.constants, BAD)


def test_every_guard_is_for_a_bug_of_the_table():
    """The rows are keyed by first references, so that none is skipped for a slip of the pen."""
    assert GUARDS.keys() <= {bug.references[0] for bug in BUGS}


def test_the_text_names_bug_and_version():
    """A person who reads the reason learns what to look up."""
    module = renamed(sample(), Name.of("_nested", "x"))
    (reason,) = guarded(module, module.constants, BAD)
    assert "lean4#14616" in reason.text
    assert BAD in reason.text
    assert reason.declaration == "_nested.x"
