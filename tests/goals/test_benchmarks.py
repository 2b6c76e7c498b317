"""Goals from the lists and folders of public benchmarks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals import benchmarks
from proofagent.goals.benchmarks import from_json, from_leandojo, from_sorrydb
from proofagent.goals.checkout import Checkout, answered, from_answered_folder, proved_goal, repository
from proofagent.goals.files import from_file, place
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_folder

REMOTE = "https://github.com/Some-One/Sums"
SUMS = """import Lean
import Sums.Basic

/-! 😀 sums -/
namespace Sum

theorem easy (h : (sorry : Prop)) : 1 + 1 = 2 := by
  have : "😀" = "😀" := sorry
  sorry

def n : Nat := sorry
end Sum
"""
ALGEBRA = """module
public import Lean

/-! algebra -/
namespace A.B
open Nat
variable (n : Nat)

/-- doc -/
@[simp]
protected theorem term (m : Nat) : n = n := -- why
  rfl

private lemma tactic : n = n /- so -/ := by
  have x := 1
  rfl

theorem cases : ∀ n : Nat, n = n
  | 0 => rfl
  | n + 1 => rfl
termination_by n => n

open Classical in
theorem parts : p ∧ q where
  left := l
  right := r

theorem _root_.top : ∀ n, (let m := n; m = n) := by
  intro n; rfl
mutual
theorem one : p := two
theorem two : p := one
end
end A.B
"""


def entry(line, column, *, path="Sums/Easy.lean", remote=REMOTE, **more):
    """An entry as SorryDB has it."""
    location = {"path": path, "start_line": line, "start_column": column, "end_line": line, "end_column": column + 5}
    repo = {"remote": remote, "branch": "main", "commit": "0123456789abcdef", "lean_version": "v4.20.0"}
    info = {"goal": "⊢ 1 + 1 = 2", "url": f"{remote}/blob/main/{path}"}
    return {"repo": repo, "location": location, "debug_info": info, "metadata": {}, "id": "a1"} | more


def theorem(name, line, column=1, *, path="Algebra.lean", **more):
    """An entry as LeanDojo Benchmark has it."""
    fields = {"url": REMOTE, "commit": "fedcba9876543210", "file_path": path, "full_name": name}
    tactics = [{"tactic": "rfl", "annotated_tactic": ["rfl", []], "state_before": "", "state_after": ""}]
    return fields | {"start": [line, column], "end": [line + 1, 6], "traced_tactics": tactics} | more


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def sums(tmp_path):
    """A checkout of the repository that the entries are about."""
    root = tmp_path / "sums"
    write(root, "Sums/Easy.lean", SUMS)
    write(root, ".git/config", '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:some-one/sums.git\n')
    return root


@pytest.fixture
def algebra(tmp_path):
    """A checkout of proved theorems."""
    write(tmp_path / "algebra", "Algebra.lean", ALGEBRA)
    return tmp_path / "algebra"


def start_of(name):
    """Line and column, both from 1, of the name's `theorem` or `lemma` without its modifiers."""
    keyword = "lemma" if name == "tactic" else "theorem"
    before, _, _ = ALGEBRA.partition(f"{keyword} {name} ")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("wrapped", ["list", "object", "single"])
def test_sorrydb_entries_are_the_holes_of_the_files(tmp_path, sums, wrapped):
    """An entry is the goal that the file has at this place, in code points, and a proof of it can be put back."""
    wanted = entry(8, 22)
    data = {"list": [wanted], "object": {"documentation": "…", "sorries": [wanted]}, "single": wanted}[wrapped]
    (goal,) = from_sorrydb(write(tmp_path, "list.json", data), sums)
    file, goals = from_file(sums / "Sums/Easy.lean")
    (same,) = [found for found in goals if found.position == goal.position]
    assert goal.digest == same.digest
    assert goal.origin == f"{same.origin} (list.json[0] a1)"
    assert (goal.name, goal.imports) == ("Sum.easy", ("Init", "Lean", "Sums.Basic"))
    assert ":= rfl\n  sorry\n" in place(file, {goal.position: "rfl"})


