"""Goals from Lean files, and proofs put back into them."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals import files
from proofagent.goals.commands import header
from proofagent.goals.files import from_file, place, write_atomically
from proofagent.goals.goal import HolePosition
from proofagent.goals.lexer import sorries

FILE = """import Lean
import Foo.Bar  -- sorry

/-! sorry -/
open Nat

namespace Aα.B
variable (n : Nat)

/-- doc: sorry -/
@[simp]
theorem one (h : n = n := by rfl) : n + 0 = n := by
  have : n = n := by sorry
  constructor
  · exact "sorry" ▸ sorry -- 😀 here
  · sorry

instance : Inhabited Nat where
  default := sorry

section X
private def f : Nat → Nat
  | 0 => 1
  | n + 1 => g n
where
  g : Nat → Nat := sorry

lemma _root_.two : True := sorry

end X
end Aα.B
mutual
theorem m₁ : True := sorry
theorem m₂ : True := by
  sorry
end
example : ∀ x, x = 1 → (let y := x; y = 1) :=
  -- why
  by sorry
theorem last : True := trivial
"""
NAMES = ["Aα.B.one"] * 3 + ["_example", "Aα.B.f", "two", "m₁", "m₂", "_example"]


def write(tmp_path, text):
    path = tmp_path / "A.lean"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def whole(file, goal):
    return file.text[: header(file.text).end] + goal.preamble + goal.statement + goal.lead + "sorry" + goal.tail


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_sorry_of_a_file_is_a_goal(tmp_path, newline, bom):
    """Each hole has its declaration's name, its position, and texts that add up to the file."""
    text = bom + FILE.replace("\n", newline)
    file, goals = from_file(write(tmp_path, text))
    assert (file.text, file.newline, file.ignored) == (text, newline, ())
    assert [goal.name for goal in goals] == NAMES
    assert len({goal.digest for goal in goals}) == len(goals)
    for goal in goals:
        position = goal.position
        assert text.startswith(whole(file, goal))
        assert text[position.start : position.end] == "sorry"
        assert text.split("\n")[position.line - 1][position.column :].startswith("sorry")
        assert goal.column == position.column - (bom != "" and position.line == 1)
        assert goal.imports == ("Init", "Lean", "Foo.Bar")
        assert goal.origin.endswith(f"A.lean:{position.line}:{position.column}")


def test_statement_lead_and_tail(tmp_path):
    """The statement stops before the `:=`; comments, `by` and what comes after are lead and tail."""
    _, goals = from_file(write(tmp_path, FILE))
    assert goals[1].statement.startswith("/-- doc: sorry -/\n@[simp]\ntheorem one (h : n = n := by rfl)")
    assert goals[1].statement.endswith("n + 0 = n")
    assert goals[1].lead.startswith(" := by\n  have : n = n := by sorry\n")
    assert goals[1].tail == " -- 😀 here\n  · sorry"
    assert (goals[3].statement, goals[3].lead) == ("instance : Inhabited Nat", " where\n  default := ")
    assert goals[4].statement == "private def f : Nat → Nat"
    assert goals[5].lead == " := "
    assert goals[7].statement == "mutual\ntheorem m₁ : True := sorry\ntheorem m₂ : True"
    assert goals[7].tail == "\nend"
    assert goals[8].statement == "example : ∀ x, x = 1 → (let y := x; y = 1)"
    assert goals[8].lead == " :=\n  -- why\n  by "
    assert goals[8].preamble.endswith("  sorry\nend\n")


@pytest.mark.parametrize(
    ("only", "count"),
    [("Aα.B.one", 3), ("one", 3), ("two", 1), ("f", 1), ("_example", 2), ("m₂", 1)],
)
def test_only_chooses_by_full_name_or_last_component(tmp_path, only, count):
    """A declaration can be named in full or shortly."""
    assert len(from_file(write(tmp_path, FILE), only=only)[1]) == count


