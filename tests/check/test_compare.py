from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from proofagent.check.axioms import COMPILER, PRIMITIVE, STANDARD
from proofagent.check.compare import compare, resolve
from proofagent.check.options import refused_options
from proofagent.check.policy import Policy
from proofagent.lean.olean import Constant, Constructor, Inductive, Kind, Module, Name, Safety

TRUE, FALSE = "True", "False"


@dataclass(frozen=True)
class FakeTerm:
    """A term that is nothing but the constants it mentions."""

    mentions: tuple[str, ...]

    def constants(self):
        return set(self.mentions)

    def literals(self):
        return frozenset()

    def digest(self, level_params, aliases):
        return b" ".join(aliases.get(mentioned, mentioned.encode()) for mentioned in self.mentions)


def _name(text):
    return Name.of(*(int(part) if part.isdigit() else part for part in text.split(".")))


def constant(name, type_=TRUE, value=None, *, kind=Kind.THEOREM, **more):
    return Constant(
        _name(name),
        kind,
        (),
        FakeTerm(tuple(type_.split())),
        value=FakeTerm(tuple(value.split())) if value else None,
        **more,
    )


def definition(name, type_="Nat", value="Nat.zero", **more):
    return constant(name, type_, value, kind=Kind.DEFINITION, **more)


def module(*constants, imports=("Init",)):
    return Module(
        imports=tuple(map(_name, imports)),
        constants=MappingProxyType({str(c.name): c for c in constants}),
        entries=MappingProxyType({}),
        is_module=False,
        lean_version="4",
        githash="0",
    )


def codes(challenge, solution, *targets, **permissions):
    found = compare(challenge, solution, targets or ("t",), policy=Policy(**permissions))
    return {(reason.code, reason.declaration) for reason in found.reasons}


GOAL = module(constant("t", "P", "sorryAx"))


def test_the_same_statement_with_a_proof():
    """A proof from allowed axioms has no reason against it, and its axioms and helpers are listed."""
    found = compare(GOAL, module(constant("h", TRUE, "propext"), constant("t", "P", "h")), ("t",))
    assert (found.reasons, found.axioms, found.new_declarations) == ((), ("propext",), ("h",))


@pytest.mark.parametrize("axiom", sorted(PRIMITIVE - STANDARD))
def test_axioms_by_exact_name(axiom):
    """Every axiom of the core library but the three is a reason of its own, found through helpers."""
    solution = module(constant("h", TRUE, axiom), constant("t", "P", "h"))
    code = "sorry" if axiom == "sorryAx" else "compiler-axiom" if axiom in COMPILER else "axiom"
    assert codes(GOAL, solution) == {(code, "t")}


def test_an_axiom_that_only_resembles_an_allowed_one():
    """A new axiom is rejected whatever its name ends with."""
    solution = module(constant("My.propext", FALSE, kind=Kind.AXIOM), constant("t", "P", "My.propext"))
    assert codes(GOAL, solution) == {("axiom", "My.propext")}


def test_fewer_axioms_may_be_allowed():
    """The allow-list is the caller's."""
    assert codes(GOAL, module(constant("t", "P", "propext")), axioms=frozenset()) == {("axiom", "t")}


@pytest.mark.parametrize(("safety", "code"), [(Safety.UNSAFE, "unsafe"), (Safety.PARTIAL, "partial")])
def test_nothing_new_is_unsafe_or_partial(safety, code):
    """A new function that the kernel does not vouch for is rejected, used or not; one of the challenge is not new."""
    loop = definition("loop", value="loop", safety=safety)
    assert codes(GOAL, module(loop, constant("t", "P", "proof"))) == {(code, "loop")}
    assert codes(module(loop, *GOAL.constants.values()), module(loop, constant("t", "P", "proof"))) == set()


def test_what_lean_keeps_for_its_compiler():
    """The compiler's twin of a recursive definition is no partial function; that of an opaque one shows that it is."""
    twin = definition("f._unsafe_rec", value="f", safety=Safety.PARTIAL)
    proof = constant("t", "P", "proof")
    assert codes(GOAL, module(definition("f"), twin, proof)) == set()
    assert codes(GOAL, module(constant("f", "Nat", "x", kind=Kind.OPAQUE), twin, proof)) == {("partial", "f")}
    assert codes(GOAL, module(twin, proof)) == {("partial", "f")}