def test_sorrydb_reads_a_file_once_and_a_hole_once(tmp_path, sums, monkeypatch):
    """Entries are grouped by files, and several entries for one `sorry` are one goal."""
    read = []
    monkeypatch.setattr(benchmarks, "from_file", lambda path: read.append(path) or from_file(path))
    write(sums, "Other.lean", "example : 1 = 1 := sorry\n")
    old = entry(1, 19)
    old["location"]["file"] = old["location"].pop("path").replace("Sums/Easy", "Other")
    entries = [entry(9, 2), old, entry(9, 2), entry(8, 22)]
    goals = list(from_json(write(tmp_path, "list.json", entries), sums))
    assert [(goal.name, goal.position.line) for goal in goals] == [("Sum.easy", 9), ("Sum.easy", 8), ("_example", 1)]
    assert len(read) == 2


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (9, 3, "9:3: no `sorry` stands here; the nearest is at 9:2 (is this commit 0123456789ab?)"),
        (10, 0, "10:0: no `sorry` stands here; the nearest is at 9:2"),
        (900_000_000, 0, "the nearest is at 11:15"),
        (7, 19, "7:19: `sorry` is not in the body of a declaration; the nearest is at 8:22"),
    ],
)
def test_sorrydb_place_without_a_hole_names_the_nearest(tmp_path, sums, line, column, message):
    """Where no `sorry` can be proved, the message says why not, where one can, and of which commit the entry is."""
    (bad,) = from_sorrydb(write(tmp_path, "list.json", [entry(line, column)]), sums)
    assert bad.line == 0
    assert bad.message.startswith("list.json[0]: ")
    assert message in bad.message


def test_sorrydb_entries_of_other_repositories_are_counted(tmp_path, sums):
    """Entries of the checkout's `origin` are goals, and all others are one message at the end."""
    other = "https://github.com/x/y"
    entries = [entry(9, 2, remote=other), entry(9, 2), entry(1, 0, path="../a.lean", remote=other)]
    goal, bad = from_sorrydb(write(tmp_path, "list.json", entries), sums)
    assert goal.name == "Sum.easy"
    assert bad == BadLine(0, "list.json: 2 of other repositories: github.com/x/y")


def test_sorrydb_without_an_origin_goes_by_the_files(tmp_path, sums):
    """In a folder without git, the entries whose files are there are meant."""
    (sums / ".git/config").unlink()
    entries = [entry(9, 2), entry(9, 2, path="No.lean", remote="https://github.com/x/y"), entry(1, 1, path="/a.lean")]
    bad, goal, others = from_sorrydb(write(tmp_path, "list.json", entries), sums)
    assert bad == BadLine(0, "list.json[2]: /a.lean: the path leaves the project")
    assert goal.position.line == 9
    assert others.message.endswith("1 of other repositories: github.com/x/y")


def test_sorrydb_of_one_repository_fits_a_fork(tmp_path, sums):
    """A list about a single repository is read in a checkout with another `origin`, as far as its files are there."""
    entries = [entry(9, 2, remote="https://github.com/upstream/sums"), entry(1, 1, path="No.lean", remote=REMOTE)]
    path = write(tmp_path, "list.json", [entries[0]])
    assert [goal.name for goal in from_sorrydb(path, sums)] == ["Sum.easy"]
    (bad,) = from_sorrydb(write(tmp_path, "list.json", [entries[1]]), sums)
    assert "No.lean: cannot be read" in bad.message


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/a/b",
        "https://github.com/A/b.git/",
        "https://user:secret@github.com:443/a/b.git",
        "ssh://git@github.com:22/a/b",
        "git@GitHub.com:a/b.git",
        " git://github.com/a/b \n",
    ],
)
def test_addresses_of_one_repository_are_equal(url):
    """Protocol, user, password, port, case and `.git` make no difference, and a password is not shown."""
    assert repository(url) == "github.com/a/b"
    assert repository(url) != repository("https://gitlab.com/a/b")
    assert repository("/a/b") == "/a/b"


