"""Proofs that were changed by chance are refused by both kernels, wherever they are proofs no more."""

import os
import random

import pytest
from mutants import KINDS, Proofs, changed

from proofagent.lean.engine import OUT_OF_MEANS, Header
from proofagent.lean.kernel import NativeKernel, exported
from proofagent.lean.library import Library
from proofagent.lean.olean import Module

pytestmark = [pytest.mark.anyio, pytest.mark.lean, pytest.mark.xdist_group("mutants")]

MUTANTS = 200
SEEDS = range(int(os.environ.get("PROOFAGENT_MUTANT_SEEDS", "4")))
SOURCE = """
universe u v
theorem comm (a b : Nat) : a + b = b + a := by omega
theorem ints (x y : Int) (h : 2*x + 3*y = 5) (h2 : x - y = 0) : x = 1 := by omega
theorem lists {α : Type u} (l : List α) : (l ++ []).length = l.length := by simp
theorem order (a b c : Nat) (h : a < b) (h2 : b < c) : a < c := by grind
theorem power : 2^100 % 7 = 2 := by decide
theorem both (p q : Prop) (hp : p) (hq : q) : q ∧ p := ⟨hq, hp⟩
theorem either (p q : Prop) (h : p ∨ q) : q ∨ p := Or.rec (motive := fun _ => q ∨ p) Or.inr Or.inl h
theorem adding (n : Nat) : 0 + n = n :=
  Nat.rec (motive := fun n => 0 + n = n) rfl (fun n ih => congrArg Nat.succ ih) n
theorem even (n : Nat) : (n * n + n) % 2 = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => grind
theorem text : "ab" ++ "c" = "abc" := by decide
theorem moved {α : Sort u} {a b : α} (p : α → Prop) (h : a = b) (x : p a) : p b :=
  Eq.rec (motive := fun c _ => p c) x h
theorem unique {α : Sort u} {a b : α} (h k : a = b) : h = k := rfl
inductive Tree (α : Type u) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α
def Tree.turn {α : Type u} : Tree α → Tree α
  | leaf => leaf
  | node l x r => node r.turn x l.turn
theorem turned {α : Type u} (t : Tree α) : t.turn.turn = t :=
  Tree.rec (motive := fun t => t.turn.turn = t) rfl
    (fun l x r hl hr => by simp only [Tree.turn]; rw [hl, hr]) t
structure Point where
  x : Nat
  y : Nat
theorem eta (p : Point) : p = ⟨p.x, p.y⟩ := rfl
def mod3 : Setoid Nat := ⟨fun a b => a % 3 = b % 3, ⟨fun _ => rfl, fun h => h.symm, fun h k => h.trans k⟩⟩
theorem classes : Quotient.mk mod3 4 = Quotient.mk mod3 7 := Quotient.sound rfl
theorem lifted (f : Nat → Nat) (h : ∀ a b, mod3.r a b → f a = f b) (n : Nat) :
    Quotient.lift (s := mod3) f h (Quotient.mk mod3 n) = f n := rfl
theorem bits (x : BitVec 8) : x &&& x = x := by simp
theorem chosen (p : Nat → Prop) (h : ∃ n, p n) : p h.choose := h.choose_spec
theorem pairs {α : Type u} {β : Type v} (p : α × β) : (p.1, p.2) = p := by cases p; rfl
theorem lets : (let x := 2 ^ 70; x + 1) = 1180591620717411303425 := rfl
"""


@pytest.fixture(scope="module")
async def lean(engine_factory):
    engine = await engine_factory()
    yield engine
    await engine.aclose()


@pytest.fixture(scope="module")
async def proofs(lean, tmp_path_factory):
    """The theorems of the source and those that Lean split off, as text with all that they rest on."""
    path = tmp_path_factory.mktemp("mutants") / "source.olean"
    made = await lean.compile(Header(("Init",)), SOURCE, path, deadline=120)
    assert [m.text for m in made.messages if m.severity == "error"] == []
    module = Module.open(path)
    theorems = [name for name, constant in module.constants.items() if constant.kind == "theorem"]
    library = Library.open(lean.libraries, sorted(lean.closure(("Init",))))
    given = exported(library, module, theorems)
    library.close()
    return given


@pytest.fixture(scope="module")
def kernel():
    found = NativeKernel.find()
    if found is None:
        pytest.skip("the native kernel (extra `kernel`) is not installed")
    return found


async def refused(kernel, lean, text, names, target):
    """What each kernel says of those of `names` that it does not take; the embedded one begins with nothing as well."""
    native = await kernel.replay(text, names, deadline=200)
    embedded = await lean.replay((), text, target, deadline=200)
    assert embedded.status == "done", embedded
    return [{name: r.error for r in answer.refused for name in r.names} for answer in (native, embedded)]


async def test_both_kernels_take_the_proofs_themselves(proofs, kernel, lean, tmp_path):
    """Begun with nothing, each of them takes the library's definitions and all theorems."""
    assert await refused(kernel, lean, proofs.text, proofs.new, tmp_path / "taken.olean") == [{}, {}]


@pytest.mark.parametrize("seed", SEEDS)
async def test_both_kernels_refuse_what_is_no_proof_any_more(proofs, kernel, lean, seed, tmp_path):
    """They agree on every one; hardly any change leaves a proof, and those are taken by both."""
    made = Proofs.read(proofs.text, proofs.new)
    mutants = changed(made, random.Random(seed), MUTANTS)
    text = "\n".join(made.lines) + "\n"
    new = (*proofs.new, *(mutant.name for mutant in mutants))
    native, embedded = await refused(kernel, lean, text, new, tmp_path / "taken.olean")
    differ = [
        (m, native.get(m.name), embedded.get(m.name)) for m in mutants if (m.name in native) != (m.name in embedded)
    ]
    assert differ == []
    assert OUT_OF_MEANS.isdisjoint({*native.values(), *embedded.values()})
    assert {mutant.kind for mutant in mutants} == set(KINDS)
    assert native.keys() <= {mutant.name for mutant in mutants}
    assert len(native) >= 0.9 * MUTANTS
