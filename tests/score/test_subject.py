"""What a metric looks at: the closure of what is new, with lemmas looked through that are but another name."""

from dataclasses import replace
from pathlib import Path

import pytest

from proofagent.errors import UsageError
from proofagent.goals.files import Source
from proofagent.goals.lexer import Lines
from proofagent.goals.outline import outline
from proofagent.runs.scoring import changes, compiled
from proofagent.score.lines import attribution
from proofagent.score.metrics import METRICS, named, vector
from proofagent.score.subject import subject

TEXT = """
def double (n : Nat) : Nat := n + n

theorem base (n : Nat) : double n = 2 * n := by
  unfold double
  omega

theorem alias (n : Nat) : double n = 2 * n := base n

theorem twice (n : Nat) : double (double n) = 4 * n := by
  rw [base, base]
  omega

theorem other (p q : Prop) (hp : p) (hq : q) (unused : p ∨ q) : q ∧ p := by
  have idle : p ∧ p := ⟨hp, hp⟩
  exact ⟨hq, hp⟩

theorem moved (p q : Prop) (hp : p) (hq : q) (unused : p ∨ q) : q ∧ p := by
  exact other p q hp hq unused

theorem classical (p : Prop) : p ∨ ¬p := Classical.byCases (fun h => Or.inl h) (fun h => Or.inr h)

namespace Deep
theorem inner : 1 + 1 = 2 := rfl
end Deep
"""


@pytest.fixture(scope="module")
def measure(portal, pool):
    """The subject of a theorem of the text."""
    source = Source(Path("text.lean"), ("Init",), TEXT)
    made, module = portal.call(lambda: compiled(source, pool, 60))
    parts, lines = list(outline(TEXT)), Lines(TEXT)
    return lambda name: subject(name, parts, module, made.messages, lines=lines)


@pytest.mark.lean
def test_helpers_count_with_their_statements(measure):
    """What a theorem rests on is a part of it: the lemma and the definition."""
    found = measure("twice")
    assert found.helpers == ("base", "double")
    assert [body.name for body in found.bodies] == ["twice", "double", "base"]
    assert found.bodies[2].statement == "theorem base (n : Nat) : double n = 2 * n"


@pytest.mark.lean
def test_another_name_for_a_lemma_counts_as_the_lemma(measure):
    """A delegation to a lemma that nobody else uses is looked through, in the text and in the term."""
    one, other = measure("other"), measure("moved")
    assert other.helpers == ()
    assert [(body.name, body.origin) for body in other.bodies] == [("moved", "other")]
    assert one.terms == other.terms
    values = vector(one), vector(other)
    assert {n: v for n, v in values[0].items() if n != "warnings"} == {
        n: v for n, v in values[1].items() if n != "warnings"
    }


@pytest.mark.lean
def test_what_is_introduced_for_nothing_is_seen(measure):
    """An idle `have` is in the term, an unused hypothesis is in Lean's warnings."""
    found = measure("other")
    assert found.terms.idle == 1
    assert any("unused" in message.text for message in found.warnings)
    assert measure("base").warnings == ()


@pytest.mark.lean
def test_axioms_are_those_that_new_terms_reach(measure):
    """A library theorem is trusted as it stands: what it rests on is not known here."""
    assert measure("base").axioms == ()
    assert "Classical.byCases" in measure("classical").terms.uses


@pytest.mark.lean
def test_names_in_namespaces_are_full(measure):
    """A theorem is known by its full name; one that is not there is an error."""
    assert measure("Deep.inner").terms.dag > 0
    with pytest.raises(UsageError, match="no theorem `inner`"):
        measure("inner")


@pytest.mark.lean
def test_a_tree_is_at_least_as_large_as_its_dag(measure):
    """Shared subterms count once in `dag` and as often as they stand there in `tree`."""
    for name in ("base", "twice", "other", "classical"):
        terms = measure(name).terms
        assert 0 < terms.dag <= terms.tree


@pytest.mark.lean
def test_lines_add_up(measure):
    """The tokens of the lines are the tokens of the proof, whatever it rests on."""
    for name in ("twice", "moved", "alias"):
        found = measure(name)
        assert sum(line.tokens for line in attribution(found, TEXT)) == vector(found)["tokens"]


def test_every_metric_says_where_it_is_from_and_how_it_is_fooled():
    """No metric without a unit, a source and a weakness; names are unique."""
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.unit and metric.source and metric.fooled_by for metric in METRICS)
    with pytest.raises(UsageError, match="no metric `beauty`"):
        named("beauty")


def test_a_theorem_is_changed_in_one_thing_at_a_time():
    """A simp lemma more, a hypothesis more, hypotheses renamed in statement and proof alike."""
    (part,) = outline(
        "theorem t (n : Nat) (h : n = 1) : n + 0 = 1 := by\n  rw [h.symm.symm] -- h\n  exact congrArg h h"
    )
    made = changes(part)
    assert made["one more simp lemma"].startswith("attribute [local simp]")
    assert "(h : n = 1) (irrelevant_ : 0 = 0) : n + 0 = 1 :=" in made["one more hypothesis"]
    assert "rw [h_renamed.symm.symm] -- h\n" in made["hypotheses renamed"]
    assert "(h_renamed : n = 1)" in made["hypotheses renamed"]


@pytest.mark.lean
def test_a_declaration_without_a_body_can_be_measured(portal, pool):
    """A class that a theorem rests on has no proof; its words count all the same."""
    theorem = "theorem some_item (α : Type) [Has α] : ∃ a : α, a = a := ⟨Has.item, rfl⟩"
    text = f"class Has (α : Type) where\n  item : α\n\n{theorem}\n"
    source = Source(Path("text.lean"), ("Init",), text)
    made, module = portal.call(lambda: compiled(source, pool, 60))
    found = subject("some_item", list(outline(text)), module, made.messages, lines=Lines(text))
    assert found.helpers == ("Has",)
    assert len(found.trees) == len(found.bodies) == 2
    assert vector(found)["tokens"] > vector(replace(found, bodies=found.bodies[:1]))["tokens"]