def test_unknown_name_lists_close_ones(tmp_path):
    """A name that is not there is an error that says what is."""
    with pytest.raises(GoalError, match=r"no declaration `on`; close: `Aα.B.one`"):
        from_file(write(tmp_path, FILE), only="on")
    with pytest.raises(GoalError, match=r"no declaration `zzzzzz`$"):
        from_file(write(tmp_path, FILE), only="zzzzzz")
    with pytest.raises(GoalError, match="`last` has no `sorry`"):
        from_file(write(tmp_path, FILE), only="last")


def test_sorry_that_is_no_goal_is_reported(tmp_path):
    """In a statement or outside declarations nothing can be proved: such holes are listed, not given as goals."""
    text = '#eval sorry\ntheorem a : (sorry : Prop) := sorry\nmacro "x" : term => `(sorry)\n'
    file, goals = from_file(write(tmp_path, text))
    assert [goal.position.column for goal in goals] == [30]
    assert [(position.line, position.column) for position in file.ignored] == [(1, 6), (2, 13), (3, 22)]
    with pytest.raises(GoalError, match="the one in line 1 is not in the body"):
        from_file(write(tmp_path, "#eval sorry\n"))


def test_prelude_has_no_init(tmp_path):
    """Lean adds `Init` to the imports unless the file is a prelude."""
    assert from_file(write(tmp_path, "theorem a : p := sorry"))[1][0].imports == ("Init",)
    assert from_file(write(tmp_path, "prelude\nimport Init\nimport A\ntheorem a : p := sorry"))[1][0].imports == (
        *("Init", "A"),
    )
    assert from_file(write(tmp_path, "prelude\ntheorem a : p := sorry"))[1][0].imports == ()


@pytest.mark.parametrize(
    ("data", "message", "position"),
    [
        (b"", "empty", ""),
        (b"\xef\xbb\xbf \r\n", "empty", ""),
        (b"theorem a : True := trivial\n", "no `sorry`", ""),
        (b"-- sorry\n", "no `sorry`", ""),
        (b"theorem a : p := sorry\n\xce\xb1\xff", "not UTF-8", ":2:1"),
        (b"\x7fELF\0\0", "binary", ":1:4"),
        (b"theorem a : p := sorry\n /- b", "does not end", ":2:1"),
        (b"import\n", "needs the name", ":2:0"),
    ],
)
def test_bad_files_are_refused(tmp_path, data, message, position):
    """A file that cannot be used is one line with the file and, where there is one, the position."""
    path = write(tmp_path, data)
    with pytest.raises(GoalError, match=message) as caught:
        from_file(path)
    assert str(caught.value).startswith(f"{path}{position}: ")
    assert "\n" not in str(caught.value)


def test_unreadable_paths_are_refused(tmp_path, monkeypatch):
    """No file, a directory, a pipe, a forbidden file, an impossible name, a file too long: all one-line errors."""
    with pytest.raises(GoalError, match="No such file"):
        from_file(tmp_path / "none.lean")
    with pytest.raises(GoalError, match="a directory"):
        from_file(tmp_path)
    with pytest.raises(GoalError, match="cannot be read"):
        from_file(tmp_path / "a\0b")
    with pytest.raises(GoalError, match="cannot be read"):
        from_file(tmp_path / ("x" * 5000))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(GoalError, match="not a regular file"):
        from_file(tmp_path / "pipe")
    path = write(tmp_path, "theorem a : p := sorry")
    path.chmod(0)
    if os.geteuid() != 0:
        with pytest.raises(GoalError, match="Permission denied"):
            from_file(path)
    path.chmod(0o600)
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    with pytest.raises(GoalError, match="longer than"):
        from_file(path)


def test_goals_that_do_not_fit_into_memory_are_refused(tmp_path, monkeypatch):
    """The texts of all goals of a file are bounded; choosing one declaration still works."""
    monkeypatch.setattr(files, "MAX_GOAL_CHARACTERS", 100)
    path = write(tmp_path, "".join(f"theorem a{i} : p := sorry\n" for i in range(5)))
    with pytest.raises(GoalError, match="choose declarations by name"):
        from_file(path)
    assert len(from_file(path, only="a1")[1]) == 1


