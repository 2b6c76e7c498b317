from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from proofagent.check.axioms import PRIMITIVE, STANDARD
from proofagent.check.compare import compare, resolve
from proofagent.check.words import unwanted
from proofagent.lean.olean import Constant, Constructor, Inductive, Kind, Module, Name, Safety

TRUE, FALSE = "True", "False"


@dataclass(frozen=True)
class FakeTerm:
    """A term that is nothing but the constants it mentions."""

    mentions: tuple[str, ...]

    def constants(self):
        return set(self.mentions)

    def digest(self, level_params):
        return " ".join(self.mentions).encode()


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


def codes(challenge, solution, *targets, allowed=STANDARD):
    return {(r.code, r.declaration) for r in compare(challenge, solution, targets or ("t",), allowed=allowed).reasons}


GOAL = module(constant("t", "P", "sorryAx"))


def test_the_same_statement_with_a_proof():
    """A proof from allowed axioms has no reason against it, and its axioms and helpers are listed."""
    found = compare(GOAL, module(constant("h", TRUE, "propext"), constant("t", "P", "h")), ("t",), allowed=STANDARD)
    assert (found.reasons, found.axioms, found.new_declarations) == ((), ("propext",), ("h",))


def test_other_imports():
    """A solution with other imports is rejected, whatever it proves."""
    solution = module(constant("t", "P", "proof"), imports=("Init", "Evil"))
    assert codes(GOAL, solution) == {("imports", "")}


@pytest.mark.parametrize("axiom", sorted(PRIMITIVE - STANDARD))
def test_axioms_by_exact_name(axiom):
    """Every axiom of the core library but the three is a reason of its own, found through helpers."""
    solution = module(constant("h", TRUE, axiom), constant("t", "P", "h"))
    code = "sorry" if axiom == "sorryAx" else "compiler-axiom" if axiom.startswith("Lean.") else "axiom"
    assert codes(GOAL, solution) == {(code, "t")}


def test_an_axiom_that_only_resembles_an_allowed_one():
    """A new axiom is rejected whatever its name ends with."""
    solution = module(constant("My.propext", FALSE, kind=Kind.AXIOM), constant("t", "P", "My.propext"))
    assert codes(GOAL, solution) == {("axiom", "My.propext")}


def test_fewer_axioms_may_be_allowed():
    """The allow-list is the caller's."""
    assert codes(GOAL, module(constant("t", "P", "propext")), allowed=frozenset()) == {("axiom", "t")}


@pytest.mark.parametrize("safety", [Safety.UNSAFE, Safety.PARTIAL])
def test_unsafe_definitions_that_are_reached(safety):
    """What the target rests on has to be safe; what it does not rest on may be as it likes."""
    loop = definition("loop", value="loop", safety=safety)
    assert codes(GOAL, module(loop, constant("t", "P", "loop"))) == {("unsafe", "loop")}
    assert codes(GOAL, module(loop, constant("t", "P", "proof"))) == set()


def test_what_a_statement_means():
    """Definitions below definitions of the statement count, made-up names included."""
    challenge = module(
        definition("d._n", value="Nat.one"), definition("_m", value="d._n"), constant("t", "_m", "sorryAx")
    )
    same = [definition("_m", value="d._n"), constant("t", "_m", "proof")]
    assert codes(challenge, module(definition("d._n", value="Nat.one"), *same)) == set()
    assert codes(challenge, module(definition("d._n", value="Nat.zero"), *same)) == {("definition", "d._n")}


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
    found = compare(
        module(bad, constant("t", FALSE, "sorryAx")), module(bad, constant("t", FALSE, "bad")), ("t",), allowed=STANDARD
    )
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
    ("text", "code"),
    [
        ("set_option debug.skipKernelTC true", "kernel-option"),
        ("set_option «debug».«skipKernelTC» true", "kernel-option"),
        ('"a string" /- debug.skipKernelTC -/', "kernel-option"),
        ("run_cmd x", "program"),
        ("by run_tac x", "program"),
        ("#eval x", "program"),
        ("#eval! x", "program"),
        ("@[simp, tactic foo] def f := x", "program"),
        ("attribute [macro foo] f", "program"),
        ("@[command_elab foo] def f := x", "program"),
        ("initialize x", "program"),
        ("unsafe def x := 1", "program"),
        ("@[implemented_by f] def g := 1", "program"),
    ],
)
def test_words_that_no_proof_needs(text, code):
    """A word that a trusted text holds may be held as often, and no oftener."""
    assert [reason.code for reason in unwanted("", text)] == [code]
    assert unwanted(text, text) == ()
    assert {reason.code for reason in unwanted(text, f"{text}\n{text}")} == {code}


@pytest.mark.parametrize(
    "text", ["by simp [h.macro, macros, List.tactic, my_elab] at unsafe'", "open Lean Elab", "intro tactics"]
)
def test_words_within_names(text):
    """Names that only contain such a word are names."""
    assert unwanted("", text) == ()
