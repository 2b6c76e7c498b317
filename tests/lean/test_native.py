"""The judges of a native toolchain. There is none here: the programs are pretended, by shell scripts named so."""

import json
import os
import shutil
import time
from dataclasses import replace

import anyio
import pytest

from proofagent.lean import native
from proofagent.lean.native import Judge, find_judges, run_judge

pytestmark = pytest.mark.anyio

OKAY = "echo 'Your solution is okay!'; exit 0"
HELP = (
    "Judge a solution against a challenge\n\nUSAGE:\n  lake {command} [OPTIONS]\n\nOPTIONS:\n  --config <file>\n{more}"
)
GENERAL = "Lake version 5.0.0\n\nUSAGE:\n  lake [OPTIONS] <COMMAND>\n\nCOMMANDS:\n  build <targets>...    build targets"
CHALLENGE = "theorem t : 1 + 1 = 2 := sorry\n"
SOLUTION = "theorem t : 1 + 1 = 2 := rfl\n"
STANDARD = ("propext", "Quot.sound", "Classical.choice")


def script(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def pretend_lake(folder, judges, *, version="4.35.0-rc3", command="comparator", more="  --paranoid\n"):
    """A program that answers as `lake` does and, asked to judge, does what the shell text `judges` says."""
    help_text = HELP.format(command=command, more=more)
    return script(
        folder / "lake",
        f"""
case "$1 $2" in
  "--version ") echo 'Lake version 5.0.0-src+470d5ce (Lean version {version})';;
  "{command} --help") cat <<'END'
{help_text}
END
  ;;
  "{command} "*) {judges}
  ;;
  *) cat <<'END'
{GENERAL}
END
  ;;
esac""",
    )


def pretend_lean(folder, compiles="cp $3 $2", version="4.31.0"):
    """A program that says its version and, asked to compile `$3` to `$2`, does what `compiles` says."""
    return script(
        folder / "lean",
        f"""
case "$1" in
  --version) echo 'Lean (version {version}, x86_64-unknown-linux-gnu, commit 98dc76e, Release)';;
  -o) {compiles};;
esac""",
    )


def pretend_leanchecker(folder, replays="exit 0"):
    """A program that misses modules as `leanchecker` does and replays `Solution` as `replays` says."""
    return script(
        folder / "leanchecker",
        f"""
case "$1" in
  Solution) [ -f Solution.olean ] || exit 77; {replays};;
  *) echo "uncaught exception: Could not find any oleans for: $1" >&2; exit 1;;
esac""",
    )


def pretend_bwrap(folder):
    """No sandbox at all: it writes down what it was given and runs the command behind `--`."""
    return script(
        folder / "bwrap",
        f"""
echo "$@" >> "{folder}/bwrap-was-given"
while [ "$1" != "--" ]; do shift; done
shift
exec "$@" """,
    )


@pytest.fixture
def bin_folder(tmp_path):
    return tmp_path / "a λ toolchain" / "bin"


@pytest.fixture
def path(tmp_path, bin_folder, monkeypatch):
    """A PATH with the pretended toolchain and the few programs that the scripts need, and a home without elan."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("cat", "cp", "sleep", "env"):
        (tools / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ELAN_HOME", raising=False)
    return f"{bin_folder}{os.pathsep}{tools}"


@pytest.fixture
def judged(path, bin_folder):
    """Judges the solution by a pretended comparator that does what the shell text says."""

    async def judged(judges, *, deadline=20.0, targets=("t",)):
        pretend_lake(bin_folder, judges)
        (judge,) = await find_judges(path)
        return await run_judge(judge, CHALLENGE, SOLUTION, targets, STANDARD, deadline=deadline)

    return judged


@pytest.fixture
def replayed(path, bin_folder):
    """Judges the solution by a pretended leanchecker and compiler that do what the shell texts say."""

    async def replayed(replays="exit 0", compiles="cp $3 $2"):
        pretend_bwrap(bin_folder)
        pretend_lean(bin_folder, compiles)
        pretend_leanchecker(bin_folder, replays)
        (judge,) = await find_judges(path)
        return await run_judge(judge, CHALLENGE, SOLUTION, ["t"], STANDARD, deadline=20)

    return replayed


async def test_the_comparator_is_found_by_asking(path, bin_folder):
    """A Lake that knows the command is a judge of statements, of the version that it reports, as strict as it can."""
    program = pretend_lake(bin_folder, OKAY)
    (judge,) = await find_judges(path)
    assert (judge.name, judge.program, judge.version) == ("lake comparator --paranoid", program, "4.35.0-rc3")
    assert (judge.scope, judge.arguments) == ("statement", ("comparator", "--paranoid"))


async def test_the_earlier_name_of_the_comparator_is_known(path, bin_folder):
    """`lake challenge` is the same judge; what its help does not offer is not asked of it."""
    pretend_lake(bin_folder, OKAY, command="challenge", more="")
    (judge,) = await find_judges(path)
    assert (judge.name, judge.arguments) == ("lake challenge", ("challenge",))
    assert (await run_judge(judge, CHALLENGE, SOLUTION, ["t"], STANDARD, deadline=20)).outcome == "accepted"


async def test_the_judge_gets_a_whole_project(judged, tmp_path):
    """Two modules, a lakefile, a manifest and the configuration; no toolchain file, so that elan has nothing to get."""
    answer = await judged(f'cp * {tmp_path}; echo "$@" > {tmp_path}/arguments; {OKAY}')
    assert answer.outcome == "accepted", answer.detail
    assert (tmp_path / "arguments").read_text() == "comparator --paranoid --config comparator.json\n"
    assert (tmp_path / "Challenge.lean").read_text() == CHALLENGE
    assert (tmp_path / "Solution.lean").read_text() == SOLUTION
    assert json.loads((tmp_path / "comparator.json").read_text()) == {
        "challenge_module": "Challenge",
        "solution_module": "Solution",
        "theorem_names": ["t"],
        "permitted_axioms": list(STANDARD),
    }
    assert json.loads((tmp_path / "lake-manifest.json").read_text())["packages"] == []
    assert (tmp_path / "lakefile.toml").read_text().count("[[lean_lib]]") == 2
    assert not (tmp_path / "lean-toolchain").exists()


async def test_no_variable_reaches_the_judge(judged, tmp_path, monkeypatch):
    """What could make a judge do something else, or change what it reads at home, is not passed on."""
    monkeypatch.setenv("LAKE_CHECK_EXPORT", "1")
    monkeypatch.setenv("CON_LECHE_INMODEL_CENSUS", "1")
    assert (await judged(f"env > {tmp_path}/variables; {OKAY}")).outcome == "accepted"
    lines = (tmp_path / "variables").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines)
    assert given.keys() - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HOME", "LC_ALL", "LEAN_ABORT_ON_PANIC"}
    assert "proofagent-judge-" in given["HOME"]


@pytest.mark.parametrize(
    "says",
    [
        "error: Challenge and solution theorem statement do not match: 't'",
        "error: Challenge and solution constant kind don't match: 't'",
        "error: Const does not match between challenge and target 'Nat.add'",
        "error: Const not found in solution: 't'",
        "error: Illegal axiom detected: 'sorryAx'",
        "error: Solution.lean:3:2: unsolved goals",
        "Lean default kernel rejected the solution",
    ],
)
async def test_a_judgement_against_the_solution_is_a_rejection(judged, says):
    """Exit code 1 with one of the tool's own verdicts; the verdict is the reason."""
    answer = await judged(
        f"echo Building Solution; cat <<'END' >&2\n{says}\nEND\necho error: Child exited with 1; exit 1"
    )
    assert (answer.outcome, answer.detail) == ("rejected", says)


@pytest.mark.parametrize(
    ("judges", "says"),
    [
        ("echo error: no bwrap >&2; exit 2", "exited with 2: error: no bwrap"),
        ("echo error: Child exited with 137; exit 1", "exited with 1: error: Child exited with 137"),
        ("echo 'error: Challenge.lean:1:0: oops'; exit 1", "exited with 1"),
        ("echo 'bwrap: no'; echo 'Lean default kernel rejected the solution'; exit 1", "bwrap: no"),
        ("exit 1", "it printed nothing"),
        ("exit 0", "exited with 0: it printed nothing"),
        ("echo 'I say: Your solution is okay!'; exit 0", "exited with 0"),
        ("echo \"error: Illegal axiom detected: 'x'\"; echo 'Your solution is okay!'; exit 0", "exited with 0"),
        ("echo 'Your solution is okay!'; exit 1", "exited with 1"),
        ("echo 'Your solution is okay!'; exit 3", "exited with 3"),
        ("echo \"error: Illegal axiom detected: 'x'\"; exit 2", "exited with 2"),
        ("echo 'Your solution is okay!'; kill -9 $$", "was killed by signal 9"),
        ("exit 139", "exited with 139"),
    ],
)
async def test_everything_else_is_undecided(judged, judges, says):
    """Code and text have to agree on a known judgement; an environment error, a crash or silence is none."""
    answer = await judged(judges)
    assert answer.outcome == "undecided"
    assert says in answer.detail


async def test_a_judge_that_hangs_is_killed_with_all_that_it_started(judged, tmp_path, await_end):
    """The deadline is a wall, and nothing is left behind it."""
    began = time.monotonic()
    answer = await judged(
        f"sleep 60 & echo $$ > {tmp_path}/group; echo 'Your solution is okay!'; sleep 60", deadline=0.5
    )
    assert answer.outcome == "undecided"
    assert "was stopped after 0 s" in answer.detail
    assert time.monotonic() - began < 10
    assert await await_end(int((tmp_path / "group").read_text()))


async def test_what_a_judge_leaves_running_is_killed(judged, tmp_path, await_end):
    """A process in the background neither holds up the answer, though it holds the output, nor outlives it."""
    answer = await judged(f"sleep 60 & echo $$ > {tmp_path}/group; {OKAY}")
    assert answer.outcome == "accepted"
    assert answer.seconds < 5
    assert await await_end(int((tmp_path / "group").read_text()))


async def test_a_caller_that_gives_up_leaves_nothing_behind(judged, tmp_path, await_end):
    """Cancelling the judgement kills the judge."""
    with anyio.move_on_after(1.0) as limit:
        await judged(f"echo $$ > {tmp_path}/group; sleep 60")
    assert limit.cancelled_caught
    assert await await_end(int((tmp_path / "group").read_text()))


async def test_a_flood_is_read_and_forgotten(judged, tmp_path):
    """Megabytes of output neither block the judge nor reach the answer; its last words count."""
    (tmp_path / "flood").write_text(("x" * 200 + "\n") * 40_000)
    assert (await judged(f"cat {tmp_path}/flood; {OKAY}")).outcome == "accepted"
    answer = await judged(f"cat {tmp_path}/flood; exit 9")
    assert answer.outcome == "undecided"
    assert len(answer.detail) < 2_200


async def test_output_that_is_no_text_is_undecided(judged):
    """Bytes that are not UTF-8 do no harm."""
    assert (await judged("printf '\\377\\000\\376'; exit 0")).outcome == "undecided"


async def test_nothing_to_judge_is_undecided(judged, tmp_path):
    """Without a target no judge is asked."""
    answer = await judged(f"echo > {tmp_path}/was-asked; {OKAY}", targets=())
    assert answer.outcome == "undecided"
    assert not (tmp_path / "was-asked").exists()


async def test_a_judge_that_is_gone_is_undecided(path, bin_folder):
    """A program that cannot be started any more has not judged."""
    pretend_lake(bin_folder, OKAY)
    (judge,) = await find_judges(path)
    answer = await run_judge(
        replace(judge, program=bin_folder / "gone"), CHALLENGE, SOLUTION, ["t"], STANDARD, deadline=5
    )
    assert answer.outcome == "undecided"
    assert "cannot be started" in answer.detail


async def test_a_text_that_no_file_can_hold_is_undecided(path, bin_folder):
    """Half a surrogate pair is no UTF-8."""
    pretend_lake(bin_folder, OKAY)
    (judge,) = await find_judges(path)
    answer = await run_judge(judge, CHALLENGE, "\ud800", ["t"], STANDARD, deadline=5)
    assert answer.outcome == "undecided"
    assert "cannot be written" in answer.detail


async def test_a_lake_without_the_command_is_no_judge(path, bin_folder):
    """It prints its general help and exits with 0, which is no answer to the question."""
    pretend_lake(bin_folder, OKAY, command="something-else")
    assert await find_judges(path) == ()


@pytest.mark.parametrize("version", ["", "banana", "4", "4.35", "4.35.0-", "4.٣٥.0", "4.35.0+local"])
async def test_a_judge_without_a_version_is_no_judge(path, bin_folder, version):
    """Whose Lean cannot be told cannot be looked up among the known-bad kernels."""
    pretend_lake(bin_folder, OKAY, version=version)
    assert await find_judges(path) == ()


async def test_what_is_not_executable_is_no_judge(path, bin_folder):
    """A file without the permission, a folder of that name, or a file that is no program."""
    pretend_lake(bin_folder, OKAY).chmod(0o644)
    assert await find_judges(path) == ()
    (bin_folder / "lake").unlink()
    (bin_folder / "lake").mkdir()
    assert await find_judges(path) == ()
    (bin_folder / "lake").rmdir()
    (bin_folder / "lake").write_bytes(b"\x7fELF")
    (bin_folder / "lake").chmod(0o755)
    assert await find_judges(path) == ()


async def test_a_program_that_does_not_answer_is_no_judge(path, bin_folder, monkeypatch):
    """Asking has a deadline as well."""
    monkeypatch.setattr(native, "ASK_SECONDS", 0.3)
    script(bin_folder / "lake", "sleep 60")
    began = time.monotonic()
    assert await find_judges(path) == ()
    assert time.monotonic() - began < 10


async def test_a_path_without_lean_has_no_judges(tmp_path):
    """Nothing there is an answer, not an error."""
    assert await find_judges(str(tmp_path)) == ()
    assert await find_judges("") == ()


async def test_the_proxies_of_elan_are_never_started(path, bin_folder, tmp_path):
    """Beside `elan` stand programs that download; the newest toolchain that is installed is used instead."""
    script(bin_folder / "elan", "exit 0")
    for name in ("lake", "leanchecker"):
        script(bin_folder / name, f"echo > {tmp_path}/was-started")
    for version in ("4.35.0-rc3", "4.9.1", "4.35.0", "4.35.0-rc4"):
        pretend_lake(bin_folder.parent / "toolchains" / version / "bin", OKAY, version=version)
    (judge,) = await find_judges(path)
    assert judge.version == "4.35.0"
    assert judge.path.startswith(str(judge.program.parent))
    assert (await run_judge(judge, CHALLENGE, SOLUTION, ["t"], STANDARD, deadline=20)).outcome == "accepted"
    assert not (tmp_path / "was-started").exists()


async def test_links_to_elan_are_seen_through(path, bin_folder, tmp_path):
    """A proxy is one also where it is only a link to elan, and without a toolchain there is no judge."""
    elan = script(tmp_path / "home" / ".elan" / "bin" / "elan", f"echo > {tmp_path}/was-started")
    bin_folder.mkdir(parents=True)
    (bin_folder / "lake").symlink_to(elan)
    assert await find_judges(path) == ()
    pretend_lake(tmp_path / "home" / ".elan" / "toolchains" / "one" / "bin", OKAY)
    assert [judge.version for judge in await find_judges(path)] == ["4.35.0-rc3"]
    assert not (tmp_path / "was-started").exists()


async def test_leanchecker_is_a_judge_where_there_is_a_sandbox(path, bin_folder):
    """It needs the compiler beside it and `bwrap`, as the solution would be compiled in the open otherwise."""
    program = pretend_leanchecker(bin_folder)
    pretend_lean(bin_folder)
    assert await find_judges(path) == ()
    pretend_bwrap(bin_folder)
    (judge,) = await find_judges(path)
    assert (judge.name, judge.program, judge.version, judge.scope) == ("leanchecker", program, "4.31.0", "replay")
    (bin_folder / "lean").unlink()
    assert await find_judges(path) == ()


@pytest.mark.parametrize("says", ["exit 0", "exit 1", "echo Could not find any oleans for: $1; exit 0", "kill -9 $$"])
async def test_a_leanchecker_that_answers_otherwise_is_no_judge(path, bin_folder, says):
    """Code and words are those of the program, or it is another one."""
    pretend_bwrap(bin_folder)
    pretend_lean(bin_folder)
    script(bin_folder / "leanchecker", says)
    assert await find_judges(path) == ()


async def test_a_replay_is_accepted_from_inside_the_sandbox(replayed, bin_folder):
    """Compiler and replay see the machine read-only, no home, no network, and one folder to write to."""
    assert (await replayed()).outcome == "accepted"
    given = (bin_folder / "bwrap-was-given").read_text().splitlines()
    assert [line.split(" -- ")[1].rsplit("/", 1)[1] for line in given] == [
        "lean -o Challenge.olean Challenge.lean",
        "lean -o Solution.olean Solution.lean",
        "leanchecker Solution",
    ]
    for line in given:
        options = line.split(" -- ")[0]
        assert options.startswith("--ro-bind / / --tmpfs ")
        assert "--unshare-all" in options
        assert "--clearenv" in options
        assert "--share-net" not in options
        assert options.count(" --bind ") == 1


@pytest.mark.parametrize(
    ("replays", "compiles", "outcome", "says"),
    [
        ("echo leanchecker found a problem in Solution >&2; exit 1", "cp $3 $2", "rejected", "found a problem"),
        ("echo leanchecker found a problem in Solution; exit 0", "cp $3 $2", "undecided", "exited with 0"),
        ("echo leanchecker found a problem in Solution; exit 2", "cp $3 $2", "undecided", "exited with 2"),
        ("echo out of memory; exit 1", "cp $3 $2", "undecided", "out of memory"),
        ("kill -9 $$", "cp $3 $2", "undecided", "killed by signal 9"),
        ("exit 0", "echo $3:1:0: error: no; exit 1", "undecided", "compiling the challenge"),
        ("exit 0", "cp $3 $2; [ $3 = Challenge.lean ] || { echo $3:1:0: error: no; exit 1; }", "rejected", "error: no"),
        ("exit 0", "cp $3 $2; [ $3 = Challenge.lean ] || exit 1", "undecided", "compiling the solution exited with 1"),
        ("exit 0", "cp $3 $2; [ $3 = Challenge.lean ] || kill -11 $$", "undecided", "killed by signal 11"),
    ],
)
async def test_what_a_replay_says(replayed, replays, compiles, outcome, says):
    """A rejection is a compile error of the solution or a problem found in it; nothing else is one."""
    answer = await replayed(replays, compiles)
    assert answer.outcome == outcome
    assert says in answer.detail


async def test_all_judges_of_a_toolchain_are_found(path, bin_folder):
    """The comparator comes first."""
    pretend_lake(bin_folder, OKAY)
    pretend_bwrap(bin_folder)
    pretend_lean(bin_folder)
    pretend_leanchecker(bin_folder)
    assert [judge.scope for judge in await find_judges(path)] == ["statement", "replay"]


async def test_this_machine_is_asked():
    """Whatever is installed here, judges have a program and a version, and a true statement is never rejected."""
    judges = await find_judges()
    assert all(isinstance(judge, Judge) and judge.version for judge in judges)
    assert all(os.access(judge.program, os.X_OK) for judge in judges)
    if shutil.which("lake") is None and shutil.which("leanchecker") is None:
        assert judges == ()
    for judge in judges:
        answer = await run_judge(judge, CHALLENGE, SOLUTION, ["t"], STANDARD, deadline=120)
        assert answer.outcome in {"accepted", "undecided"}, answer.detail
