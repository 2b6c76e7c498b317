"""`proofagent export` writes what any checker of Lean's export format can take, or says why it does not."""

import json

import anyio
import pytest

from proofagent.lean.kernel import NativeKernel

FILE = """import Init
theorem one (a b : Nat) : a + b = b + a := by omega
def two : Nat := 2
unsafe def three : Nat := 3
theorem open_ : two = 2 := sorry
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "S.lean").write_text(FILE, encoding="utf-8")


@pytest.mark.lean
@pytest.mark.xdist_group("cli-export")
def test_what_is_written_is_complete_and_a_kernel_takes_it(run, file, tmp_path):
    """Everything that the declaration rests on, and nothing of the file that it does not."""
    ran = run("export", "S.lean", "--theorem", "one", "-o", "one.ndjson", "--json")
    said = json.loads(ran.out)
    text = (tmp_path / "one.ndjson").read_text(encoding="utf-8")
    assert (ran.code, ran.err, said["missing"], said["bytes"]) == (0, "", [], len(text.encode()))
    assert "one" in said["new"]
    assert "two" not in said["new"]
    if (kernel := NativeKernel.find()) is not None:
        found = anyio.run(lambda: kernel.replay(text, tuple(said["new"]), deadline=100))
        assert found.refused == ()
        assert found.taken + found.checked + found.assumed == said["declarations"]


@pytest.mark.lean
@pytest.mark.xdist_group("cli-export")
def test_a_file_is_written_to_standard_output_and_whatever_is_wrong_is_said(run, file, tmp_path):
    """What no kernel has is left out of the whole, and refused where it is asked for."""
    ran = run("export", "S.lean", "--quiet")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, ran.err, next(iter(lines[0]))) == (0, "", "meta")
    assert "three" not in ran.out
    unsafe = run("export", "S.lean", "-t", "three")
    assert (unsafe.code, unsafe.out) == (64, "")
    assert "unsafe or partial" in unsafe.err
    nowhere = run("export", "S.lean", "-t", "nowhere")
    assert (nowhere.code, "the file has no nowhere; it declares" in nowhere.err) == (64, True)
    (tmp_path / "E.lean").write_text("theorem t : 1 = 2 := rfl\n", encoding="utf-8")
    errors = run("export", "E.lean")
    assert (errors.code, errors.out) == (1, "")
    assert "1:2" in errors.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export"], "Missing argument"),
        (["export", "Nowhere.lean"], "cannot be read"),
        (["export", "S.lean", "--json"], "name one with --output"),
        (["export", "S.lean", "--time", "-1"], "--time"),
        (["export", "S.lean", "--engine", "other"], "--engine takes"),
    ],
)
def test_what_cannot_be_exported(say, file, arguments, message):
    """One line, and exit code 64."""
    ran = say(*arguments)
    assert (ran.code, ran.out) == (64, "")
    assert message in ran.err


@pytest.mark.lean
@pytest.mark.xdist_group("cli-export")
def test_a_compiled_file_that_is_none_is_said(run, tmp_path):
    """The text is no module, so nothing is written."""
    (tmp_path / "bad.olean").write_bytes(b"olean but nothing of it")
    ran = run("export", "bad.olean", "-o", "out.ndjson")
    assert (ran.code, ran.out, (tmp_path / "out.ndjson").exists()) == (2, "", False)
    assert ".olean" in ran.err
