"""Goals from statements, and from lists of statements."""

import json
import re

import pytest

from proofagent.errors import GoalError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_folder, from_jsonl, from_statement


@pytest.mark.parametrize(
    "body", ["", ":= by sorry", " := sorry", ":=", ":= by", " -- c\n :=\n by\n  sorry -- d\n", "\r\n"]
)
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("theorem t (a b : Nat) : a + b = b + a", "t"),
        ("/-- d -/ @[simp] private lemma A.t : p", "A.t"),
        ("example : ∀ x, x = x", "_example"),
        ("open Nat in\nset_option a 1 in theorem t : let x := 1; x = 1", "t"),
        ("def f : Nat → Nat", "f"),
        ("instance (priority := 1) : A", "_example"),
        ("theorem _root_.t : p", "t"),
    ],
)
def test_from_statement(statement, name, body):
    """A statement is read with or without an open body, which is not part of it."""
    assert from_statement(f"{statement} {body}") == Goal(name=name, statement=statement)


@pytest.mark.parametrize(
    "text", ["∀ a b : Nat, a + b = b + a", "(1 = 1)", "let x := 1; x = 1", "#[1] = #[1]", "a\nb", "1 = 1"]
)
def test_bare_proposition(text):
    """Text without a keyword is the type of a theorem called `goal`."""
    assert from_statement(text + " := by sorry") == Goal(name="goal", statement="theorem goal : " + text)


def test_from_statement_with_imports_and_preamble():
    """Imports before a statement come after those given; other commands become the preamble."""
    text = "\ufeffimport A\nimport B\n-- c\nopen Nat\nnamespace N\ndef f := 1\ntheorem t : f = 1 := by\n  sorry\n"
    goal = from_statement(text.replace("\n", "\r\n"), ("Init", "B"))
    assert goal.imports == ("Init", "B", "A")
    assert goal.preamble == "-- c\nopen Nat\nnamespace N\ndef f := 1\n"
    assert (goal.name, goal.statement, goal.lead) == ("N.t", "theorem t : f = 1", " := by\n  ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\ufeff", "empty"),
        ("-- theorem t : p", "no statement"),
        ("x" * 1_000_001, "longer"),
        ("theorem t : \0", "1:12: a NUL"),
        ("theorem\nt : \ud800", "2:4: half a surrogate"),
        ("theorem t : /- p", "1:12: the comment"),
        ("theorem t : p\ntheorem u : q", "2:0: something follows"),
        ("theorem t : p := by sorry\n#eval 1", "2:0: something follows"),
        ("1 = 1\naxiom x : False", "2:0: something follows"),
        ("theorem t : p := trivial", "1:14: there is a proof"),
        ("theorem t : p := by simp", "there is a proof"),
        ("theorem t : p := by sorry; sorry", "there is a proof"),
        ("theorem t : ∀ n, p n | 0 => sorry", "there is a proof"),
        ("theorem t : (sorry : Prop)", "`sorry` stands in the statement"),
        ("theorem", "no name"),
        ("theorem : p", "no name"),
        ("theorem t", "no type"),
        ("example := by sorry", "no type"),
        (":= by sorry", "no statement"),
        ("open Nat", "no theorem"),
        ("open Nat\n∀ x, x = x", "no theorem"),
        ("#eval 1", "no theorem"),
        ("axiom a : False", "no theorem"),
        ("import", "needs the name"),
    ],
)
def test_bad_statements_are_refused(text, message):
    """Whatever is not one open statement is an error."""
    with pytest.raises(GoalError, match=message):
        from_statement(text)


@pytest.mark.parametrize("module", ["", "A B", "A\naxiom x : False", "`A", "A -- b", "1", "x" * 2000, "\ud800", '"'])
def test_imports_are_names_and_nothing_else(module):
    """An import cannot smuggle text into the file that is made of it."""
    with pytest.raises(GoalError, match=r"name of a module|does not end"):
        from_statement("1 = 1", ("Init", module))


def write(tmp_path, data):
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    return path


def line(**fields):
    return json.dumps({"name": "t", "statement": "theorem t : p", "imports": ["Init"], "origin": "o"} | fields)


