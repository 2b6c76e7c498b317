"""`prove` where declarations stand: by name, by line, all of a project; with the embedded Lean for real."""

import json
import subprocess

import pytest

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("places")]

ONE = """namespace Foo
theorem bar (a b : Nat) : a + b = b + a := by
  sorry

theorem two (a : Nat) : a + 0 = a ∧ 0 + a = a := by
  constructor
  · sorry
  · sorry
end Foo
"""
TWO = """theorem bar (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem hopeless (f : Nat → Nat) : f 3 = 4 := by
  sorry
"""
WRONG = "theorem t : 1 = 1 := by /- sorry"


@pytest.fixture
def project(tmp_path, tmp_path_factory, monkeypatch):
    """A Lake project without a toolchain, in the folder where commands run: the embedded Lean works in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    root = tmp_path
    (root / "A").mkdir(parents=True)
    (root / ".lake").mkdir()
    for name, text in {"lakefile.toml": 'name = "p"\n', "A/One.lean": ONE, "A/Two.lean": TWO}.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / ".lake" / "Not.lean").write_text(TWO, encoding="utf-8")
    return root


def prove(run, *arguments):
    ran = run("prove", *map(str, arguments), "--time", "40", "--no-refute", "--json")
    return ran, json.loads(ran.out) if ran.out.startswith("{") else None


def test_a_declaration_is_proved_by_its_name(run, project):
    """Its `sorry`s alone, in the namespace where it stands; the file stays, the diff is in the report."""
    ran, report = prove(run, "Foo.two", "--project", project)
    assert ran.code == 0, ran.err
    assert [result["outcome"] for result in report["results"]] == ["proved", "proved"]
    (file,) = report["files"]
    assert (project / "A" / "One.lean").read_text(encoding="utf-8") == ONE
    assert file["output"] is None
    assert file["receipt"]["outcome"] == "accepted"
    assert file["difference"].count("\n-  · sorry") == 2


def test_a_place_in_a_file_is_proved_and_written(run, project):
    """The `sorry` of that line; the rest of the file is as it was, and the diff fits the file as it was."""
    path = project / "A" / "One.lean"
    ran, report = prove(run, f"{path}:3", "--write")
    assert ran.code == 0, ran.err
    (file,) = report["files"]
    assert file["output"] == str(path)
    now = path.read_text(encoding="utf-8")
    assert now.count("sorry") == 2
    assert now.endswith(ONE.partition("theorem two")[2])
    path.write_text(ONE, encoding="utf-8")
    patched = subprocess.run(
        ["git", "apply", "-p1", "--unsafe-paths", "--directory=/", "-"],
        input=file["difference"],
        cwd=project,
        text=True,
        capture_output=True,
        check=False,
    )
    assert patched.returncode == 0, patched.stderr
    assert path.read_text(encoding="utf-8") == now


def test_a_line_without_a_sorry_means_its_declaration(run, project):
    """All holes of the declaration that the line is in."""
    ran, report = prove(run, f"{project / 'A' / 'One.lean'}:5")
    assert ran.code == 0, ran.err
    assert [result["name"] for result in report["results"]] == ["Foo.two", "Foo.two"]


def test_all_sorries_of_a_project_are_written_and_another_run_goes_on(run, project):
    """Each file when it is done; what stayed open is not tried again without more time, or without being asked to."""
    arguments = "--project", project, "--all-sorries", "--write", "--candidates", "40"
    (project / "A" / "Wrong.lean").write_text(WRONG, encoding="utf-8")
    ran, report = prove(run, *arguments)
    assert [result["outcome"] for result in report["results"]] == ["proved", "proved", "proved", "proved", "unproved"]
    assert [bad["message"].partition(":")[0] for bad in report["bad_lines"]] == [str(project / "A" / "Wrong.lean")]
    assert "sorry" not in (project / "A" / "One.lean").read_text(encoding="utf-8")
    assert (project / "A" / "Two.lean").read_text(encoding="utf-8").count("sorry") == 1
    assert (project / ".lake" / "Not.lean").read_text(encoding="utf-8") == TWO
    (project / "A" / "Wrong.lean").unlink()
    ran, report = prove(run, *arguments)
    assert (ran.code, report["results"]) == (1, [])
    assert "--again" in ran.err
    ran, report = prove(run, *arguments, "--again")
    assert [result["outcome"] for result in report["results"]] == ["unproved"]
    assert {path.name for path in project.rglob("*")} == {
        "A",
        ".lake",
        "lakefile.toml",
        "One.lean",
        "Two.lean",
        "Not.lean",
    }


def test_entries_of_sorrydb_are_proved_where_they_stand(run, project):
    """Those of this checkout; others are counted, and stop nothing."""
    entries = [
        {"repo": {"remote": "https://example.org/a/p", "commit": "0"}, "location": {"path": path, **place}, "id": path}
        for path, place in [
            ("A/Two.lean", {"start_line": 2, "start_column": 2, "end_line": 2, "end_column": 7}),
            ("A/One.lean", {"start_line": 4, "start_column": 0, "end_line": 4, "end_column": 1}),
        ]
    ]
    (project / "sorries.json").write_text(json.dumps({"sorries": entries}), encoding="utf-8")
    ran, report = prove(run, "sorries.json", "--project", project)
    assert [(result["name"], result["outcome"]) for result in report["results"]] == [("bar", "proved")]
    assert "no `sorry` stands here" in report["bad_lines"][0]["message"]
    assert ran.code == 64
    assert "--project DIR" in run("prove", "sorries.json").err


def test_answers_of_a_benchmark_are_taken_for_values(run, project):
    """What is proved about a definition without a value would be worth nothing."""
    text = "abbrev answer : Nat := sorry\n-- 2\n\ntheorem right : 1 + 1 = answer := sorry\n"
    (project / "putnam").mkdir()
    (project / "putnam" / "p.lean").write_text(text, encoding="utf-8")
    ran, report = prove(run, "putnam", "--answers")
    assert ran.code == 0, ran.err
    assert [(result["name"], result["outcome"]) for result in report["results"]] == [("right", "proved")]


def test_theorems_of_a_compiled_module_are_proved_anew(run, project):
    """From what the module imports, so that none is its own proof."""
    _, report = prove(run, "--module", "Init.Data.Option.Basic", "--theorem", "Option.map_id")
    (result,) = report["results"]
    assert result["name"] == "Option.map_id"
    assert "Option.map_id" not in (result["proof"] or "")
    assert "there is no module" in run("prove", "--module", "Init.Data.Opton").err
    assert "says itself" in run("prove", "1 = 1", "--module", "Init.Data.Option.Basic").err


def lake(project, text):
    """A toolchain whose `lake` is a fake."""
    folder = project / ".elan" / "toolchains" / "leanprover--lean4---v4.28.0" / "bin"
    folder.mkdir(parents=True)
    for name, script in {"lean": "exit 1", "lake": text}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n", encoding="utf-8")


def test_a_project_is_built_where_that_is_asked_for(run, project):
    """By its own Lake, here a fake, whose output is no result; then its Lean, here none, is used."""
    lake(project, 'echo "lake $@"; mkdir -p .lake/build/lib/lean; touch .lake/build/lib/lean/P.olean')
    without = run("prove", "1 = 1", "--engine", "lsp", HOME=project, ELAN_HOME=None)
    assert "the project is not built; mend it with: lake build" in without.err
    ran = run("prove", "1 = 1", "--build", HOME=project, ELAN_HOME=None)
    assert "running `lake build`\nlake build\n" in ran.err
    assert "lake" not in ran.out
    assert "is no Lean" in ran.err + ran.out
    assert ran.code == 2


@pytest.mark.parametrize("text", ["exit 3", "exit 0"])
def test_a_build_that_fails_is_said_and_nothing_is_proved(run, project, text):
    """Also one that says that all is well and has built nothing."""
    lake(project, text)
    ran = run("prove", "1 = 1", "--build", HOME=project, ELAN_HOME=None)
    assert ran.code == 2
    assert "`lake build` ended with 3" in ran.err or "mend it with: lake build" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["two", "--project", "."],
            "several declarations are called `two`: Foo.two (A/One.lean), Bar.two (A/Other.lean)",
        ),
        (["nothing", "--project", "."], "no declaration `nothing` with a `sorry`"),
        (["A/Two.lean:3"], "the nearest is in line 2"),
        (["A/Two.lean:99"], "the nearest is in line 5"),
        (["A/None.lean:1"], "cannot be read"),
        ([], "TARGET is missing"),
        (["A/Two.lean", "--all-sorries"], "--all-sorries goes with a folder"),
        (["A/Two.lean", "--write", "--output", "X.lean"], "either --write or --output"),
        (["1 = 1", "--write"], "--write needs a Lean file"),
        (["--module", "Init.Core", "--write"], "--write needs a Lean file"),
        (["A/Two.lean:2", "--theorem", "two"], "TARGET says already which one is meant"),
        (["two", "--project", ".", "--theorem", "two"], "TARGET says already which one is meant"),
        (["1 = 1", "--theorem", "two"], "TARGET says already which one is meant"),
        (["1 = 1", "--project", "nowhere"], "--project names no folder"),
        (["1 = 1", "--engine", "warp"], "--engine takes embedded, lsp, batch"),
        (["1 = 1", "--engine", "lsp"], "not installed"),
    ],
)
def test_places_that_cannot_be_are_explained(run, project, arguments, said):
    """Each in one line, before any Lean is started."""
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n", encoding="utf-8")
    (project / "A" / "Other.lean").write_text("theorem Bar.two : 1 = 1 := sorry\n", encoding="utf-8")
    ran = run("prove", *arguments, HOME=project, ELAN_HOME=None)
    assert ran.code in (2, 64)
    assert said in ran.err
