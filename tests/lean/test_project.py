"""Finding the user's Lake project. elan, its toolchains and their Lake are fakes here: folders, and a shell script."""

import json
import os
from pathlib import Path

import pytest

from proofagent.lean.project import Lack, Package, find_project, search_path

V = "leanprover/lean4:v4.28.0"


@pytest.fixture
def home(tmp_path):
    """A home with elan and no toolchain; the PATH has elan's proxies."""
    program(tmp_path / ".elan" / "bin" / "elan")
    for proxy in ("lean", "lake"):
        program(tmp_path / ".elan" / "bin" / proxy, "touch $HOME/proxy-was-started")
    return tmp_path


@pytest.fixture
def environment(home):
    return {"HOME": str(home), "PATH": str(home / ".elan" / "bin")}


@pytest.fixture
def root(home):
    """A project that is built, and asks for V."""
    root = home / "work" / "project"
    write(root / "lakefile.toml", 'name = "p"\n')
    write(root / "lean-toolchain", f"{V}\n")
    write(root / ".lake/build/lib/lean/P.olean")
    return root


def program(path, text="exit 1"):
    write(path, f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def installed(home, folder="leanprover--lean4---v4.28.0", lake="exit 1"):
    """A fake toolchain; returns its folder of programs."""
    bin_ = home / ".elan" / "toolchains" / folder / "bin"
    program(bin_ / "lean")
    program(bin_ / "lake", lake)
    return bin_


def manifest(root, *packages, **fields):
    write(root / "lake-manifest.json", json.dumps({"version": "1.1.0", "packages": packages, **fields}))


def git(name, **fields):
    return {"type": "git", "name": name, "url": f"https://example.org/{name}", "rev": "0" * 40, "subDir": None} | fields


def test_there_is_no_project_outside_one(home, environment):
    """A folder without a lakefile, in folders without one."""
    assert find_project(home, environment) is None


def test_a_project_is_found_from_anywhere_inside(home, root, environment):
    """From a file of it, from a folder of it, and from a folder that is not there yet."""
    bin_ = installed(home)
    for start in (root, root / "lakefile.toml", root / "P" / "Deep"):
        project = find_project(start, environment)
        assert (project.root, project.toolchain, project.bin) == (root, V, bin_)
        assert project.ready
    assert not (home / "proxy-was-started").exists()


@pytest.mark.parametrize(
    ("wanted", "folder"),
    [
        (V, "leanprover--lean4---v4.28.0"),
        ("v4.28.0", "leanprover--lean4---v4.28.0"),
        ("leanprover/lean4-nightly:nightly-2026-01-01", "leanprover--lean4-nightly---nightly-2026-01-01"),
        ("mine", "mine"),
        (f"  {V}  \n\n", "leanprover--lean4---v4.28.0"),
    ],
)
def test_toolchains_are_where_elan_keeps_them(home, root, environment, wanted, folder):
    """Slashes and colons become dashes; a bare version is one of the usual Lean; a linked one has its own name."""
    write(root / "lean-toolchain", wanted)
    bin_ = installed(home, folder)
    assert find_project(root, environment).bin == bin_


def test_the_default_of_elan_and_the_environment_are_heard(home, root, environment):
    """Where the project says nothing, and where the user overrides it."""
    (root / "lean-toolchain").unlink()
    write(home / ".elan" / "settings.toml", f'version = "12"\ndefault_toolchain = "{V}"\n')
    bin_ = installed(home)
    assert find_project(root, environment).bin == bin_
    other = installed(home, "mine")
    assert find_project(root, environment | {"ELAN_TOOLCHAIN": "mine"}).bin == other
    moved = home / "elsewhere"
    (home / ".elan").rename(moved)
    assert find_project(root, environment | {"ELAN_HOME": str(moved)}).bin == moved / bin_.relative_to(home / ".elan")


def test_a_lean_that_is_not_elans_is_taken_from_the_path(home, root, environment):
    """A build from source, say; nobody knows what it is called."""
    program(home / "usr" / "bin" / "lean")
    project = find_project(root, environment | {"PATH": str(home / "usr" / "bin")})
    assert (project.toolchain, project.bin) == ("", home / "usr" / "bin")


def test_a_toolchain_that_is_missing_is_said_with_what_installs_it(home, root, environment):
    """With elan it is one command, without elan two."""
    lack = Lack(f"the toolchain {V} of this project is not installed", f"elan toolchain install {V}")
    assert find_project(root, environment).lacks == (lack,)
    (missing,) = find_project(root, {"HOME": str(home / "nobody"), "PATH": ""}).lacks
    assert missing.what == lack.what
    assert missing.mend.startswith("curl ")
    assert missing.mend.endswith(lack.mend)
    (root / "lean-toolchain").unlink()
    assert find_project(root, {"HOME": str(home / "nobody"), "PATH": ""}).lacks[0].what.startswith("there is no lean-")


def test_packages_are_those_of_the_manifest(home, root, environment):
    """Where they are downloaded, where a path says that they are, and in a folder inside."""
    installed(home)
    manifest(root, git("aesop"), {"type": "path", "name": "own", "dir": "../own"}, git("sub", subDir="lean"))
    for folder in (root / ".lake/packages/aesop", root / "../own", root / ".lake/packages/sub/lean"):
        write(folder / ".lake/build/lib/A.olean")  # as old versions of Lake have it
    project = find_project(root, environment)
    assert project.packages == (
        Package("aesop", root / ".lake/packages/aesop"),
        Package("own", root / "../own"),
        Package("sub", root / ".lake/packages/sub/lean"),
    )
    assert project.ready
    built = [package.folder / ".lake/build/lib" for package in project.packages]
    assert search_path(project) == (*built, root / ".lake/build/lib/lean")


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        (lambda root: manifest(root, git("mathlib")), [("not downloaded: mathlib", "lake exe cache get")]),
        (lambda root: manifest(root, git("a"), git("b")), [("not downloaded: a, b", "lake build")]),
        (
            lambda root: (manifest(root, git("mathlib")), (root / ".lake/packages/mathlib").mkdir(parents=True)),
            [("Mathlib is there, its compiled modules are not", "lake exe cache get")],
        ),
        (
            lambda root: (manifest(root, git("a")), (root / ".lake/packages/a").mkdir(parents=True)),
            [("a is not built", "lake build a")],
        ),
        (lambda root: (root / ".lake/build/lib/lean/P.olean").unlink(), [("the project is not built", "lake build")]),
        (
            lambda root: write(root / "lakefile.toml", '[[require]]\nname = "mathlib"\n'),
            [("the dependencies were never resolved: there is no lake-manifest.json", "lake update")],
        ),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_mends_it(home, root, environment, change, lacks):
    """Each in one sentence."""
    installed(home)
    change(root)
    assert find_project(root, environment).lacks == tuple(Lack(*lack) for lack in lacks)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"packages": [{}]}', '{"packages": 3}', "[" * 100_000, "\0"], ids=range(8)
)
def test_a_manifest_that_cannot_be_read_is_said(home, root, environment, text):
    """Whatever it is instead."""
    installed(home)
    write(root / "lake-manifest.json", text)
    assert find_project(root, environment).lacks == (Lack("lake-manifest.json cannot be read", "lake update"),)