def test_from_jsonl(tmp_path):
    """Good lines are goals in their order; repeated names differ in their origins."""
    lines = [
        "\ufeff" + line(imports=["A", "B", "A"], difficulty=3),
        "",
        line(name="List.x", statement="theorem List.x : p"),
        line(name="N.t", preamble="namespace N\r\nopen A"),
        line(name="shown", statement="example : p := by sorry"),
        line(name="t", statement="theorem _root_.t : p", preamble="namespace N"),
        '{"name": "t", "statement": "theorem t : p"}',
    ]
    goals = list(from_jsonl(write(tmp_path, "\r\n".join(lines).encode())))
    assert goals == [
        Goal("t", "theorem t : p", ("A", "B"), origin="o (a.jsonl:1)"),
        Goal("List.x", "theorem List.x : p", origin="o (a.jsonl:3)"),
        Goal("N.t", "theorem t : p", preamble="namespace N\nopen A\n", origin="o (a.jsonl:4)"),
        Goal("_example", "example : p", origin="o (a.jsonl:5 shown)"),
        Goal("t", "theorem _root_.t : p", preamble="namespace N\n", origin="o (a.jsonl:6)"),
        Goal("t", "theorem t : p", origin="(a.jsonl:7)"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "EOF"),
        ("[]", "object"),
        ("null", "object"),
        ("[" * 100_000, "recursion"),
        ('{"x":' * 100_000, "recursion"),
        ('{"name": "t"}', "statement: Field required"),
        ('{"statement": "theorem t : p"}', "name: Field required"),
        (line(statement=1), "statement: .*string"),
        (line(imports="Init"), "imports: .*(array|list)"),
        (line(imports=[1]), r"imports\.0: "),
        (line(imports=["A\nB"]), "name of a module"),
        (line(statement=""), "empty"),
        (line(statement="theorem t : p\n#eval 1"), "something follows"),
        (line(statement="open A\ntheorem t : p"), "`preamble`"),
        (line(statement="import A\ntheorem t : p"), "`preamble`"),
        (line(preamble="import A"), "imports stand in"),
        (line(preamble="/-"), "does not end"),
        (line(name="u"), "declares `t`, not `u`"),
        (line(statement="theorem t : \0"), "NUL"),
        (line(statement="theorem t : \ud800"), "Invalid JSON"),
        (line(), "longer"),
        (b'{"name": "\xff"}', r"not UTF-8 text \(byte 10\)"),
    ],
)
def test_bad_lines_do_not_stop_the_good_ones(tmp_path, data, message):
    """A line that is no goal says why, with its number, and the lines around it still come."""
    data = data.encode() if isinstance(data, str) else data
    if message == "longer":
        data += b" " * 12_000_000
    good = line().encode()
    found = list(from_jsonl(write(tmp_path, good + b"\n" + data + b"\n" + good)))
    assert [type(item) for item in found] == [Goal, BadLine, Goal]
    assert found[1].line == 2
    assert re.search(message, found[1].message)
    assert found[2].origin == "o (a.jsonl:3)"


HEADER = "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 400000\n\nopen BigOperators Real Nat\n\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "m", "split": "valid", "header": HEADER, "formal_statement": "theorem m : p := by\n", "goal": "p"},
        {"problem_id": "m", "formal_statement": HEADER + "/-- Said. -/\ntheorem m : p := by sorry"},
        {"id": "Rudin|1", "lean4_src_header": HEADER, "lean4_formalization": "theorem m : p := sorry"},
    ],
)
def test_lines_of_other_benchmarks_are_goals_too(tmp_path, fields):
    """Their headers are imports and a preamble, and they are called what their text declares."""
    (goal,) = from_jsonl(write(tmp_path, json.dumps(fields).encode()))
    assert (goal.name, goal.imports) == ("m", ("Init", "Mathlib", "Aesop"))
    assert goal.preamble.split("\n") == ["set_option maxHeartbeats 400000", "", "open BigOperators Real Nat", ""]
    assert goal.statement.endswith("theorem m : p")
    assert goal.origin == f"(a.jsonl:1 {fields.get('name') or fields.get('problem_id') or fields['id']})"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"formal_statement": "theorem m : p := trivial"}, "a proof or value already"),
        ({"formal_statement": "def x := 1"}, "a proof or value|no theorem"),
        ({"formal_statement": "theorem m : p", "header": "/-"}, "does not end"),
        ({"formal_statement": 3}, "formal"),
        ({"header": HEADER}, "statement: Field required"),
    ],
)
def test_lines_of_other_benchmarks_that_are_no_goals_say_why(tmp_path, fields, message):
    """As those of our own."""
    (bad,) = from_jsonl(write(tmp_path, json.dumps({"name": "m", **fields}).encode()))
    assert isinstance(bad, BadLine)
    assert re.search(message, bad.message)


def test_a_folder_gives_the_holes_of_its_lean_files(tmp_path):
    """In the order of the paths; files without holes and hidden folders are left out, bad files are told of."""
    (tmp_path / "b").mkdir()
    (tmp_path / ".lake").mkdir()
    (tmp_path / "dir.lean").mkdir()
    for name, text in {
        "z.lean": "theorem z : p := by sorry\n",
        "a.lean": "theorem a1 : p := by sorry\ntheorem a2 : p := sorry\n",
        "b/c.lean": "theorem c : p := sorry",
        "done.lean": "theorem d : True := trivial",
        "empty.lean": "",
        "open.lean": "theorem o : p := sorry /-",
        "notes.txt": "theorem n : p := sorry",
        ".lake/x.lean": "theorem x : p := sorry",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bytes.lean").write_bytes(b"theorem \xff : p := sorry")
    found = list(from_folder(tmp_path))
    assert [goal.name for goal in found if isinstance(goal, Goal)] == ["a1", "a2", "c", "z"]
    bad = [item.message for item in found if isinstance(item, BadLine)]
    assert [message.removeprefix(str(tmp_path)).split(":")[0] for message in bad] == ["/bytes.lean", "/open.lean"]
    assert list(from_folder(tmp_path / "nothing")) == []


def test_jsonl_that_cannot_be_read_is_refused(tmp_path):
    """A list that is not there, or is no file, is an error and not an empty list."""
    for path in (tmp_path, tmp_path / "none", tmp_path / "a\0"):
        with pytest.raises(GoalError, match=r"No such file|directory|cannot be read"):
            list(from_jsonl(path))


def test_jsonl_streams(tmp_path):
    """The first goal comes before the last line is read."""
    path = write(tmp_path, line().encode())
    stream = from_jsonl(path)
    assert isinstance(next(stream), Goal)
    stream.close()
