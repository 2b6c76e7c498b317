import json

import pytest

EASY = "theorem easy (a b : Nat) : a + b = b + a"


def one_error(ran):
    """The error, which is one line, with an exit code that fits."""
    lines = ran.err.strip().split("\n")
    assert lines[0].startswith("error: ")
    assert ran.out == ""
    return lines[0].removeprefix("error: ")


FILES = {
    "empty": (b"", "file is empty"),
    "blank": (b"  \n\n", "file is empty"),
    "without-a-hole": (b"theorem t : True := trivial\n", "no `sorry` to prove"),
    "not-utf-8": (b"theorem t : 1 = 1 := sorry -- \xff\xfe\n", "UTF-8"),
    "comment-that-does-not-end": (b"/- theorem t : True := sorry\n", ":1:0"),
    "string-that-does-not-end": (b'theorem t : "a = sorry\n', ":1:"),
    "broken-import": (b"import 5\ntheorem t : True := sorry\n", "`import`"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used(say, tmp_path, name):
    """A file without anything to prove is one line of error that names the file, and exit code 64."""
    data, message = FILES[name]
    (tmp_path / "Bad.lean").write_bytes(data)
    ran = say("prove", "Bad.lean")
    said = one_error(ran)
    assert ran.code == 64
    assert said.startswith("Bad.lean")
    assert message in said


def test_a_huge_file(say, tmp_path):
    """A file too long to be one of goals is refused without being read."""
    with (tmp_path / "Huge.lean").open("wb") as file:
        file.truncate(40 << 30)
    ran = say("prove", "Huge.lean")
    assert ran.code == 64
    assert "20 MB" in one_error(ran)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Folder"], "directory"),
        (["Missing.lean"], "Missing.lean: cannot be read"),
        (["missing.jsonl"], "missing.jsonl"),
        ([""], "empty"),
        (["  "], "empty"),
        (["theorem t"], "no type"),
        (["def x"], "no type"),
        (["theorem : 1 = 1"], "no name"),
        (["theorem t : 1 = 1 := rfl"], "1:18: there is a proof"),
        (["theorem t : 1 = 1 theorem u : 1 = 1"], "1:18"),
        (["theorem t : sorry"], "`sorry`"),
        ([EASY, "--import", "Not A Module"], "Not A Module"),
        ([EASY, "--output", "x.lean"], "--output needs a Lean file"),
        ([EASY, "--time", "-1"], "more than 0"),
        ([EASY, "--time", "0"], "more than 0"),
        ([EASY, "--time", "nan"], "more than 0"),
        ([EASY, "--candidates", "-5"], "more than 0"),
        ([EASY, "--heartbeats", "0"], "more than 0"),
        ([EASY, "--engines", "0"], "--engines"),
        ([EASY, "--time", "soon"], "--time"),
        ([EASY, "--no-such-option"], "--no-such-option"),
        ([], "TARGET"),
    ],
)
def test_arguments_that_cannot_be_used(say, tmp_path, arguments, message):
    """What is wrong with the arguments is said in the first line, and the exit code is 64."""
    (tmp_path / "Folder").mkdir()
    ran = say("prove", *arguments)
    assert message in one_error(ran)
    assert ran.code == 64


def test_an_unknown_theorem_suggests(say, tmp_path):
    """A name that the file has not is answered with one that it has."""
    (tmp_path / "Two.lean").write_text("theorem addition : 1 = 1 := sorry\ntheorem done : True := trivial\n")
    ran = say("prove", "Two.lean", "--theorem", "addtion")
    assert (ran.code, "`addition`" in one_error(ran)) == (64, True)
    ran = say("prove", "Two.lean", "--theorem", "done")
    assert (ran.code, "has no `sorry`" in one_error(ran)) == (64, True)


def test_no_node(run):
    """Without Node the exit code is 2 and the command that mends it is named."""
    ran = run("prove", EASY, PROOFAGENT_NODE="/nonexistent/node")
    assert (ran.code, "pip install" in one_error(ran)) == (2, True)


def test_no_installation(run, tmp_path, node):
    """Without the embedded Lean the exit code is 2 and the command that brings it is named."""
    ran = run("prove", EASY, PROOFAGENT_CACHE=tmp_path / "cache", PROOFAGENT_NODE=node.path)
    assert (ran.code, "proofagent setup" in one_error(ran)) == (2, True)


def test_no_command(run):
    """Without a command there is help; an unknown one is a usage error."""
    ran = run()
    assert "prove" in ran.out + ran.err
    assert run("porve").code == 64


BROKEN_LINES = [
    '{"name": "torn", ',
    '{"name": "nothing"}',
    '{"name": "other", "statement": "theorem name : 1 = 1"}',
    '{"name": "proved", "statement": "theorem proved : 1 = 1 := rfl"}',
    "[1, 2]",
]


@pytest.mark.lean
@pytest.mark.xdist_group("cli")
def test_broken_lines_beside_good_ones(run, tmp_path, installation):
    """Every broken line is named by its number, what Lean refuses has Lean's message, the good lines still run."""
    lean = [
        '{"name": "parse", "statement": "theorem parse (a : Nat) : a + = a"}',
        '{"name": "unknown", "statement": "theorem unknown (a : Nat) : a = Nat.nix"}',
        '{"name": "far", "statement": "theorem far : 1 = 1", "imports": ["Mathlib.Tactic"]}',
    ]
    good = json.dumps({"name": "easy", "statement": EASY})
    (tmp_path / "goals.jsonl").write_text("\n".join([*BROKEN_LINES, "", good, *lean]) + "\n")
    ran = run("prove", "goals.jsonl", "--time", 60)
    assert ran.code == 64
    assert "proved easy" in ran.out
    for number in range(1, len(BROKEN_LINES) + 1):
        assert f"error: line {number}: " in ran.err
    assert "1:29: unexpected token '='" in ran.err
    assert "`Nat.nix`" in ran.err
    far = next(line for line in ran.err.split("\n") if "Mathlib" in line)
    assert "goals.jsonl:10" in far
    assert "native Lean" in far


def test_a_goal_file_without_goals(run, tmp_path):
    """An empty goal file and one without the name asked for are usage errors that say so."""
    (tmp_path / "none.jsonl").write_text("\n\n")
    assert run("prove", "none.jsonl").code == 64