def test_place_changes_the_holes_only(tmp_path):
    """Proofs stand where their `sorry` stood, with the file's line ends, and the rest is as it was."""
    text = "\ufeff" + FILE.replace("\n", "\r\n") + "odd line\nend \t"
    file, goals = from_file(write(tmp_path, text))
    placed = place(file, {goals[0].position: "simp\n  rfl\r\n  done", goals[5].position: r"\1 trivial"})
    first, second = goals[0].position, goals[5].position
    middle = text[first.end : second.start]
    assert placed == text[: first.start] + "simp\r\n  rfl\r\n  done" + middle + r"\1 trivial" + text[second.end :]
    assert place(file, {}) == text


def test_place_refuses_positions_without_a_sorry(tmp_path):
    """A position of another file, or beside a hole, is an error and no text."""
    file, goals = from_file(write(tmp_path, FILE))
    position = goals[0].position
    comment = FILE.index("sorry")
    for bad in (
        HolePosition("other", position.start, position.end, position.line, position.column),
        HolePosition(position.path, position.start + 1, position.end, position.line, position.column),
        HolePosition(position.path, comment, comment + 5, 2, 0),
    ):
        with pytest.raises(GoalError, match="no `sorry` stands here"):
            place(file, {bad: "trivial"})


PIECES = [
    *("theorem a : p := sorry", "theorem b : p := by\n  have : q := sorry\n  sorry", "namespace N", "end N", "section"),
    *(
        "end",
        "def f : Nat → Nat\n  | 0 => sorry\n  | _ => 1",
        "-- sorry",
        "/- sorry\n -/",
        "/-- d -/",
        "@[simp]",
        "open N in",
    ),
    *(
        "instance : A where\n  x := sorry",
        "mutual\ndef a := sorry\ndef b := 😀\nend",
        "#eval sorry",
        'def s := "sorry"',
    ),
    *("example (h : a := sorry) : p := sorry", "private lemma «x.y» : let z := 1; z = 1 := by sorry", "variable (n)"),
]
HOLES = [":= sorry", "=> sorry", "by sorry"]


@given(st.lists(st.sampled_from(PIECES), min_size=1), st.sampled_from(["\n", "\r\n"]), st.randoms())
def test_placing_then_reading_again(tmp_path_factory, pieces, newline, random):
    """After some proofs are placed, exactly the other holes are left, and every goal still adds up to the file."""
    path = tmp_path_factory.getbasetemp() / "again.lean"
    path.write_bytes(("import A\n" + "\n".join(pieces)).replace("\n", newline).encode())
    try:
        file, goals = from_file(path)
    except GoalError:
        assert not any(hole in piece for piece in pieces for hole in HOLES)
        return
    for goal in goals:
        assert file.text.startswith(whole(file, goal))
    proved = [goal for goal in goals if random.random() < 0.5]
    assert len(goals) + len(file.ignored) == len(sorries(file.text))
    placed = place(file, {goal.position: "exact\n    proof" for goal in proved})
    assert len(sorries(placed)) == len(sorries(file.text)) - len(proved)
    write_atomically(path, placed)
    assert path.read_bytes() == placed.encode()
    left = [goal.name for goal in goals if goal not in proved]
    if left:
        assert [goal.name for goal in from_file(path)[1]] == left


def test_write_atomically(tmp_path, monkeypatch):
    """The bytes are the text's, mode and link stay, and a failure leaves the old file and nothing else."""
    path = write(tmp_path, "old")
    path.chmod(0o640)
    link = tmp_path / "link.lean"
    link.symlink_to(path)
    write_atomically(link, "a\r\nb\n\ufeffα")
    assert path.read_bytes() == "a\r\nb\n\ufeffα".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    with pytest.raises(GoalError, match="surrogate"):
        write_atomically(path, "\ud800")
    with pytest.raises(GoalError, match="cannot be written"):
        write_atomically(tmp_path / "none" / "a", "x")

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GoalError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_bytes() == "a\r\nb\n\ufeffα".encode()
    assert sorted(tmp_path.iterdir()) == sorted([path, link])