def test_origin_of_a_work_tree_is_that_of_its_repository(tmp_path, sums):
    """Where `.git` is a file, it says where the configuration is; where nothing can be read, there is no origin."""
    tree = tmp_path / "tree"
    write(tree, ".git", f"gitdir: {sums}/.git/worktrees/tree\n")
    assert Checkout(tree).origin is None
    write(sums, ".git/worktrees/tree/commondir", "../..\n")
    assert Checkout(tree).origin == Checkout(sums).origin == "github.com/some-one/sums"
    write(tree, ".git", b"gitdir: \xff\x00")
    assert Checkout(tree).origin is None


@pytest.mark.parametrize("modifiers", [True, False])
@pytest.mark.parametrize(
    ("name", "statement", "line_with_modifiers"),
    [
        ("term", "/-- doc -/\n@[simp]\nprotected theorem term (m : Nat) : n = n", 9),
        ("tactic", "private lemma tactic : n = n", 14),
        ("cases", "theorem cases : ∀ n : Nat, n = n", 18),
        ("parts", "open Classical in\ntheorem parts : p ∧ q", 23),
        ("top", "theorem _root_.top : ∀ n, (let m := n; m = n)", 28),
    ],
)
def test_leandojo_theorem_is_a_goal_without_its_proof(
    tmp_path, algebra, name, statement, line_with_modifiers, modifiers
):
    """Every kind of body is replaced by a hole, wherever the entry says that the theorem begins."""
    full = name if name == "top" else f"A.B.{name}"
    line, column = (line_with_modifiers, 1) if modifiers else start_of("_root_.top" if name == "top" else name)
    path = write(tmp_path, "random/test.json", [theorem(full, line, column)])
    assert list(from_leandojo(path, algebra)) == [
        Goal(
            name=full,
            statement=statement,
            imports=("Init", "Lean"),
            preamble=ALGEBRA[len("module\npublic import Lean\n") : ALGEBRA.index(statement)],
            origin=f"random/test.json[0] Algebra.lean:{line}:{column - 1}",
        )
    ]
    assert proved_goal(ALGEBRA, full).digest == next(iter(from_leandojo(path, algebra))).digest


def test_theorem_of_a_mutual_block_keeps_the_block():
    """The goal is the whole block, with the other proofs as they are, and reads like the file but for the proof."""
    goal = proved_goal(ALGEBRA, "A.B.one")
    assert goal.statement.startswith("mutual\ntheorem one")
    assert goal.tail == "\ntheorem two : p := one\nend"
    text = "module\npublic import Lean\n" + goal.preamble + goal.statement + goal.lead + "x" + goal.tail
    assert text.replace(":= by\n  x", ":= two") + "\nend A.B\n" == ALGEBRA


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("theorem t : p := q", "u", "there is no theorem `u`"),
        ("def t : p := q", "t", "`t` is no theorem (`def`)"),
        ("", "t", "there is no theorem `t`"),
        ("theorem t : p /- ", "t", "1:14: the comment"),
        ("import", "t", "needs the name of a module"),
    ],
)
def test_only_a_theorem_that_is_there_can_be_proved_anew(text, name, message):
    """Other names, and texts that cannot be read, are errors."""
    with pytest.raises(GoalError, match=message.replace("(", r"\(").replace(")", r"\)")):
        proved_goal(text, name)