def test_the_search_path_is_what_lake_says(home, root, environment):
    """`lake env` prints an environment; relative folders are the project's."""
    installed(home, lake='[ "$1 $3" = "--dir env" ] && printf "PATH=/x\\nLEAN_PATH=%s/a:./b\\nLEAN=lean\\n" "$2"')
    assert search_path(find_project(root, environment)) == (root / "a", root / "b")


@pytest.mark.parametrize("lake", ["exit 1", "echo LEAN_PATH=", "sleep 60", "printf '\\377\\n'", "echo nothing"])
def test_where_lake_does_not_answer_the_manifest_does(home, root, environment, lake):
    """A Lake that fails, says nothing, or takes for ever."""
    installed(home, lake=lake)
    assert search_path(find_project(root, environment), seconds=0.5) == (root / ".lake/build/lib/lean",)


def test_odd_files_are_no_errors(home, root, environment):
    """A toolchain that is a folder, a huge manifest, bytes that are no text."""
    (root / "lean-toolchain").unlink()
    (root / "lean-toolchain").mkdir()
    (root / "lake-manifest.json").write_bytes(b"\xff" * 5_000_000)
    write(home / ".elan" / "settings.toml", "[[[")
    project = find_project(root, environment)
    assert [lack.what for lack in project.lacks] == [
        "there is no lean-toolchain, and no Lean on the PATH",
        "lake-manifest.json cannot be read",
    ]


def test_a_project_of_this_repository_is_found():
    """By the true environment, whatever it has."""
    project = find_project(Path(__file__).parents[2] / "lean_project" / "Core", os.environ)
    assert project.root.name == "lean_project"
