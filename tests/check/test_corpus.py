import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from proofagent.check.corpus import Answer, Case, Result, Score, chosen, codes_of, folder_of, load, outcome_of
from proofagent.cli.attacks import list_cases, run_cases
from proofagent.errors import ConfigError, UsageError

BOTH = "{challenge} {solution}"
ABOUT = 'verdict = "rejected"\ncodes = ["sorry"]\noptions = []\nrow = 1\nabout = """Why."""\n'
HONEST = ABOUT.replace('"rejected"', '"accepted"').replace('["sorry"]', "[]")
MAIN = "import sys; from proofagent.cli.attacks import attacks; sys.exit(attacks(standalone_mode=False))"


def write_case(folder, about=ABOUT, challenge="theorem t : 1 = 1 := sorry\n", solution="theorem t : 1 = 1 := sorry\n"):
    folder.mkdir(parents=True)
    (folder / "challenge.lean").write_text(challenge, encoding="utf-8")
    (folder / "solution.lean").write_text(solution, encoding="utf-8")
    (folder / "case.toml").write_text(about, encoding="utf-8")
    return folder


@pytest.fixture
def corpus(tmp_path):
    """Two attacks, one of which should be undecided, and an honest proof."""
    write_case(tmp_path / "cases" / "cheat")
    write_case(tmp_path / "cases" / "bomb", ABOUT.replace('"rejected"', '"undecided"').replace('["sorry"]', "[]"))
    write_case(tmp_path / "cases" / "fair", HONEST, solution="theorem t : 1 = 1 := rfl\n")
    return tmp_path / "cases"


@pytest.fixture
def report(corpus, capsys):
    """Runs the command on the corpus; gives its exit code and its JSON."""

    def run(checker, **options):
        code = run_cases(checker=checker, corpus=corpus, json=True, **options)
        return code, json.loads(capsys.readouterr().out)

    return run


def findings(document):
    return {result["name"]: result["finding"] for result in document["results"]}


def script(folder, text):
    path = folder / "checker"
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)
    return f"{path} {BOTH}"


def test_cases_are_read_by_name(corpus):
    """A corpus is its folders in alphabetical order, each with what its file says."""
    cases = load(corpus)
    assert [case.name for case in cases] == ["bomb", "cheat", "fair"]
    cheat = cases[1]
    assert (cheat.verdict, cheat.codes, cheat.options, cheat.row, cheat.about) == (
        "rejected",
        frozenset({"sorry"}),
        (),
        1,
        "Why.",
    )
    assert cheat.solution == corpus / "cheat" / "solution.lean"
    assert [case.attack for case in cases] == [True, True, False]