def test_goal_of_a_file_with_prelude_does_not_import_init():
    """The imports are those of the file, in which a comment between statement and proof is no part of the goal."""
    goal = proved_goal("prelude\nimport A\ntheorem t : p -- sorry\n  := q", "t")
    assert goal == Goal("t", "theorem t : p", ("A",))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (theorem("A.B.term", 14), "Algebra.lean:14:0: the theorem `A.B.term` does not stand here, but in line 11"),
        (theorem("A.B.nowhere", 11), "`A.B.nowhere` does not stand here (is this commit fedcba987654?)"),
        (theorem("A.B.term", 1), "but in line 11"),
        (theorem("A.B.term", 999_999_999, 999_999_999), "but in line 11"),
        (theorem("A.B.term", 10**30), "start.0: Input should be less"),
        (theorem("A.B.term", 0), "start.0: Input should be greater"),
        (theorem("A.B.term", 1, start=[1]), "start: List should have at least 2"),
        (theorem("A.B.term", 1, start={}), "start: Input should be a valid list"),
        (theorem(None, 1), "full_name: Input should be a valid string"),
        (theorem("\ud800", 1), "full_name: Input should be a valid string"),
        (theorem("t", 1, path="No.lean"), "No.lean: cannot be read"),
        (theorem("t", 1, path="../algebra/Algebra.lean"), "the path leaves the project"),
        (theorem("t", 1, path="a/../Algebra.lean"), "the path leaves the project"),
        (theorem("t", 1, path="/etc/passwd.lean"), "the path leaves the project"),
        (theorem("t", 1, path="C:\\a.lean"), "the path leaves the project"),
        (theorem("t", 1, path="a\0.lean"), "a?.lean: the path leaves the project"),
        (theorem("t", 1, path="Algebra.txt"), "the path is not of a Lean file"),
        (theorem("t", 1, path=""), "the path is not of a Lean file"),
        (theorem("t", 1, path="a/" * 1900 + "a.lean"), "cannot be read"),
        (theorem("t", 1, path="x" * 5000), "file_path: String should have at most"),
        (theorem("t", 1, path="Broken.lean"), "Broken.lean: 1:0: the comment that begins here does not end"),
        (theorem("t", 1, path="Out.lean"), "the path leaves the project through a link"),
        (theorem("t", 1, path="Loop.lean"), "Loop.lean: "),
        (None, "Input should be a valid dictionary"),
        ([[1]], "Input should be a valid dictionary"),
    ],
)
def test_leandojo_entry_that_is_no_goal_is_named(tmp_path, algebra, wrong, message):
    """What is wrong with an entry is a line that says which one, and the others are still goals."""
    write(algebra, "Broken.lean", "/- a")
    write(tmp_path, "Outside.lean", ALGEBRA)
    (algebra / "Out.lean").symlink_to(tmp_path / "Outside.lean")
    (algebra / "Loop.lean").symlink_to(algebra / "Loop.lean")
    entries = [theorem("A.B.tactic", 14), wrong, theorem("A.B.cases", 18)]
    found = list(from_json(write(tmp_path, "random/val.json", entries), algebra))
    assert sorted(goal.name for goal in found if isinstance(goal, Goal)) == ["A.B.cases", "A.B.tactic"]
    (bad,) = [line for line in found if isinstance(line, BadLine)]
    assert bad.message.startswith("random/val.json[1]: ")
    assert message in bad.message


def test_leandojo_reads_files_of_packages_each_once(tmp_path, algebra, monkeypatch):
    """Dependencies stand in a hidden folder of the checkout, and goals come file by file."""
    read = []
    real = benchmarks.read_text
    monkeypatch.setattr(benchmarks, "read_text", lambda path: read.append(path.name) or real(path))
    write(algebra, ".lake/packages/q/Q.lean", "theorem q : p := r\n")
    package = theorem("q", 1, path=".lake/packages/q/Q.lean")
    entries = [theorem("A.B.tactic", 14), package, theorem("A.B.cases", 18)]
    goals = from_leandojo(write(tmp_path, "test.json", entries), algebra)
    assert next(goals).name == "A.B.tactic"
    assert read == ["Algebra.lean"]
    assert [goal.name for goal in goals] == ["A.B.cases", "q"]
    assert read == ["Algebra.lean", "Q.lean"]


def test_fate_texts_are_goals(tmp_path):
    """A text may open a namespace and close it again after the theorem; its number is in the origin."""
    text = "import Mathlib\n\nnamespace P1\ndef two := 2\n/-- d -/\ntheorem t : two = 2 := by\n  sorry\n\nend P1"
    more = {"source": "FATE-X", "tag": ["x"], "version": "v4.25.0"}
    entries = [{"id": 1, "formal_statement": text} | more, {"id": "b", "formal_statement": "theorem u : p := q"}]
    goal, bad = from_json(write(tmp_path, "FATE-X.json", entries))
    assert (goal.name, goal.imports) == ("P1.t", ("Init", "Mathlib"))
    assert goal.preamble == "namespace P1\ndef two := 2\n"
    assert goal.origin == "FATE-X.json[0] 1"
    assert bad == BadLine(0, "FATE-X.json[1]: 2:14: there is a proof or value already; only `:= by sorry` may stand")


