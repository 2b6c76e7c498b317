"""What is read out of what models write: proofs and tactics, and nothing where there are none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.propose.answers import proofs, tactics


def table(**rows):
    """Each row is a test of its own, called by its name."""
    return pytest.mark.parametrize(
        ("answer", "found"), list(rows.values()), ids=[name.replace("_", " ") for name in rows]
    )


TWO = "intro h\nomega"


# Theorems that are repeated, and terms


@table(
    name=("theorem t : P := Nat.le_refl _", "exact Nat.le_refl _"),
    application=("```lean\ntheorem t : P := absurd h h'\n```", "exact absurd h h'"),
    brackets=("theorem t : P := (foo : P)", "exact (foo : P)"),
    without_statement=("```lean\n:= foo h\n```", "exact foo h"),
    hole=("theorem t : P := sorry", "exact sorry"),
    function=("theorem t : P → P := fun h => by\n  simp\n  exact h", "exact fun h => by\n  simp\n  exact h"),
    in_the_next_line=("theorem t : P :=\nNat.foo a", "exact Nat.foo a"),
    below=("theorem t : P :=\n  foo\n    (a)\n    (b)", "exact foo\n  (a)\n  (b)"),
    claim_first=("theorem t : P := have h : Q := by\n    simp\n  foo h", "exact have h : Q := by\n    simp\n  foo h"),
    match=("theorem t : P :=\n  match n with\n  | 0 => a\n  | _ => b", "exact match n with\n  | 0 => a\n  | _ => b"),
)
def test_a_term_after_the_statement_is_plainto_exact(answer, found):
    """Without `by` it is a term whatever it begins with; its further lines stay right of its beginning."""
    assert proofs(answer) == [found]


@table(
    tactics=("theorem t (n : Nat) :\n    n = n := by\n  intro h\n  omega", [TWO]),
    mathlib=("import Mathlib\nopen Nat Real\n\ntheorem t : P := by\n  intro h\n  omega\n\nend Foo", [TWO]),
    prose_around=("The lemma x := 3 is used.\n\ntheorem t : P := by\n  intro h\n  omega\n\nThis ends it.", [TWO]),
    doc_comment=("/-- It is true. -/\n@[simp] theorem t : P := by\n  intro h\n  omega", [TWO]),
    alternatives=("theorem t : Nat → P\n| 0 => rfl\n| _ => rfl", []),
    indented_alternatives=("```lean\ntheorem t : Nat → P\n  | 0 => rfl\n```", []),
    no_proof=("theorem t : P", []),
    comment_without_end=("theorem t : P := by simp /- and", []),
)
def test_the_proof_of_a_repeated_theorem_is_taken(answer, found):
    """What stands around it is left, and equations are no proof that can stand elsewhere."""
    assert proofs(answer) == found


@pytest.mark.parametrize(("name", "found"), [("Ours.t", "simp"), ("t", "simp"), ("u", "omega"), ("", "omega")])
def test_of_several_declarations_that_of_the_goal_is_taken(name, found):
    """By the name that it has in its namespace too; without any of that name, the last."""
    assert proofs("```lean\ntheorem t : P := by simp\ntheorem helper : Q := by omega\n```", name) == [found]


# Commands


@pytest.mark.parametrize("command", ["open Nat", "open scoped Nat", "set_option maxRecDepth 500"])
def test_a_command_is_dropped_and_the_tactic_of_the_same_name_is_not(command):
    """With `in` it belongs to the tactic behind it, in the same line or the next one."""
    for scoped in (f"{command} in\nsimp", f"{command} in simp"):
        assert proofs(scoped) == proofs(f"```lean\n{scoped}\n```") == [scoped]
    assert proofs(f"```lean\nimport Mathlib\n{command}\nintro h\n{command} in\nomega\n```") == [
        f"intro h\n{command} in\nomega"
    ]


# Prose


@pytest.mark.parametrize(
    "answer",
    [
        "", "I do not know.", "The theorem is false, consider x = 3.", "TRUE", "The claim is false because\nx is 3",
        "Let me think.\nfirst, we use\ninduction on n.", "We show\n\n$$x = y$$\n\nby induction, which is easy.",
        "```\nI cannot prove this.\n```", "```bash\nlake build\n```", "Run this:\n```python\nprint(1)\n```\n",
        "<think>\nby simp\n", "# Proof\n\n| a | b |\n|---|---|\n", '"The theorem" is false',
    ],
    ids=range(13),
)  # fmt: skip
def test_prose_is_no_proof(answer):
    """Nor is a program in another language, nor what was only thought."""
    assert proofs(answer) == []
    assert tactics(answer) == []


@table(
    bare=(TWO, [TWO]),
    by=("by\n  intro h\n  omega", [TWO]),
    label=("Proof: by simp", ["simp"]),
    behind_prose=(f"Here is the proof:\n\n{TWO}", [TWO]),
    between_prose=(f"The idea is clear.\n{TWO}\n\nThis closes the goal.", [TWO]),
    indented=("It works so:\n\n    intro h\n    omega\n", [TWO]),
    numbered=("1. intro h\n2. `omega`", [TWO]),
    empty_lines=("constructor\n\n· simp\n\n· intro h\n  omega", ["constructor\n· simp\n· intro h\n  omega"]),
    over_lines=("have h :\n  P := by simp\nexact\nfoo h", ["have h :\n  P := by simp\nexact\nfoo h"]),
    cases=("cases n with\n| zero => simp\n| succ n => omega", ["cases n with\n| zero => simp\n| succ n => omega"]),
    comments=("/- The proof.\nSo it is. -/\nintro h -- first\nomega", [TWO]),
    behind_thoughts=("<think>Use by simp.</think>\nintro h\nomega", [TWO]),
    behind_thoughts_without_beginning=("by simp would do.\n</think>\nintro h\nomega", [TWO]),
    tags=("<proof>\nby simp\n</proof>", ["simp"]),
)
def test_a_proof_without_a_fence_is_read(answer, found):
    """The lines around it that look like sentences are not part of it."""
    assert proofs(answer) == found


# Fences


@table(
    last_first=("```lean\nsimp\n```\nNo:\n```lean4\nomega\n```", ["omega", "simp"]),
    other_language=("```lean\nsimp\n```\n```bash\nlake build\n```", ["simp"]),
    cut_off=("So:\n```lean\nsimp", ["simp"]),
    not_closed=("```lean\nsimp\n```lean\nomega\n```", ["omega", "simp"]),
    closed_at_the_end_of_a_line=("```lean\nsimp```\nThat is all.", ["simp"]),
    begun_behind_words=("Proof: ```lean\nsimp\n```", ["simp"]),
    begun_before_the_answer=(f"{TWO}\n```\nThis works as h is there.", [TWO]),
    in_one_line=("```lean by simp```", ["simp"]),
    tildes=("~~~lean\nexact ~~~x\n~~~", ["exact ~~~x"]),
    within_markdown=("```markdown\nHere:\n```lean\nsimp\n```\n```", ["simp"]),
    within_a_fence=("````\n```lean\nsimp\n```\n````", ["simp"]),
    indented=("1. So:\n   ```lean\n   intro h\n   omega\n   ```", [TWO]),
)
def test_proofs_are_read_out_of_fences(answer, found):
    """However they are indented, begun and ended; those in other languages are not."""
    assert proofs(answer) == found


# Lists of tactics


@pytest.mark.parametrize(
    "answer",
    [
        "simp\nomega", "1. simp\n2. omega", "1) simp\n2) omega", "(1) simp\n(2) omega", "a. simp\nb. omega",
        "Tactic 1: simp\nTactic 2: omega", "- simp\n- omega", "* `simp`\n* `omega`", "**simp**\n**omega**",
        "1. **simp**\n2. **omega**", "- `simp`: closes the goal\n- `omega`: too", "1. **`simp`** - good\n2. `omega`",
        "**Tactic 1:** `simp`\n\n**Tactic 2:** `omega`", "### 1. `simp`\nIt works.\n### 2. `omega`",
        "1. `simp`\n   This closes the goal.\n2. `omega`", "1. Use this:\n   `simp`\n2. Or this:\n   `omega`",
        "1. First\n   ```lean\n   simp\n   ```\n2. Second\n   ```lean\n   omega\n   ```",
        "1. ```lean\n   simp\n   ```\n2. ```lean\n   omega\n   ```", "1. ```simp```\n2. ```lean omega```",
        "```lean\nsimp\n```\n```lean\nomega\n```", "```\n/- These\ntwo -/\nsimp -- or\nomega\n```",
        "```lean\n1. simp\n2. by omega\n```", "<tactic>simp</tactic><tactic>omega</tactic>",
        "1. <code>simp</code>\n2. omega",
        "Try these:\nsimp\nomega\n\nGood luck with it.", '{"tactics": ["simp", "omega"]}', '["simp", "omega"]',
        '{"tactics": [{"tactic": "simp", "why": "it is simple"}, {"tactic": "omega"}]}',
        '{"tactic": "simp"}\n{"tactic": "omega"}', '{"tactics": ["`simp`", "2. omega"]}',
        '{"tactics": ["```lean\\nsimp\\n```", "```lean\nby omega\n```"]}', '{"tactics": ["simp", "omega", "ri',
        '{"tactics": [\n  "simp", // good\n  "omega",\n]}', 'So: {"tactics": ["simp", "omega"]} Done.',
        '```json\n{"tactics": ["simp", "omega"]}\n```', '```\n["simp", "omega"]\n```',
    ],
    ids=range(36),
)  # fmt: skip
def test_tactics_are_read_whatever_marks_them(answer):
    """Numbers, bullets, labels, stars, backticks, fences and JSON are around the tactics, not in them."""
    assert tactics(answer) == ["simp", "omega"]


@table(
    fence=("```lean\nsimp\n  at h\nomega\n```", ["simp\n  at h", "omega"]),
    behind_a_number=("1. ```lean\n   simp\n     at h\n   ```", ["simp\n  at h"]),
    cases=("1. ```\n   cases n with\n   | zero => ?_\n   ```", ["cases n with\n  | zero => ?_"]),
    list=("1. cases n with\n   | zero => ?_\n2. simp", ["cases n with\n   | zero => ?_", "simp"]),
    product=("```\nnlinarith [x\n  * y]\n```", ["nlinarith [x\n  * y]"]),
    string=('{"tactics": ["intro k\\ncases k with\\n  | zero => ?_"]}', ["intro k\ncases k with\n  | zero => ?_"]),
)  # fmt: skip
def test_lines_that_go_on_stay_with_their_tactic(answer, found):
    """The indentation of a list is not theirs; a string of JSON is one candidate, however many lines it has."""
    assert tactics(answer) == found


# JSON


@table(
    nested_list=('{"proofs":[{"lean":"by simp"}]}', ["simp"]),
    nested_object=('{"answer": {"proof": "by\\n  intro h\\n  omega"}}', [TWO]),
    reasons_beside=('{"reasoning":"Use omega.","proof":"simp"}', ["simp"]),
    tagged_fence=('So:\n```json\n{"proof": "simp"}\n```', ["simp"]),
    untagged_fence=('```\n{"proof": "simp"}\n```', ["simp"]),
    prose_around=('Here you are: {"proof": "simp"} That is all.', ["simp"]),
    fence_within=('{"proof": "```lean\\nby simp\\n```"}', ["simp"]),
    fence_within_over_lines=('{"proof": "Simply:\n```lean\nby simp\n```"}', ["simp"]),
    theorem_within=('{"lean": "theorem t : P := foo"}', ["exact foo"]),
    json_within=(json.dumps({"proof": json.dumps({"proof": "simp"})}), ["simp"]),
    string=('"by simp"', ["simp"]),
    backslash=('{"proof": "exact A \\ B"}', ["exact A \\ B"]),
    thoughts_before_a_fence=('{"thoughts": "Easy."}\n```lean\nsimp\n```', ["simp"]),
    half_a_pair=('{"proof": "exact \\ud800"}', ["exact ?"]),
    cut_off=('{"proof": "by si', []),
    nothing_offered=('{"error": "simp fails"}', []),
    prose_offered=('{"proof": "I do not know"}', []),
    empty=("{}", []),
    empty_list=("```json\n[]\n```", []),
    python=("{'proof': 'by simp'}", []),
    too_deep=("[" * 30_000 + '"simp"', ["simp"]),
)
def test_proofs_are_read_out_of_json(answer, found):
    """Wherever it stands and however far it goes; where it offers nothing its own text is no proof."""
    assert proofs(answer) == found
    assert not any("{" in text or "[" in text for text in tactics(answer))


# Whatever is answered

HOSTILE = [
    "```\n" * 15_000, "`" * 60_000, "~~~\n" * 15_000, "` " * 30_000, "```\n````\n" * 6_000, "```lean x" * 6_000,
    " " * 60_000, "\n" * 60_000, "\t" * 60_000, "x" + " \n" * 30_000, "tactic " + " " * 60_000, "- " * 30_000,
    "**tactic" + " " * 50_000, "*" * 60_000, "simp\n" + "  x\n" * 15_000, "simp\n" * 12_000,
    "<think>" * 8_000, "</think>" * 7_000, "<think></think>" * 4_000, "/-" * 30_000, "/-- x -/\n" * 6_000,
    "{" * 60_000, "(" * 60_000, '"' * 60_000, "\\" * 60_000, 's!"{' * 15_000, 'r#"' * 20_000,
    '["' * 20_000, '{"' * 30_000, '{"a": ' * 10_000, '{"a":1}\n' * 7_500, "{\n" * 30_000, '["' + '\\"' * 29_000,
    "open x\n" * 8_000, "theorem a : P := b\n" * 3_000, "\ninstance (" * 5_000,
]  # fmt: skip
FRAGMENTS = [
    "```", "```lean\n", "```json\n", "~~~", "\n", "  ", "- ", "1. ", "**", "`", "Tactic 1: ", "<think>", "</think>",
    "theorem t : P", " := ", "by ", "simp", "| 0 => ", "exact ", "open X in ", "open X\n", "/-", "-/", "/-- d -/",
    "-- c", '{"', '"}', '{"tactics": ["', '"]}', '": "', "[", "]", "\\", "\\n", "\\ud800", "\ud800", "\ufffe", "\r",
    "\t", "The end.", "'", "«", "»", "(", ")", "⟨", "😀", 's!"{', "</proof>", "·",
]  # fmt: skip
ANSWERS = st.text(max_size=40) | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30).map("".join)


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(20)
def test_an_answer_made_to_take_long_is_read_to_its_end(answer):
    """Reading is linear in the length: where it is not, these take minutes."""
    assert all(isinstance(text, str) for text in [*proofs(answer), *tactics(answer)])


@given(ANSWERS)
def test_nothing_that_is_answered_raises(answer):
    """What is found is text that a file can hold, none of it empty or there twice."""
    for read in (proofs, tactics):
        found = read(answer)
        assert found == list(dict.fromkeys(found))
        assert all(text.strip() and text.encode() for text in found)


NAMES = st.sampled_from(["h", "h₁", "x'", "Nat.succ_le", "foo.bar", "ih", "α"])
TACTIC = st.builds(
    lambda head, names: " ".join([head, *names]),
    st.sampled_from(["exact", "apply", "rw", "intro", "open Nat in simp", "simp only", "cases", "unfold", "use"]),
    st.lists(NAMES | NAMES.map("[{}]".format) | NAMES.map("({} + 1)".format), max_size=3),
)


@given(st.lists(TACTIC, min_size=1, max_size=5, unique=True), st.sampled_from(["", "  ", "\t"]))
def test_plain_tactics_in_a_fence_come_back_as_they_are(plain, margin):
    """As one proof, and as a candidate each; in JSON too."""
    block = "\n".join(margin + tactic for tactic in plain)
    answer = f"I think so:\n\n{margin}```lean\n{block}\n{margin}```\nIt is one.\n"
    assert proofs(answer) == ["\n".join(plain)]
    assert tactics(answer) == plain
    assert tactics(json.dumps({"tactics": plain})) == plain
