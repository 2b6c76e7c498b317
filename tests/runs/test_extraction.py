"""Goals out of the embedded library: what is a goal, what is lost, and why."""

import pytest

from proofagent.lean.engine import Header
from proofagent.propose.premises.library import module_theorems, modules
from proofagent.runs.extraction import PRINTINGS, extract

pytestmark = pytest.mark.lean

NAT_DVD, ATTACH, BASIC = "Init.Data.Nat.Dvd", "Init.Data.Option.Attach", "Init.Data.Option.Basic"


@pytest.fixture(scope="module")
def library(installation):
    return dict(modules(installation.library))


@pytest.fixture
def extracted(portal, pool, library):
    """Extracts the theorems of one module."""

    def start(module, wanted=lambda _name: True, **options):
        return portal.call(lambda: extract(pool, [(module, library[module])], wanted, **options))[0]

    return start


def test_every_theorem_of_a_module_is_stated_from_what_came_before_it(extracted, portal, pool, library):
    """Lean reads each statement with the imports of the module, which do not have the theorem yet."""
    found = extracted(NAT_DVD)
    assert [goal.name for goal in found.goals] == [theorem.name for theorem in module_theorems(library[NAT_DVD])]
    assert (found.lost, found.round_trips) == ({}, found.theorems)
    imports = {goal.imports for goal in found.goals}
    assert len(imports) == 1
    body = "\n".join(f"{goal.statement} := sorry" for goal in found.goals)
    outcome = portal.call(lambda: pool.elaborate(Header(imports.pop()), body, deadline=60))
    assert (outcome.status, outcome.errors) == ("done", ())
    assert len(outcome.messages) == len(found.goals)


def test_a_statement_is_written_with_full_names_and_types_of_numbers(extracted):
    """So it means the same wherever it is read."""
    found = extracted("Init.Data.List.Erase", {"List.eraseP_cons_of_pos", "List.length_erase_of_mem"}.__contains__)
    assert [(goal.name, goal.statement, goal.origin) for goal in found.goals] == [
        (
            "List.eraseP_cons_of_pos",
            (
                "theorem List.eraseP_cons_of_pos : ∀ {α : Type u_1} {a : α} {l : List α} {p : α → Bool},"
                "\n  p a = Bool.true → List.eraseP p (a :: l) = l"
            ),
            "Init.Data.List.Erase",
        ),
        (
            "List.length_erase_of_mem",
            (
                "theorem List.length_erase_of_mem : ∀ {α : Type u_1} [inst : BEq α] [LawfulBEq α] {a : α} {l : List α},"
                "\n  a ∈ l → List.length (List.erase l a) = List.length l - (1 : Nat)"
            ),
            "Init.Data.List.Erase",
        ),
    ]


def test_what_only_its_own_module_can_say_is_no_goal(extracted):
    """`Option.all` is defined in the module that has the theorem."""
    found = extracted(BASIC, {"Option.all_none"}.__contains__)
    assert (found.goals, found.lost, found.round_trips) == ((), {"Option.all_none": "needs its own module"}, 1)


def test_what_lean_reads_as_something_else_is_lost_unless_another_way_of_printing_comes_back(extracted):
    """Lean's usual way leaves proofs out of a statement; they are asked for."""
    name = "Option.attachWith_guard"
    usual = extracted(ATTACH, {name}.__contains__, printings=[()])
    assert (usual.lost, usual.round_trips) == ({name: "does not come back"}, 0)
    assert extracted(ATTACH, {name}.__contains__, printings=[(), *PRINTINGS]).round_trips == 1


def test_what_lean_does_not_print_is_lost_and_the_rest_is_not(extracted):
    """A way of printing that Lean does not know gives nothing, and the next one is tried."""
    unknown = (("pp.noSuchOption", "true"),)
    found = extracted(NAT_DVD, {"Nat.dvd_refl", "Nat.dvd_zero"}.__contains__, printings=[unknown])
    assert set(found.lost.values()) <= {"not printed"}
    assert found.theorems == found.round_trips + len(found.lost)


def test_the_same_goals_come_out_with_several_engines_and_in_order(portal, pool, library):
    """Each module is heard of once, and results are in the order that was asked for."""
    names = [NAT_DVD, "Init.Data.Nat.Compare", BASIC]
    heard = []
    wanted = {"Nat.dvd_refl", "Nat.dvd_zero", "Option.all_none"}.__contains__
    found = portal.call(lambda: extract(pool, [(name, library[name]) for name in names], wanted, heard.append))
    assert [one.module for one in found] == names
    assert sorted(one.module for one in heard) == sorted(names)
