"""Blocks of tactics, cut into steps. Pure: nothing is taken here."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals.lexer import BLANK, code, scan, without_comments
from proofagent.proof.script import is_step
from proofagent.propose.blocks import Bullet, Hole, Part, Tactic, dedented, hanging, has_hole, items, steps

# A busy machine is no failure.
patient = settings(deadline=None)


def tactic(text: str) -> Tactic:
    return Tactic(text)


def named(values: list[tuple[str, object]]) -> list:
    """Cases that are called by their text."""
    return [pytest.param(text, found, id=text.replace("\n", "⏎")) for text, found in values]


ONE = [
    "simp\n<;> omega",
    "simp\n<;> intro x\n<;> omega",
    "simp <;>\nomega",
    "constructor\n<;> (\nintro h\nomega)",
    "simp <|>\nomega",
    "simp\n<|> omega",
    "rw [foo]\nat h",
    "simpa [foo]\nusing h",
    "cases h\nwith\n| inl a => simp\n| inr b => omega",
    "first\n| simp\n| omega",
    "exact (by\n  simp\n)",
    "exact foo\n|>.symm",
    "exact foo\n.symm",
    "exact foo\n<| bar",
    "exact foo\n$ bar",
    "have h : a\n= b := foo",
    "have h : a = b :=\nfoo",
    "if h : p then\n  simp\nelse\n  omega",
    "calc a = b := foo\n_ = c := bar",
    "rcases h with ⟨a,\nb⟩",
    "simp [a,\nb]",
    "simp\n\n  [a]",
]


@pytest.mark.parametrize("block", [pytest.param(b, id=b.replace("\n", "⏎")) for b in ONE])
def test_a_line_that_begins_no_tactic_belongs_to_the_one_before(block: str) -> None:
    """In column 0 too, among other tactics, in a bullet, in a case and in the proof of a `have`."""
    assert len(list(items(block))) == 1
    assert len(list(items(f"intro x\n{block}\ndone"))) == 3
    moved = block.replace("\n", "\n  ")
    below = tactic("done")
    (bullet,) = steps(f"· {moved}\n  done")
    (have,) = steps(f"have h : P := by\n  {moved}\n  done")
    (case,) = steps(f"cases h with\n| inl a =>\n  {moved}\n  done")
    assert isinstance(bullet, Bullet)
    assert isinstance(have, Tactic)
    assert isinstance(case, Tactic)
    for found in (bullet.steps, *have.parts, *case.parts):
        assert len(found) == 2
        assert found[1] == below


@pytest.mark.parametrize(
    ("block", "found"),
    named(
        [
            ("", []),
            ("\n \n", []),
            ("simp\nomega", ["simp", "omega"]),
            ("  simp", ["simp"]),
            ("simp\r\nomega\r\n", ["simp", "omega"]),
            ("constructor\n· simp\n. omega\n· done", ["constructor", "· simp", ". omega", "· done"]),
            ("(simp)\n{ omega }", ["(simp)", "{ omega }"]),
            ("(simp\n omega)", ["(simp\n omega)"]),
            ("foo\n| a =>\n  simp\n| b => omega", ["foo\n  | a =>\n    simp\n  | b => omega"]),
            ("all_goals simp\nnext => omega\ncase a => simp", ["all_goals simp", "next => omega", "case a => simp"]),
            ("-- first\nsimp", ["simp"]),
            ("simp -- it\n-- then\nomega\n-- end", ["simp", "omega"]),
            ("/- a\nb -/\nsimp\n/- c -/", ["simp"]),
            ("simp\n/- a\n/- b -/\n-/\nomega", ["simp", "omega"]),
            ("cases h with\n| a => simp\n-- then\n| b => omega", ["cases h with\n  | a => simp\n  | b => omega"]),
            ("simp\n-- no end\n<;> omega", ["simp\n  <;> omega"]),
            ('exact "-- no comment"\nsimp', ['exact "-- no comment"', "simp"]),
            ('exact "(" \nsimp', ['exact "("', "simp"]),
        ]
    ),
)
def test_items_are_cut_where_a_tactic_begins_in_column_0(block: str, found: list[str]) -> None:
    """Outside of brackets and strings; comments are in none."""
    assert list(items(block)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    named(
        [
            ("", ""),
            ("\n  \n", ""),
            ("  a\n    b\n", "a\n  b"),
            ("  a\n\n  b", "a\nb"),
            ("    a\n  b", "  a\nb"),
            ("  a\n<;> b\n  c", "a\n<;> b\nc"),
            ("  a\n    <;> b", "a\n  <;> b"),
            ("  <;> a", "<;> a"),
            ("| a =>\n  b", "| a =>\n  b"),
        ]
    ),
)
def test_dedented_text_begins_in_column_0(text: str, found: str) -> None:
    """All lines move alike; only a `<;>` may stand left of the rest."""
    assert dedented(text) == found
    assert dedented(found) == found


@pytest.mark.parametrize(
    ("text", "found"),
    named([("", ""), (" a", "a"), (" a\n    b\n     c", "a\nb\n c"), ("\n    b\n     c", "b\n c"), (" a\n \n", "a")]),
)
def test_a_hanging_line_has_no_indentation_of_its_own(text: str, found: str) -> None:
    """The lines below are moved without it."""
    assert hanging(text) == found


@pytest.mark.parametrize(
    "block",
    [
        *(
            "sorry",
            "(sorry)",
            "((sorry))",
            "{ sorry }",
            "exact sorry",
            "exact (sorry)",
            "exact by sorry",
            "by\n  sorry",
        ),
        *("refine sorry", "exact (by\n  sorry)", "sorry -- later", "-- later\nsorry", "exact\n  sorry"),
    ],
)
def test_a_sorry_and_no_more_is_a_hole(block: str) -> None:
    """However it is wrapped; in a bullet, a `next` and a `have` it is the hole of that."""
    assert steps(block) == (Hole(),)
    moved = block.replace("\n", "\n  ")
    assert steps(f"· {moved}") == (Bullet((Hole(),)),)
    assert steps(f"next =>\n  {moved}") == (Bullet((Hole(),)),)
    assert [(p.opened, p.parts) for p in steps(f"have h : P := by\n  {moved}") if isinstance(p, Tactic)] == [
        ("have h : P := ?_", ((Hole(),),))
    ]


HOLE = (Hole(),)


@pytest.mark.parametrize(
    ("block", "found"),
    named(
        [
            ("· simp\n  omega", Bullet((tactic("simp"), tactic("omega")))),
            ("· simp\n  <;> omega\n  done", Bullet((tactic("simp\n  <;> omega"), tactic("done")))),
            ("· · simp\n  · sorry", Bullet((Bullet((tactic("simp"),)), Bullet(HOLE)))),
            ("·\n  simp", Bullet((tactic("simp"),))),
            ("{ simp\n  sorry }", Bullet((tactic("simp"), Hole()))),
            ("next => sorry", Bullet(HOLE)),
            ("next =>\n  simp\n  omega", Bullet((tactic("simp"), tactic("omega")))),
            ("next => simp", tactic("next => simp")),
            ("next h => sorry", Tactic("next h => sorry", True, "rename_i h", (HOLE,))),
            ("case x => simp", Tactic("case x => simp", case="x")),
            ("case x => sorry", Tactic("case x => sorry", True, "skip", (HOLE,), "x")),
            ("case x => (sorry)", Tactic("case x => (sorry)", True, "skip", (HOLE,), "x")),
            ("case x y _ => sorry", Tactic("case x y _ => sorry", True, "rename_i y _", (HOLE,), "x")),
            (
                "case a.x =>\n  simp\n  sorry",
                Tactic("case a.x =>\n  simp\n  sorry", True, "skip", ((tactic("simp"), Hole()),), "a.x"),
            ),
            (
                "case x =>\n  simp\n  omega",
                Tactic("case x =>\n  simp\n  omega", False, "skip", ((tactic("simp"), tactic("omega")),), "x"),
            ),
            ("have h : P := by simp", tactic("have h : P := by simp")),
            ("have h : P := by sorry", Tactic("have h : P := by sorry", True, "have h : P := ?_", (HOLE,))),
            ("have h : P := sorry", Tactic("have h : P := sorry", True, "have h : P := ?_", (HOLE,))),
            (
                "have h : P := by simp\n                 omega",
                Tactic(
                    "have h : P := by simp\n                 omega",
                    opened="have h : P := ?_",
                    parts=((tactic("simp"), tactic("omega")),),
                ),
            ),
            (
                "have h : P := by exact foo\n                    bar",
                Tactic(
                    "have h : P := by exact foo\n                    bar",
                    opened="have h : P := ?_",
                    parts=((tactic("exact foo\n   bar"),),),
                ),
            ),
            (
                "have h : P := by\n  intro x\n  simp\n<;> omega",
                Tactic(
                    "have h : P := by\n    intro x\n    simp\n  <;> omega",
                    opened="have h : P := ?_",
                    parts=((tactic("intro x"), tactic("simp\n  <;> omega")),),
                ),
            ),
            (
                "cases h with\n| inl a => sorry\n| inr b =>\n  simp",
                Tactic(
                    "cases h with\n  | inl a => sorry\n  | inr b =>\n    simp",
                    True,
                    "cases h with\n  | inl a => ?_\n  | inr b => ?_",
                    (HOLE, (tactic("simp"),)),
                ),
            ),
            (
                "cases h with | inl a => sorry | inr b => simp",
                Tactic(
                    "cases h with | inl a => sorry | inr b => simp",
                    True,
                    "cases h with | inl a => ?_ | inr b => ?_",
                    (HOLE, (tactic("simp"),)),
                ),
            ),
            (
                "refine ⟨by sorry, fun x => sorry⟩",
                Tactic("refine ⟨by sorry, fun x => sorry⟩", True, "refine ⟨?_, fun x => ?_⟩", (HOLE, HOLE)),
            ),
            ("exact f (by sorry)", Tactic("exact f (by sorry)", True, "refine f (?_)", (HOLE,))),
            (
                "calc a = b := sorry\n_ = c := sorry",
                Tactic("calc a = b := sorry\n  _ = c := sorry", True, "calc a = b := ?_\n  _ = c := ?_", (HOLE, HOLE)),
            ),
        ]
    ),
)
def test_a_block_inside_of_a_step_is_opened(block: str, found: Part) -> None:
    """Where it has a hole, or several lines that may work one by one."""
    assert steps(block) == (found,)


def test_brackets_around_tactics_with_a_hole_are_taken_off() -> None:
    """Round ones only join tactics, so that their steps stand among the others."""
    assert steps("intro x\n(simp\n sorry)\ndone") == (tactic("intro x"), tactic("simp"), Hole(), tactic("done"))
    assert steps("(simp) <;> (sorry)") == (Tactic("(simp) <;> (sorry)", admits=True),)


def test_an_obtain_of_a_claim_is_two_steps() -> None:
    """The claim with its proof, and the `obtain` from it."""
    claim, taken = steps("obtain ⟨x, hx⟩ : ∃ x, P x := by\n  simp\n  sorry")
    assert isinstance(claim, Tactic)
    assert (claim.opened, claim.parts, claim.aside) == ("have this : ∃ x, P x := ?_", ((tactic("simp"), Hole()),), True)
    assert taken == tactic("obtain ⟨x, hx⟩ := this")


REFUSED = [
    *("all_goals sorry", "all_goals (sorry)", "all_goals exact sorry", "any_goals sorry", "try sorry", "try (sorry)"),
    "first | simp | exact sorry",
    "repeat (sorry)",
    "constructor <;> sorry",
    "constructor <;> exact sorry",
    *("sorry <;> simp", "sorry\n<;> simp"),
    *("simp; sorry", "simp; exact sorry", "sorry; simp", "(simp; sorry)"),
    "case x | y => sorry",
    "case' x => sorry",
    "next (h) => sorry",
    "have h : foo sorry = 1 := by simp",
    "have h : P sorry := by\n  simp",
    "match sorry with\n| a => simp\n| b => omega",
    "exact foo sorry",
    "exact h ▸ sorry",
    "if h : p then sorry else sorry",
    "suffices h : P by\n  sorry",
]


@pytest.mark.parametrize("block", [pytest.param(b, id=b.replace("\n", "⏎")) for b in REFUSED])
def test_what_cannot_be_opened_stays_admitting(block: str) -> None:
    """It is one step that cannot be taken, never one that seems to prove."""
    (part,) = steps(block)
    assert isinstance(part, Tactic)
    assert (part.admits, part.opened, part.parts) == (True, "", ())


@pytest.mark.parametrize("block", ["/-", "simp\n/- a", 'exact "a', "· simp\n  /- a", 'have h : P := by\n  simp "'])
def test_what_does_not_end_is_an_error(block: str) -> None:
    """Of a comment or a string."""
    with pytest.raises(GoalError):
        steps(block)
    with pytest.raises(GoalError):
        list(items(block))


@pytest.mark.parametrize(
    "unit",
    ["· ", "(", "next => ", "case a => ", "have h : P := by ", "by ", "obtain ⟨⟩ : P := by "],
)
def test_deep_nesting_ends(unit: str) -> None:
    """What is nested deeper than anybody writes is one step, and it is still known to admit."""
    deep = unit * 500 + "sorry"
    found = list(flat(steps(deep)))
    assert 1 <= len(found) <= 100
    assert Hole() in found or any(isinstance(part, Tactic) and part.admits for part in found)


def flat(parts: tuple[Part, ...]) -> Iterator[Part]:
    """All parts, those inside of others too."""
    for part in parts:
        yield part
        inner = (part.steps,) if isinstance(part, Bullet) else part.parts if isinstance(part, Tactic) else ()
        for block in inner:
            yield from flat(block)


PIECES = [
    *(
        "simp",
        "sorry",
        "exact",
        "have h : P := by",
        "cases h with",
        "case x =>",
        "next =>",
        "case a b =>",
        "obtain ⟨x⟩",
    ),
    *("·", ".", "| a =>", "<;>", "<|", "|>.", ";", "(", ")", "{", "}", "⟨", "⟩", ":=", ": P :=", "by", "else", "at h"),
    *("-- c\n", "/- c -/", "/- c\nd -/", '"s"', "'c'", "?_", "_", ",", "$", "all_goals", "refine", "=", "1", "h"),
    *("\n", "\n", "\n", "\n  ", "\n  ", "\n    ", " ", " ", " ", "-", "\t", "\r\n"),
]
BLOCKS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=30
).map(" ".join)


def words(text: str) -> list[str]:
    return [token.text for token in code(text)]


def ends(text: str) -> bool:
    """Whether every comment and string in `text` ends."""
    try:
        return bool(list(scan(text)) or True)
    except GoalError:
        return False


@patient
@given(BLOCKS.filter(ends))
def test_every_token_of_a_block_is_in_one_item(block: str) -> None:
    """In its order; comments are in none, and no item is empty."""
    found = list(items(block))
    assert [word for item in found for word in words(item)] == words(without_comments(block))
    assert all(any(token.kind not in BLANK for token in scan(item)) for item in found)


@patient
@given(BLOCKS.filter(ends))
def test_items_stay_items(block: str) -> None:
    """Below each other they are cut in the same places again."""
    found = list(items(block))
    assert list(items("\n".join(found))) == found


@patient
@given(BLOCKS | st.text(max_size=60))
def test_any_text_has_steps_or_is_an_error_of_ours(block: str) -> None:
    """None that a play may take has a `sorry` in it, and none is lost on the way."""
    try:
        found = list(flat(steps(block)))
    except GoalError:
        return
    for part in found:
        if isinstance(part, Tactic):
            assert not has_hole(part.opened)
            assert part.admits == has_hole(part.text)
            assert bool(part.opened) == bool(part.parts)
    assert has_hole(without_comments(block)) <= any(isinstance(p, Hole) or has_hole(p.text) for p in leaves(found))


def leaves(parts: list[Part]) -> list[Hole | Tactic]:
    return [part for part in parts if not isinstance(part, Bullet)]


@patient
@given(st.lists(st.sampled_from(["intro x", "simp\n<;> omega", "exact (f\n x)", "· simp\n  omega"]), max_size=6))
def test_steps_can_be_taken_as_they_are(lines: list[str]) -> None:
    """The text of a tactic that was cut out is a normalised step."""
    found = list(flat(steps("\n".join(lines))))
    assert all(is_step(part.text) for part in found if isinstance(part, Tactic))
    assert sum(isinstance(part, Bullet) for part in found) == sum(line.startswith("·") for line in lines)