def test_attributes_for_compiled_code():
    """A new meaning for compiled code is rejected; what the challenge has of them stays."""
    marked = replace(module(constant("t", "P", "proof")), attributes=frozenset({("extern", "t")}))
    assert codes(GOAL, marked) == {("attribute", "t")}
    assert codes(replace(GOAL, attributes=marked.attributes), marked) == set()


def test_what_is_to_be_proved():
    """Without targets it is every theorem that rests on sorry and that a person wrote, in the order of the text."""
    challenge = replace(
        module(
            constant("match_1", "P", "sorryAx"),
            constant("b", "P", "a"),
            constant("a", "P", "sorryAx"),
            constant("a._proof_1", "P", "sorryAx"),
            constant("done", "P", "proof"),
            definition("d", value="sorryAx"),
        ),
        positions={"match_1": (9, 0), "b": (3, 0), "a": (2, 0)},
    )
    assert compare(challenge, challenge).targets == ("a", "b", "match_1")


def test_what_was_proved_stays_proved():
    """A proof of the challenge may be another one in the solution, but no hole and from no further axiom."""
    challenge = module(constant("h", "P", "propext"), constant("t", "P", "sorryAx"))
    for value, found in (
        ("proof", set()),
        ("sorryAx", {("sorry", "h")}),
        ("Lean.ofReduceBool", {("compiler-axiom", "h")}),
    ):
        assert codes(challenge, module(constant("h", "P", value), constant("t", "P", "proof"))) == found


def test_answers_need_permission():
    """A definition that the challenge leaves open is filled in with permission only, and completely."""
    challenge = module(definition("answer", value="sorryAx"), constant("t", "answer", "sorryAx"))
    filled = module(definition("answer", value="Nat.one"), constant("t", "answer", "proof"))
    assert codes(challenge, filled) == {("answer-hole", "answer")}
    assert codes(challenge, filled, answers=frozenset({"answer"})) == set()
    left = module(definition("answer", value="sorryAx"), constant("t", "answer", "proof"))
    assert codes(challenge, left, answers=frozenset({"answer"})) == {("sorry", "t")}
    other = module(definition("answer", "Int", "x"), constant("t", "answer", "proof"))
    assert codes(challenge, other, answers=frozenset({"answer"})) == {("statement", "answer")}


def test_axioms_that_are_permitted():
    """An axiom of the challenge may be used where that is permitted; a new one never, whatever its name."""
    bad = constant("bad", FALSE, kind=Kind.AXIOM)
    permitted = frozenset({"bad"})
    assert (
        codes(module(bad, *GOAL.constants.values()), module(bad, constant("t", "P", "bad")), axioms=permitted) == set()
    )
    assert codes(GOAL, module(bad, constant("t", "P", "bad")), axioms=permitted) == {("axiom", "bad")}


def test_what_a_statement_means():
    """Definitions below definitions of the statement count: by name where a person wrote them, else by content."""
    challenge = module(
        definition("d._n", value="Nat.one"), definition("_m", value="d._n"), constant("t", "_m", "sorryAx")
    )
    same = [definition("_m", value="d._n"), constant("t", "_m", "proof")]
    assert codes(challenge, module(definition("d._n", value="Nat.one"), *same)) == set()
    changed = module(definition("d._n", value="Nat.zero"), *same)
    assert codes(challenge, changed) == {("statement", "t")}
    written = replace(challenge, positions={"d._n": (1, 0), "_m": (2, 0)})
    assert codes(written, changed) == {("definition", "d._n")}


def test_names_that_lean_makes_up_may_change():
    """A matcher or a side proof is what it is, whatever number it has and whoever shares it."""
    parts = [definition("t.match_1", value="f"), constant("t._proof_1", "Q", "p"), constant("t.eq_1", "Q", "p")]
    challenge = module(*parts, constant("t", "t.match_1 t._proof_1", "sorryAx"))
    shared = [definition("h.match_3", value="f"), constant("h._proof_2", "Q", "another")]
    proof = constant("t", "h.match_3 h._proof_2", "proof")
    assert codes(challenge, module(*shared, proof)) == set()
    assert codes(challenge, module(definition("h.match_3", value="g"), shared[1], proof)) == {("statement", "t")}
    assert codes(challenge, module(shared[0], constant("h._proof_2", "R", "p"), proof)) == {("statement", "t")}