def test_text_that_rests_on_an_open_definition_is_no_goal(tmp_path):
    """What is proved about a definition without a value does not count; a value in a comment is put in."""
    text = "def x : Nat := sorry\n{}theorem t : x = 2 := sorry"
    entries = [{"formal_statement": text.format("")}, {"formal_statement": text.format("-- 2\n")}]
    bad, goal = from_json(write(tmp_path, "list.json", entries))
    assert "`sorry` stands before the theorem" in bad.message
    assert goal.preamble == "def x : Nat := 2\n-- 2\n"


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (entry(9, 2), f"the repository {REMOTE} at commit 0123456789abcdef is needed"),
        (theorem("t", 1), f"the repository {REMOTE} at commit fedcba9876543210 is needed"),
        (theorem("t", 1, url=None, commit="\x1b[1m"), "the repository ? at commit ?[1m is needed"),
        ({"repo": 1, "location": 2}, "the repository ? at commit ? is needed"),
    ],
)
def test_missing_checkout_is_asked_for(tmp_path, first, wanted):
    """Places in somebody's repository are of use only with a checkout, and the message says of what."""
    path = write(tmp_path, "list.json", [first])
    with pytest.raises(GoalError, match=r"name its folder with `--project DIR`") as error:
        from_json(path)
    assert wanted in str(error.value)
    with pytest.raises(GoalError, match="there is no such folder"):
        from_json(path, tmp_path / "missing")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.json:1:0: not JSON: Expecting value"),
        (b'[{"repo": 1,\n]', "a.json:2:0: not JSON"),
        (b"\xff\xfe\xff", "not UTF-8 text"),
        (b'["\xff"]', r"not UTF-8 text \(byte 2\)"),
        (b"[" * 200_000, "nested too deeply"),
        (b'[{"start": ' + b"9" * 5000 + b"}]", "cannot be read: Exceeds the limit"),
        (b"[]", "the list is empty"),
        (b"3", "neither a list of goals"),
        (b'{"sorries": {}}', "neither a list of goals"),
        (b'{"sorries": []}', "the list is empty"),
        (b"[1, [], null]", "the first entry has no keys"),
        (b'[{"prompt": 1, "\\u001b": 2}]', r"the first entry has `prompt`, `\?`"),
    ],
)
def test_file_that_is_no_known_list_is_refused(tmp_path, data, message):
    """Whatever is not one of the three kinds is an error that says what was looked for, not a traceback."""
    with pytest.raises(GoalError, match=message):
        from_json(write(tmp_path, "a.json", data), tmp_path)


