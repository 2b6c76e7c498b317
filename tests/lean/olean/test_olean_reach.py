"""What declarations rest on is found over several modules and ordered so that a kernel can take it."""

import json
from dataclasses import replace

import pytest

from proofagent.errors import OleanError
from proofagent.lean.library import Library
from proofagent.lean.olean import export, ordered, reach, written

INIT = ("Init.Prelude", "Init.Core")


@pytest.fixture(scope="module")
def prelude(library, tmp_path_factory):
    """Two modules of the library."""
    found = Library.open((library,), INIT, tmp_path_factory.mktemp("index") / "index.sqlite")
    yield found
    found.close()


def names(groups):
    return [[str(member.name) for member in group] for group in groups]


def test_every_group_comes_after_those_that_it_mentions(prelude):
    """No group mentions one that follows it, and nothing that is mentioned is left out."""
    found = reach(prelude.find, ["Nat.le_trans", "Option.rec", "instDecidableEqNat"])
    done = set()
    for group in found.groups:
        own = {str(member.name) for member in group}
        done |= own
        for member in group:
            assert member.type.constants() - done == set()
            assert member.value is None or member.value.constants() - done == set()
    assert found.missing == frozenset()
    assert {"Nat.le_trans", "Option.rec", "instDecidableEqNat"} <= done


def test_any_part_of_an_inductive_type_brings_all_of_it(prelude):
    """Constructor, recursor and type lead to the same group, constructors in the order of the type."""
    groups = [reach(prelude.find, [name]).groups[-1] for name in ("Option", "Option.some", "Option.rec")]
    assert names(groups) == [["Option", "Option.none", "Option.some", "Option.rec"]] * 3


def test_quotients_bring_equality_and_come_as_four(prelude):
    """The kernel makes quotients out of `Eq`, which no term of theirs need mention."""
    found = names(reach(prelude.find, ["Quot.mk"]).groups)
    assert found[-1] == ["Quot", "Quot.mk", "Quot.lift", "Quot.ind"]
    assert ["Eq", "Eq.refl", "Eq.rec"] in found


def test_a_literal_brings_the_type_that_it_stands_for(sample):
    """A number means `Nat` and a text what the kernel makes it of, though the term may name neither."""
    module = sample("numbers")
    assert module.constants["small"].type.literals() == {"number"}
    assert "Nat" in reach(module.constants.get, ["small"]).owner
    assert module.constants["text"].type.literals() == {"text"}
    found = reach(module.constants.get, ["text"])
    assert {"String", "String.ofList", "Char.ofNat", "List"} <= found.missing | found.owner.keys()


def test_what_is_nowhere_is_said_and_counts_below_what_mentions_it(prelude):
    """A name that no module has is missing, for the declaration that mentions it and all above that."""
    hidden = {"Nat", "Nat.zero", "Nat.succ", "Nat.rec"}
    found = reach(lambda name: None if name in hidden else prelude.find(name), ["Nat.le_trans", "Option"])
    assert "Nat" in found.missing
    assert "Nat" in found.below("Nat.le_trans")
    assert "Nat" not in found.below("Option")
    assert found.below("Nat.le_trans", "Option") == found.below("Nat.le_trans") | found.below("Option")
    assert {"Nat", "Nat.le_trans"} <= found.above(["Nat"])
    assert found.above(["Nat"]).isdisjoint({"Option", "Option.some"})
    for group in found.groups:
        for member in map(str, (one.name for one in group)):
            assert (member in found.above(["Nat"])) == ("Nat" in found.below(member))


def test_declarations_that_rest_on_each_other_are_refused(prelude):
    """No order serves a circle, nor a definition that mentions itself."""
    user, used = prelude.find("instDecidableEqNat"), prelude.find("Nat.decEq")
    assert "Nat.decEq" in user.value.constants()
    # `user` under its own name, and once more under the name of what it uses: that one then mentions itself.
    with pytest.raises(OleanError, match=r"Nat\.decEq rests on itself"):
        reach({"instDecidableEqNat": user, "Nat.decEq": replace(user, name=used.name)}.get, ["instDecidableEqNat"])
    above = prelude.find("instBEqOfDecidableEq")
    mentioned = next(iter(sorted(above.value.constants() - {"instBEqOfDecidableEq"})))
    circle = {"Nat.decEq": replace(above, name=used.name), mentioned: replace(user, name=prelude.find(mentioned).name)}
    with pytest.raises(OleanError, match="rest on each other"):
        reach(circle.get, ["Nat.decEq"])


def test_an_inductive_type_outside_of_its_own_block_is_refused(prelude):
    """A block names its members, of which this is one."""
    with pytest.raises(OleanError, match="not complete"):
        reach({"Option": replace(prelude.find("Option"), all=())}.get, ["Option"])


def test_a_type_without_one_of_its_parts_is_refused(prelude):
    """A group is whole, or it is not written."""
    with pytest.raises(OleanError, match="no constructor"):
        reach(lambda name: None if name == "Option.some" else prelude.find(name), ["Option"])
    with pytest.raises(OleanError, match="not complete"):
        reach(lambda name: None if name == "Option" else prelude.find(name), ["Option.rec"])
    with pytest.raises(OleanError, match="of no type"):
        reach(lambda name: None if name == "Option" else prelude.find(name), ["Option.some"])


def test_terms_of_several_files_are_written_once(prelude):
    """Every number of a name, level or term is used once, in turn, and no line is there twice."""
    found = reach(prelude.find, ["Function.comp", "Nat.le_trans", "Functor"])
    text = written(found.groups, "4.28.0", "")
    lines = [json.loads(line) for line in text.splitlines()]
    for key, first in (("in", 1), ("il", 1), ("ie", 0)):
        numbers = [line[key] for line in lines if key in line]
        assert numbers == list(range(first, first + len(numbers)))
        parts = [json.dumps({k: v for k, v in line.items() if k != key}) for line in lines if key in line]
        assert len(set(parts)) == len(parts)


def test_an_export_of_one_module_is_what_it_was(sample):
    """Names of a module alone are written without what they rest on elsewhere."""
    module = sample("definitions")
    some = [name for name, c in module.constants.items() if c.safety == "safe"]
    inside = {str(member.name) for group in ordered(module, some) for member in group}
    assert inside == set(some)
    lines = [json.loads(line) for line in export(module, some).splitlines()]
    assert sum(not line.keys() & {"meta", "in", "il", "ie"} for line in lines) == len(ordered(module, some))