def test_made_up_names_that_no_statement_mentions():
    """Auxiliary declarations of bodies may come, go and change."""
    challenge = module(definition("t.match_1", value="Nat.one"), constant("t", "P", "t.match_1 sorryAx"))
    assert codes(challenge, module(constant("t", "P", "proof"))) == set()


def test_constructors_under_a_made_up_name():
    """A type means what its constructors say, also where its name looks made up."""

    def world(field, proof="proof"):
        detail = Inductive(0, 0, (Name.of("_P", "mk"),), 0, is_rec=False, is_reflexive=False)
        mk = constant("_P.mk", field + " _P", kind=Kind.CONSTRUCTOR, detail=Constructor(Name.of("_P"), 0, 0, 1))
        return module(constant("_P", "Prop", kind=Kind.INDUCTIVE, detail=detail), mk, constant("t", "_P", proof))

    assert codes(world(FALSE, "sorryAx"), world(FALSE)) == set()
    assert codes(world(FALSE, "sorryAx"), world(TRUE)) == {("statement", "_P.mk")}


def test_axioms_of_the_file_itself():
    """An axiom that the challenge states is no axiom of Lean's: what rests on it is rejected, and by its name."""
    bad = constant("bad", FALSE, kind=Kind.AXIOM)
    found = compare(module(bad, constant("t", FALSE, "sorryAx")), module(bad, constant("t", FALSE, "bad")), ("t",))
    assert [(reason.code, "bad" in reason.text) for reason in found.reasons] == [("axiom", True)]
    assert found.axioms == ("bad",)


def test_a_target_has_a_hole():
    """A target that the challenge has proved itself is no claim: its name may have been misread."""
    assert codes(module(constant("t", "P", "proof")), module(constant("t", "P", "proof"))) == {("no-hole", "t")}


def test_kinds():
    """A target is a theorem in both; anything else is an answer to fill in, or another kind."""
    assert codes(GOAL, module(definition("t", "P", "proof"))) == {("kind", "t")}
    assert codes(module(definition("t", "P")), module(definition("t", "P"))) == {("answer-hole", "t")}
    assert codes(GOAL, module()) == {("missing", "t")}
    assert codes(GOAL, module(constant("t", "P", "proof")), "u") == {("no-target", "u")}
    assert codes(GOAL, module(constant("t", "Q", "proof"))) == {("statement", "t")}


def test_private_names_are_found_where_they_are_unique():
    """The source's name of a private theorem leads to the name that the artefact has."""
    hidden = constant("_private.M.0.N.t", "P", "proof")
    assert resolve(module(hidden), "N.t") == "_private.M.0.N.t"
    assert resolve(module(hidden, constant("N.t")), "N.t") == "N.t"
    assert resolve(module(hidden, constant("_private.L.0.N.t")), "N.t") == "N.t"


def test_universe_parameters_count():
    """A statement with another number of universe parameters is another statement."""
    solution = module(replace(constant("t", "P", "proof"), level_params=(Name.of("u"),)))
    assert codes(GOAL, solution) == {("statement", "t")}


@pytest.mark.parametrize(
    "text",
    [
        "set_option debug.skipKernelTC true",
        "theorem t : P := by\n  set_option /- -/ debug.«skipKernelTC» true in\n  decide",
        "set_option «debug».skipKernelTC true",
        "set_option debug.anything false",
    ],
)
def test_options_for_debugging_lean(text):
    """Such an option is a reason at its place, unless the trusted text sets it as often."""
    (reason,) = refused_options("", text)
    assert (reason.code, reason.position) == (
        "option",
        (text[: text.index("set_option")].count("\n") + 1, reason.position[1]),
    )
    assert refused_options(text, text) == []
    assert [r.code for r in refused_options(text, f"{text}\n{text}")] == ["option"]


@pytest.mark.parametrize(
    "text",
    ["set_option maxRecDepth 10", "-- set_option debug.x true", '"set_option debug.x"', "/- never ends", "debug.x"],
)
def test_other_options_and_other_text(text):
    """Comments, strings, other options and text that is not Lean set no such option."""
    assert refused_options("", text) == []