def test_list_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    """The size is looked at first; a missing file and a folder are errors too."""
    monkeypatch.setattr(benchmarks, "MAX_JSON_BYTES", 10)
    with pytest.raises(GoalError, match="larger than 1e-08 GB"):
        from_json(write(tmp_path, "a.json", b"[" + b" " * 10))
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(GoalError):
            from_json(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KEYS = [
    "repo",
    "location",
    "remote",
    "path",
    "start_line",
    "file_path",
    "full_name",
    "start",
    "formal_statement",
    "id",
]


@given(
    st.lists(
        st.dictionaries(st.sampled_from(_KEYS), _JSON | st.dictionaries(st.sampled_from(_KEYS), _JSON)), max_size=4
    )
)
def test_any_json_is_goals_or_messages(tmp_path_factory, data):
    """Values of wrong types, however strange, give messages."""
    folder = tmp_path_factory.mktemp("json")
    try:
        found = list(from_json(write(folder, "a.json", data), folder))
    except GoalError:
        return
    assert all(isinstance(line, Goal | BadLine) for line in found)


PUTNAM = """import Mathlib
open Nat

noncomputable abbrev putnam_x_solution : Nat → Nat := sorry
-- fun n => n + 1
/--
Find f.
-/
theorem putnam_x (n : Nat) : putnam_x_solution n = n + 1 :=
sorry
"""


def test_putnam_answers_are_put_in(tmp_path):
    """The comment after an answer becomes its value, and only the theorem is a goal."""
    path = write(tmp_path, "src/putnam_x.lean", PUTNAM)
    (goal,) = from_answered_folder(tmp_path)
    assert goal == Goal(
        name="putnam_x",
        statement="/--\nFind f.\n-/\ntheorem putnam_x (n : Nat) : putnam_x_solution n = n + 1",
        imports=("Init", "Mathlib"),
        preamble=answered(PUTNAM)[len("import Mathlib\n") : answered(PUTNAM).index("/--")],
        origin=f"{path}:9:0",
    )
    assert "Nat → Nat := fun n => n + 1\n-- fun n" in goal.preamble


def test_answer_is_a_goal_of_a_plain_folder(tmp_path):
    """`from_folder` knows of no answers: the definition is a goal for any value, and the theorem rests on `sorry`."""
    write(tmp_path, "putnam_x.lean", PUTNAM)
    solution, main = from_folder(tmp_path)
    assert (solution.name, solution.lead) == ("putnam_x_solution", " := ")
    assert ":= sorry" in main.preamble


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abbrev a : Nat := sorry -- 3\n", "abbrev a : Nat := 3 -- 3\n"),
        ("def a : Nat := by sorry\r\n--3\r\n", "def a : Nat := 3\r\n--3\r\n"),
        ("abbrev a : P := sorry\n--\n-- 3", None),
        ("abbrev a : P := sorry\n\n-- 3", None),
        ("abbrev a : P := sorry\n/-- 3 -/\ntheorem t : p := sorry\n-- 3", None),
        ("abbrev a : P := sorry\n/- 3 -/", None),
        ("abbrev a : P := f sorry\n-- 3", None),
        ("theorem a : P := sorry\n-- 3", None),
        ("abbrev a : P := sorry", None),
        ("", None),
    ],
)
def test_only_a_comment_directly_after_is_an_answer(text, expected):
    """A definition whose whole value is `sorry` takes the line comment behind it or on the next line."""
    assert answered(text) == (text if expected is None else expected)


def test_open_answers_are_named_and_their_theorems_left_out(tmp_path):
    """A definition that stays open is a message, and so nobody tries to prove something about it in vain."""
    text = "namespace N\nabbrev sol : Nat := sorry\ntheorem t : N.sol = 1 := sorry\ntheorem u : sol.succ = 1 := sorry\n"
    path = write(tmp_path, "A.lean", text.replace("N.sol", "sol") + "lemma v : 1 = 1 := by\n  sorry\nend N\n")
    bad, goal = from_answered_folder(tmp_path)
    assert bad == BadLine(0, f"{path}:2:20: `sol` has no value, and no comment after it has one")
    assert goal.name == "N.v"


def test_folder_without_answers_is_read_as_ever(tmp_path):
    """MiniF2F and ProofNet: many theorems a file or one, with positions; what cannot be read is a message."""
    many = "import Mathlib\nset_option maxHeartbeats 400000\nopen Real\n\ntheorem a : 1 = 1 := by sorry\n\n"
    write(tmp_path, "MiniF2F/Valid.lean", many + "theorem b (x : ℝ) :\n  x = x := by\n  sorry\n")
    write(tmp_path, "MiniF2F/Test/c.lean", "import Mathlib\n\ntheorem c : 1 = 1 := by sorry")
    write(tmp_path, ".lake/packages/x/X.lean", "theorem x : p := sorry")
    write(tmp_path, "Proved.lean", "theorem x : p := q")
    write(tmp_path, "Broken.lean", "theorem x : p := sorry /-")
    bad, *goals = from_answered_folder(tmp_path)
    assert bad.message.startswith(str(tmp_path / "Broken.lean"))
    assert [goal.name for goal in goals] == ["c", "a", "b"]
    assert goals == [goal for goal in from_folder(tmp_path) if isinstance(goal, Goal)]