BAD = {
    "unknown-key": (ABOUT + "colour = 1\n", "unknown key 'colour'"),
    "missing-key": (ABOUT.replace("row = 1\n", ""), "the key 'row' is missing"),
    "no-toml": ("verdict = ", "this is no TOML"),
    "verdict": (ABOUT.replace("rejected", "perhaps"), "'verdict' is one of accepted, rejected, undecided"),
    "code": (ABOUT.replace('["sorry"]', '["sory"]'), "there is no reason code 'sory'"),
    "code-twice": (ABOUT.replace('["sorry"]', '["sorry", "sorry"]'), "a code stands there twice"),
    "no-codes": (ABOUT.replace('["sorry"]', "[]"), "'rejected' goes with codes"),
    "codes-of-an-accepted-one": (ABOUT.replace("rejected", "accepted"), "'accepted' goes without codes"),
    "row": (ABOUT.replace("row = 1", "row = 24"), "'row'"),
    "type": (ABOUT.replace("row = 1", 'row = "1"'), "'row'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path, name):
    """What cannot be read is said with its file, and nothing of the corpus is used."""
    about, complaint = BAD[name]
    folder = write_case(tmp_path / "cases" / "broken", about)
    with pytest.raises(ConfigError) as caught:
        load(folder.parent)
    assert str(caught.value).startswith(f"{folder / 'case.toml'}: ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize("file", ["challenge.lean", "solution.lean", "case.toml"])
def test_a_missing_file_is_named(corpus, file):
    """A case without one of its files is refused by that file's name."""
    (corpus / "cheat" / file).unlink()
    with pytest.raises(ConfigError, match=f"cheat/{file}: the file is missing"):
        load(corpus)


def test_a_file_too_many_is_named(corpus):
    """What a case does not need may be what a checker stumbles over, so it may not lie there."""
    (corpus / "cheat" / "solution.olean").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"solution\.olean"):
        load(corpus)


def test_an_empty_or_absent_folder_is_no_corpus(tmp_path):
    """A folder without cases is a mistake and not a corpus that everything passes."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ConfigError, match=str(folder)):
            load(folder)


def test_a_name_of_no_case_is_refused(corpus):
    """--only with a typing error does not run nothing."""
    with pytest.raises(ConfigError, match="there is no case 'chaet'"):
        chosen(load(corpus), ["cheat", "chaet"])


def test_exit_codes_of_checkers():
    """Only 0 accepts and only 1 rejects; a signal, a usage error and a time-out say nothing."""
    assert [outcome_of(code) for code in (0, 1, 2, 64, 124, -9)] == ["accepted", "rejected", *["undecided"] * 4]


def test_codes_are_read_from_a_receipt():
    """Reason codes are taken from the JSON; what is no such JSON has none, as a usage error."""
    assert codes_of(b'{"reasons": [{"code": "sorry"}, {"code": "errors"}]}') == {"sorry", "errors"}
    assert {codes_of(text) for text in (b"", b"[]", b'{"reasons": 1}', b"\xff")} == {frozenset()}


@pytest.mark.parametrize(
    ("verdict", "codes", "answer", "finding"),
    [
        ("rejected", {"sorry"}, Answer("accepted", 1, 0), "got-through"),
        ("undecided", (), Answer("accepted", 1, 0, frozenset()), "got-through"),
        ("rejected", {"sorry"}, Answer("rejected", 1, 1), "right"),
        ("rejected", {"sorry"}, Answer("undecided", 1, 2), "right"),
        ("rejected", {"sorry"}, Answer("rejected", 1, 1, frozenset({"sorry"})), "right"),
        ("rejected", {"sorry"}, Answer("rejected", 1, 1, frozenset({"axiom"})), "wrong-codes"),
        ("rejected", {"sorry"}, Answer("undecided", 1, 2, frozenset()), "wrong-codes"),
        ("undecided", (), Answer("rejected", 1, 1, frozenset({"sorry"})), "wrong-codes"),
        ("rejected", {"sorry"}, Answer("hang", 1), "hang"),
        ("accepted", (), Answer("hang", 1), "hang"),
        ("accepted", (), Answer("accepted", 1, 0), "right"),
        ("accepted", (), Answer("rejected", 1, 1), "refused"),
        ("accepted", (), Answer("undecided", 1, 2, frozenset()), "refused"),
    ],
)
def test_what_is_said_of_an_answer(verdict, codes, answer, finding):
    """Accepting an attack is the worst; stopping it any way will do, unless the checker gives codes."""
    case = Case("x", Path(), Path(), Path(), verdict, frozenset(codes), (), 1, "why")
    result = Result(case, answer)
    assert result.finding == finding
    assert Score((result,), 1).safe is (finding not in ("got-through", "hang"))
    assert not Score((result,), 2).safe


def test_a_checker_that_accepts_everything(report):
    """`true` lets every attack through and the command fails."""
    code, document = report(f"true {BOTH}")
    assert (code, document["safe"]) == (1, False)
    assert findings(document) == {"bomb": "got-through", "cheat": "got-through", "fair": "right"}


def test_a_checker_that_rejects_everything(report):
    """`false` is safe, and the honest proof that it refuses is named."""
    code, document = report(f"false {BOTH}")
    assert (code, document["safe"]) == (0, True)
    assert findings(document) == {"bomb": "right", "cheat": "right", "fair": "refused"}
    assert document["totals"]["refused"] == 1


def test_a_checker_that_hangs_is_killed_with_its_children(tmp_path, report):
    """A deadline for each case ends the whole process group, and a hang is no pass."""
    began = time.monotonic()
    code, document = report(script(tmp_path, f"sleep 1000 & echo $! >> {tmp_path}/pids; wait\n"), time=1.0, jobs=3)
    assert (code, set(findings(document).values())) == (1, {"hang"})
    assert time.monotonic() - began < 20
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 3
    assert not [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def test_a_checker_sees_the_files_and_no_shell(tmp_path, report):
    """Placeholders become paths, one argument each, wherever they stand; options of cases are not for strangers."""
    checker = script(tmp_path, f'echo "$#" "$3" >> {tmp_path}/seen; grep -q rfl "$2" && exit 0; exit 1\n')
    code, document = report(checker + " 'a $(b); {challenge}'")
    assert (code, findings(document)) == (0, {"bomb": "right", "cheat": "right", "fair": "right"})
    seen = (tmp_path / "seen").read_text().splitlines()
    assert len(seen) == 3
    assert all(line.startswith("3 a $(b); /") and line.endswith("challenge.lean") for line in seen)


def test_a_checker_that_floods_or_leaves_a_daemon_holds_nobody_up(tmp_path, report):
    """Output is not waited for, and what a checker leaves running is ended."""
    text = f"sleep 1000 & echo $! >> {tmp_path}/pids; head -c 20000000 /dev/zero; exit 1\n"
    began = time.monotonic()
    code, _ = report(script(tmp_path, text), only=["cheat"])
    assert code == 0
    assert time.monotonic() - began < 20
    pid = int((tmp_path / "pids").read_text())
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie":
            return
        time.sleep(0.02)
    pytest.fail("the daemon runs on")


@pytest.mark.parametrize("code", [2, 64, 124])
def test_other_exit_codes_are_undecided(tmp_path, report, code):
    """A checker that fails in another way has accepted nothing."""
    _, document = report(script(tmp_path, f"exit {code}\n"))
    assert {(r["outcome"], r["exit_code"]) for r in document["results"]} == {("undecided", code)}
    assert findings(document)["fair"] == "refused"


@pytest.mark.parametrize(
    "checker", ["true {challenge}", "true {solution}", "no-such-program {challenge} {solution}", "true 'a", ""]
)
def test_a_command_that_cannot_work_is_refused(corpus, checker):
    """A checker that would check nothing, or that is not there, starts no run."""
    with pytest.raises(UsageError, match="--checker"):
        run_cases(checker=checker, corpus=corpus)


def test_the_table_shows_what_is_wrong_and_one_line_of_totals(corpus, capsys):
    """What got through and what was refused is listed; the last line counts."""
    assert run_cases(checker=f"true {BOTH}", corpus=corpus) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[1:3]] == [["got", "through", "bomb"], ["got", "through", "cheat"]]
    assert lines[-1] == "0 of 2 attacks stopped, 1 of 1 honest proofs accepted, 2 got through, 0 hung"
    assert run_cases(checker=f"false {BOTH}", corpus=corpus) == 0
    text = capsys.readouterr().out
    assert "honest, refused" in text
    assert text.splitlines()[-1].startswith("2 of 2 attacks stopped, 0 of 1 honest")


def test_the_list_says_what_should_come_out(corpus, capsys):
    """`attacks list` shows names, rows, verdicts and codes, as a table or as JSON."""
    assert list_cases(corpus=corpus) == 0
    assert "cheat  1    rejected   sorry" in capsys.readouterr().out
    assert list_cases(corpus=corpus, only=["cheat"], json=True) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert (case["name"], case["codes"], case["about"]) == ("cheat", ["sorry"], "Why.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_prints_what_was_found(tmp_path, corpus, number):
    """Ctrl-C ends the checker at work and keeps the results that are there; the exit code says so."""
    checker = script(tmp_path, f'echo $$ >> {tmp_path}/pids; case "$1" in *bomb*) exit 1;; esac; exec sleep 1000\n')
    command = [sys.executable, "-c", MAIN, "run", "--checker", checker, "--corpus", str(corpus)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for _ in range(1000):
            if (tmp_path / "pids").exists() and len((tmp_path / "pids").read_text().split()) == 2:
                break
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(number)
        printed, complaints = process.communicate(timeout=30)
    assert process.returncode == 2
    assert b"1 of 1 attacks stopped" in printed
    assert b"2 not run" in printed
    assert b"interrupted" in complaints
    last = int((tmp_path / "pids").read_text().split()[-1])
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)


EXPRESSIBLE = {*range(1, 15), 16, *range(18, 22)}
"""Rows of the published list that the text of a solution can hold."""


def test_the_attacks_at_hand_cover_the_published_list():
    """Every row that text can express has a case, no case is to be accepted, and each says why."""
    cases = load(folder_of("attacks"))
    assert len(cases) >= 55
    assert {case.row for case in cases} >= EXPRESSIBLE
    assert not [case.name for case in cases if not case.attack]
    assert not [case.name for case in cases if len(case.about) < 60]
    assert len({case.solution.read_bytes() for case in cases}) == len(cases)


def test_the_honest_proofs_at_hand_are_to_be_accepted():
    """The other corpus holds nothing but what has to pass."""
    assert not [case.name for case in load(folder_of("honest")) if case.attack]


@pytest.mark.lean
@pytest.mark.xdist_group("corpus")
def test_our_own_checker_is_the_default_and_its_codes_count(corpus, report, installation):
    """Without --checker each case goes to `proofagent check` with its options, and the reasons are compared."""
    shutil.rmtree(corpus / "bomb")
    write_case(corpus / "odd", ABOUT.replace('["sorry"]', '["axiom"]').replace("[]", '["--time", "60"]'))
    code, document = report(None)
    assert findings(document) == {"cheat": "right", "fair": "right", "odd": "wrong-codes"}
    assert (code, document["checker"]) == (0, "proofagent check")
    assert document["results"][0]["found_codes"] == ["sorry"]
