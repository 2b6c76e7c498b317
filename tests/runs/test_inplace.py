"""Files that are written where they stand, and goals that are not tried twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals.files import LeanFile, from_file
from proofagent.goals.goal import Goal
from proofagent.runs.attempted import Attempted, project_file
from proofagent.runs.inplace import difference, write_back
from proofagent.types import Budget

GOAL = Goal("t", "theorem t : 1 = 1", preamble="theorem s : 2 = 2 := sorry\n")
BUDGET = Budget(10.0, 100, 1000)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "A.lean"
    path.write_bytes("theorem é : 1 = 1 := by\r\n  sorry".encode())
    return from_file(path)[0]


def test_a_file_is_written_back(file):
    """Byte for byte, line ends included."""
    write_back(file, file.text.replace("sorry", "rfl"))
    assert file.path.read_bytes() == "theorem é : 1 = 1 := by\r\n  rfl".encode()


@pytest.mark.parametrize("change", [lambda path: path.write_text("-- mine"), lambda path: path.unlink()])
def test_a_file_that_changed_meanwhile_is_left_alone(file, change):
    """Whoever edits it while a proof is looked for loses nothing."""
    change(file.path)
    before = file.path.read_bytes() if file.path.exists() else None
    with pytest.raises(GoalError, match=r"changed meanwhile|cannot be read"):
        write_back(file, "theorem é : 1 = 1 := rfl")
    assert (file.path.read_bytes() if file.path.exists() else None) == before


def test_a_difference_is_what_patch_reads(tmp_path):
    """With the path on both sides, and a word where the last line has no end."""
    said = difference(tmp_path / "A.lean", "a\nb", "a\nc")
    assert said.splitlines()[:2] == [f"--- a/{tmp_path}/A.lean", f"+++ b/{tmp_path}/A.lean"]
    assert said.splitlines()[3:] == [" a", "-b", "\\ No newline at end of file", "+c", "\\ No newline at end of file"]


@given(st.text(alphabet="ab\n"))
def test_equal_texts_have_no_difference(text):
    """Nothing is printed where nothing changes."""
    assert difference(LeanFile.__module__, text, text) == ""


def test_a_goal_is_remembered_with_what_was_spent(tmp_path):
    """Another run knows it; with more of anything, or with other means, it is new."""
    path = tmp_path / "deep" / "tried.jsonl"
    tried = Attempted(path, "lsp")
    assert not tried.seen(GOAL, BUDGET)
    tried.add(GOAL, BUDGET)
    for known in (tried, Attempted(path, "lsp")):
        assert known.seen(GOAL, BUDGET)
        assert known.seen(GOAL, Budget(5.0, 100, 1000))
        assert not known.seen(GOAL, Budget(11.0, 100, 1000))
        assert not known.seen(GOAL, Budget(10.0, 101, 1000))
        assert not known.seen(replace(GOAL, statement="theorem t : 1 = 2"), BUDGET)
    assert not Attempted(path, "embedded").seen(GOAL, BUDGET)


def test_how_earlier_theorems_are_proved_makes_no_new_goal(tmp_path):
    """Their proofs may have been written by the last run; what they state, and what is defined, counts."""
    tried = Attempted(tmp_path / "tried.jsonl", "lsp")
    tried.add(GOAL, BUDGET)
    assert tried.seen(replace(GOAL, preamble="theorem s : 2 = 2 := by\n  decide\n"), BUDGET)
    assert not tried.seen(replace(GOAL, preamble="theorem s : 2 = 3 := sorry\n"), BUDGET)
    assert not tried.seen(replace(GOAL, preamble=GOAL.preamble + "def d := 1\n"), BUDGET)


@pytest.mark.parametrize("rest", [b"{", b"nonsense\n", b'{"goal": 3}\n', b"\xff\xfe", b"[" * 100_000, b"\0"])
def test_lines_that_cannot_be_read_count_as_nothing(tmp_path, rest):
    """A line that was cut off costs itself, and the next one is whole."""
    path = tmp_path / "tried.jsonl"
    path.write_bytes(rest)
    tried = Attempted(path, "lsp")
    tried.add(GOAL, BUDGET)
    assert Attempted(path, "lsp").seen(GOAL, BUDGET)


def test_a_place_that_cannot_be_written_costs_the_note_only(tmp_path):
    """The run goes on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    tried = Attempted(tmp_path / "file" / "tried.jsonl", "lsp")
    tried.add(GOAL, BUDGET)
    assert not tried.seen(GOAL, BUDGET)


def test_what_is_kept_of_a_project_is_kept_elsewhere(tmp_path, monkeypatch):
    """Two projects have two places, and neither is in the project."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    one, other = (project_file(tmp_path / name, "x") for name in ("one", "other"))
    assert one != other
    assert not one.is_relative_to(tmp_path / "one")
