"""Scripts: what is rendered parses back, and nothing else parses to something else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.proof.script import (
    Hole,
    Script,
    Step,
    braced,
    holes,
    indented,
    normalized,
    one_tactic,
    parse,
    render,
    size,
    tactics,
)

# A busy machine is no failure.
patient = settings(deadline=None)

LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        "simp",
        "sorry",
        "· simp",
        "  · sorry",
        "exact ⟨a, b⟩",
        "  | zero => ?_",
        "",
        " ",
        "\tx",
        "-- sorry",
        "/-",
        "x\x1ay",
        "𝔸✝",
    ]
)


def _normalized_or_none(text: str) -> str | None:
    try:
        return normalized(text)
    except ValueError:
        return None


TACTICS = (
    st.lists(LINES, min_size=1, max_size=4)
    .map("\n".join)
    .map(one_tactic)
    .map(_normalized_or_none)
    .filter(lambda text: text is not None)
)
BLOCKS = st.lists(st.sampled_from(["intro x", "simp\n    [h]", "constructor", "omega"]), min_size=2, max_size=3)
SCRIPTS = st.recursive(
    st.just(Hole()) | TACTICS.map(Step),
    lambda inner: st.builds(Step, TACTICS, st.lists(inner, max_size=5).map(tuple)),
    max_leaves=12,
)


@patient
@given(SCRIPTS)
def test_a_rendered_script_parses_to_itself(script: Script) -> None:
    """Multi-line tactics, Unicode, holes and bullets come back as the same tree."""
    assert parse(render(script)) == script


@given(BLOCKS, st.lists(SCRIPTS, max_size=3).map(tuple))
def test_a_step_of_several_tactics_parses_to_steps_of_one(block: list[str], children: tuple[Script, ...]) -> None:
    """The text is the same, and the tree is the one that the text shows."""
    script = Step("\n".join(block), children)
    parsed = parse(render(script))
    assert render(parsed) == render(script)
    assert tactics(parsed)[: len(block)] == block


@patient
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_a_parsed_text_renders_to_an_equal_script(text: str) -> None:
    """Arbitrary text is refused with ValueError, or it is a script that survives rendering."""
    try:
        script = parse(text)
    except ValueError:
        return
    assert parse(render(script)) == script


@patient
@given(st.lists(LINES, max_size=6).map("\n".join))
def test_normalised_text_stays_as_it_is(text: str) -> None:
    """Normalising a second time changes nothing, and a step takes the result."""
    tactic = _normalized_or_none(text)
    if tactic is not None:
        assert normalized(tactic) == tactic
        assert Step(tactic).tactic == tactic
    assert all(line.startswith("  ") for line in one_tactic(text).split("\n")[1:])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\n",
        "sorry",
        " sorry ",
        "sorry\n  <;> simp",
        "· simp",
        "·",
        "·simp",
        "a\tb",
        "a\x00b",
        "a\x1ab",
        "a\rb",
        "a\n  \tb",
        chr(0xD800),
    ],
)
def test_what_cannot_stand_as_a_step_is_refused(text: str) -> None:
    """Nothing, bullets, a `sorry`, control characters and lone surrogates are no tactics."""
    with pytest.raises(ValueError, match="not a tactic"):
        normalized(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("  simp  \n\n", "simp"),
        ("simp\r\n  at h\r\n", "simp\n  at h"),
        ("intro x\n\nomega", "intro x\nomega"),
        ("first\n    | simp\n      at h", "first\n    | simp\n      at h"),
        ("constructor\n· simp\n\n· omega", "constructor\n· simp\n· omega"),
        ("exact sorryAx _", "exact sorryAx _"),
    ],
)
def test_normalising_keeps_the_shape_of_further_lines(text: str, result: str) -> None:
    """Space around the text and at the end of its lines goes, and so do empty lines."""
    assert normalized(text) == result


def test_further_lines_of_one_tactic_are_moved_in() -> None:
    """They stand at least two columns in, relative to each other as before."""
    assert one_tactic("cases h with\n| inl a =>\n  simp\n| inr b => omega") == (
        "cases h with\n  | inl a =>\n    simp\n  | inr b => omega"
    )
    assert one_tactic("simp\n    at h\n") == "simp\n    at h"


def test_a_step_refuses_text_that_is_not_normalised() -> None:
    """A tactic that could not be told from the script around it never gets into a tree."""
    for text in (" simp", "simp\nsorry", "a\n\n  b", "sorry", "· a"):
        with pytest.raises(ValueError, match="not a"):
            Step(text)


def test_the_text_of_a_script() -> None:
    """One child follows its tactic, several stand in blocks, and a hole is a `sorry`."""
    tree = Step(
        "constructor",
        (Step("intro h", (Step("simp\n  at h"),)), Step("cases h with\n  | a => ?_", (Hole(), Step("omega")))),
    )
    text = "constructor\n· intro h\n  simp\n    at h\n· cases h with\n    | a => ?_\n  · sorry\n  · omega"
    assert render(tree) == text
    assert parse(text) == tree
    assert tactics(tree) == ["constructor", "intro h", "simp\n  at h", "cases h with\n  | a => ?_", "omega"]
    assert (size(tree), holes(tree)) == (6, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "simp\n",
        "simp\n\nomega",
        " simp",
        "a\n· b\nc",
        "a\n· b\n · c",
        "· a",
        "sorry\nsimp",
        "a\n·  b",
        "a\n· ",
    ],
)
def test_text_that_no_script_renders_to(text: str) -> None:
    """Blank lines, wrong columns, tactics after blocks and after a hole are errors."""
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_deep_and_wide_scripts() -> None:
    """A chain of 20,000 tactics and a step with 3,000 children are nothing special."""
    script: Script = Hole()
    for _ in range(20_000):
        script = Step("simp", (script,))
    assert (size(script), holes(script), len(tactics(script))) == (20_001, 1, 20_000)
    text = render(script)
    assert render(parse(text)) == text
    wide = Step("all", tuple(Step(f"t{i}") for i in range(3_000)))
    assert parse(render(wide)) == wide


@patient
@given(st.text(), st.integers(0, 8))
def test_indented_text_differs_in_the_margin_alone(text: str, column: int) -> None:
    """Every line but the first is moved by the same number of columns."""
    first, *rest = indented(text, column).split("\n")
    assert "\n".join([first, *(line.removeprefix(" " * column) for line in rest)]) == text


@pytest.mark.parametrize(
    ("bullets", "braces"),
    [
        ("simp", "simp"),
        ("constructor\n· simp\n· omega", "constructor\n{ simp }\n{ omega }"),
        ("a\n· b\n  · c\n  · d\n    e\n· f", "a\n{ b\n  { c }\n  { d\n    e } }\n{ f }"),
        ("a\n· · b\nc", "a\n{ { b } }\nc"),
        ("have h : p := by\n  a\n  · b\n  · c\nd", "have h : p := by\n  a\n  { b }\n  { c }\nd"),
    ],
    ids=range(5),
)
def test_braces_stand_for_bullets(bullets: str, braces: str) -> None:
    """Each block ends where the next line is not right of its bullet; columns stay."""
    assert braced(bullets) == braces


@patient
@given(SCRIPTS)
def test_braces_are_balanced(script: Script) -> None:
    """As many blocks are closed as there were bullets, and what is on a line stays where it is."""
    text, other = render(script), braced(render(script))
    lines = text.split("\n")
    bullets = sum(len(re.match("(?: |· )*+", line)[0].replace(" ", "")) for line in lines)
    assert other.count(" }") - text.count(" }") == bullets
    assert [line[: len(before)].replace("{", "·") for line, before in zip(other.split("\n"), lines, strict=True)] == [
        line.replace("{", "·") for line in lines
    ]
