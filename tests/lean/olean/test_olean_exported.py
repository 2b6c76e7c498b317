"""What another kernel is given is all that declarations rest on, and the library has nothing from the solution."""

import pytest
from forge import NIL, Forge

from proofagent.errors import OleanError
from proofagent.lean.kernel.exported import exported, reached
from proofagent.lean.library import Library
from proofagent.lean.olean import Module, Olean

LENT = ("Nat", "pred")
USER = ("Nat", "pred_le_pred")


class Partial:
    """A library that does not ship one of the declarations that it mentions."""

    def __init__(self, whole):
        self.whole, self.without_proofs = whole, frozenset()

    def find(self, name):
        return None if name == ".".join(LENT) else self.whole.find(name)


@pytest.fixture(scope="module")
def partial(installation, tmp_path_factory):
    index = tmp_path_factory.mktemp("index") / "index.sqlite"
    found = Library.open((installation.library,), ("Init.Prelude",), index)
    yield Partial(found)
    found.close()


def module(*axioms):
    """A solution that says of each of these names that it has the type of the others."""
    forge = Forge()

    def constant(parts):
        return forge.ctor(4, forge.name(*parts), NIL, scalars=bytes(8))

    made = []
    for name, mentioned in axioms:
        at = forge.name(*name)
        made.append((at, forge.axiom(at, constant(mentioned))))
    return Module.read(Olean.from_bytes(forge.module(*made)))


def test_a_library_that_rests_on_the_solution_is_no_library(partial):
    """A name that it mentions and does not ship means what the solution says, and so do the theorems above it."""
    solution = module((LENT, ("Nat",)), (("t",), USER))
    for follow in (reached, exported):
        with pytest.raises(OleanError, match=r"^Nat\.pred_le_pred of the library rests on Nat\.pred, which only"):
            follow(partial, solution, ["Nat.pred", "t"])


def test_a_name_that_the_library_mentions_is_the_solutions_where_nothing_rests_on_it(partial):
    """What a proof does not reach says nothing of it."""
    found, new = reached(partial, module((LENT, ("Nat",)), (("t",), ("Nat",))), ["Nat.pred", "t"])
    assert set(new) == {"Nat.pred", "t"}
    assert found.missing == frozenset()


def test_what_the_library_does_not_ship_is_missing_where_nobody_declares_it(partial):
    """Without a declaration of that name the theorem means what it always meant."""
    found, new = reached(partial, module((("t",), USER)), ["t"])
    assert (new, found.missing) == (("t",), {"Nat.pred"})


def test_part_of_an_inductive_type_of_the_library_is_not_the_solutions_to_declare(partial):
    """Neither a recursor that is missing nor one that is there."""
    with pytest.raises(OleanError, match=r"Nat\.rec|complete"):
        reached(partial, module((("Nat", "rec"), ("Nat",)), (("t",), ("Nat", "rec"))), ["Nat.rec", "t"])
