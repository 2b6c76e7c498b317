"""Logs: off, on, to where, at which level; and what they do when they cannot be written."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
import structlog
from telemetry_programs import command, environment, read

from proofagent import telemetry
from proofagent.errors import ConfigError, UsageError

NOISE = """
import sys
from proofagent import telemetry
telemetry.event("here", number=1)
telemetry.event("detail", "debug")
with telemetry.span("work", about="x") as span:
    span.set(became="y")
with telemetry.task("attempt", goal="g"):
    telemetry.event("there", "warning")
print(sorted({name.split(".")[0] for name in sys.modules} & {"structlog", "opentelemetry"}))
"""


def test_off_means_no_output_and_no_import(run):
    """Without a variable nothing is printed, and neither library is loaded."""
    ran = run(NOISE)
    assert (ran.code, ran.out, ran.err) == (0, "[]\n", "")


@pytest.mark.parametrize("arguments", [("--help",), ("models",)])
def test_the_command_line_loads_nothing_for_it(run, arguments):
    """Nor does the command line."""
    text = f"import sys\nfrom proofagent.cli.main import main\nsys.argv[1:] = {list(arguments)}\ntry:\n    main()\n"
    text += "finally:\n    assert not {'structlog', 'opentelemetry'} & sys.modules.keys()\n"
    ran = run(text)
    assert (ran.code, ran.err.count("Traceback")) == (0, 0)


@pytest.fixture
def noise(capsys):
    """Makes some noise here, with what the environment asks for; returns what is on standard error then."""

    def make():
        telemetry.start()
        exec(NOISE, {})
        telemetry.stop()
        return capsys.readouterr().err

    return make


@pytest.mark.parametrize("level", ["", "off", "OFF", " "])
def test_off_by_name(noise, level, monkeypatch):
    """Nothing and `off` are no level."""
    monkeypatch.setenv("PROOFAGENT_LOG", level)
    assert noise() == ""


SEEN = {
    "warning": ["there"],
    "info": ["here", "work", "there", "attempt"],
    "debug": ["here", "detail", "work.began", "work", "attempt.began", "there", "attempt"],
}


@pytest.mark.parametrize("level", [*SEEN, " Debug"])
def test_a_level_says_what_is_seen(noise, level, monkeypatch):
    """Lines of JSON on standard error, from the level on."""
    monkeypatch.setenv("PROOFAGENT_LOG", level)
    assert [json.loads(line)["event"] for line in noise().splitlines()] == SEEN[level.strip().lower()]


def test_the_first_event_begins_it(run):
    """A program need not say anything but its variable; standard output is as before, and traces are not loaded."""
    ran = run(NOISE, PROOFAGENT_LOG="info")
    assert [event["event"] for event in ran.events] == SEEN["info"]
    assert (ran.told, ran.out) == ([], "['structlog']\n")


def test_a_line(noise, monkeypatch):
    """Time, level and name come first; a span has its seconds and what it was told."""
    monkeypatch.setenv("PROOFAGENT_LOG", "info")
    here, work, *_ = map(json.loads, noise().splitlines())
    assert list(here) == ["time", "level", "event", "number"]
    assert here["time"].endswith("Z")
    assert (work["about"], work["became"]) == ("x", "y")
    assert work["seconds"] >= 0


def test_a_file_by_the_environment(noise, tmp_path, monkeypatch):
    """A file alone means `info`; nothing is on standard error then."""
    monkeypatch.setenv("PROOFAGENT_LOG_FILE", str(tmp_path / "log.jsonl"))
    assert noise() == ""
    assert [event["event"] for event in read(tmp_path / "log.jsonl")] == SEEN["info"]


@pytest.mark.parametrize("bad", ["loud", "10", "info,debug", "\udcff", "trace\n"])
def test_a_level_that_is_none(bad):
    """It is refused, and the levels are named."""
    with pytest.raises(UsageError, match="debug, info, warning or off"):
        telemetry.start(bad)


@pytest.mark.parametrize("options", [("--log", "loud"), ("--log=loud", "--log-file=log.jsonl")])
def test_a_level_that_is_none_at_the_command_line(say, options):
    """One line and 64, before anything is done."""
    ran = say(*options, "models")
    assert (ran.code, ran.out) == (64, "")
    assert ran.err == "error: --log and PROOFAGENT_LOG take debug, info, warning or off, not 'loud'\n"


def test_a_level_that_is_none_in_the_environment(say, monkeypatch):
    """The variable is refused as the option is, and the option goes before it."""
    monkeypatch.setenv("PROOFAGENT_LOG", "loud")
    assert say("models").code == 64
    assert say("--log", "off", "models").code == 0


def test_a_level_that_is_none_at_the_first_event(run):
    """In a program that does not say anything itself it is an error there."""
    ran = run(NOISE, PROOFAGENT_LOG="loud")
    assert ran.err.endswith("ConfigError: --log and PROOFAGENT_LOG take debug, info, warning or off, not 'loud'\n")


def test_options_of_the_command_line(say, tmp_path, monkeypatch):
    """`--log` and `--log-file` go before the variables; nothing else is said because of them."""
    usual = say("models")
    monkeypatch.setenv("PROOFAGENT_LOG", "off")
    monkeypatch.setenv("PROOFAGENT_LOG_FILE", "x")
    ran = say("--log", "debug", "--log-file", "mine.jsonl", "models")
    telemetry.event("later", "debug")
    assert ran == usual
    assert [event["event"] for event in read(tmp_path / "mine.jsonl")] == ["later"]
    assert not (tmp_path / "x").exists()


def test_other_processes_inherit_what_was_asked_for(tmp_path, monkeypatch):
    """What `start` is told is in the environment, with a path that holds in any folder."""
    monkeypatch.chdir(tmp_path)
    telemetry.start("debug", Path("log.jsonl"))
    done = subprocess.run(
        command(NOISE), env={**environment(), "PROOFAGENT_LOG": os.environ["PROOFAGENT_LOG"],
                             "PROOFAGENT_LOG_FILE": os.environ["PROOFAGENT_LOG_FILE"]},
        cwd="/", check=True, capture_output=True,
    )  # fmt: skip
    assert done.stderr == b""
    assert len(read(tmp_path / "log.jsonl")) == 7


UNWRITABLE = {
    "a folder": lambda path: path.mkdir(),
    "in no folder": lambda _path: None,
    "a pipe that nobody reads": os.mkfifo,
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_file_that_cannot_be_written(tmp_path, name):
    """It is named at the start."""
    path = tmp_path / ("nowhere/log" if name == "in no folder" else "log")
    UNWRITABLE[name](path)
    with pytest.raises(ConfigError, match=r"the log file cannot be written: .*log"):
        telemetry.start("info", path)


def test_a_file_that_cannot_be_written_at_the_command_line(say):
    """One line and 64."""
    ran = say("--log-file", "nowhere/log.jsonl", "models")
    assert (ran.code, ran.out, ran.err.count("\n")) == (64, "", 1)
    assert "nowhere/log.jsonl" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_breaks_nothing(noise, monkeypatch):
    """Lines are lost, which is said once."""
    monkeypatch.setenv("PROOFAGENT_LOG_FILE", "/dev/full")
    assert noise() == "warning: /dev/full: lines of the log are lost: No space left on device\n"


GONE = {
    "closed": "os.close(2)",
    "a pipe whose reader has left": "r, w = os.pipe()\nos.close(r)\nos.dup2(w, 2)",
    "none at all": "sys.stderr = None",
}


@pytest.mark.parametrize("name", GONE)
def test_standard_error_that_is_gone_breaks_nothing(run, name):
    """The program goes on."""
    ran = run(f"import os, sys\n{GONE[name]}\n{NOISE}", PROOFAGENT_LOG="debug")
    assert ran.out == "['structlog']\n"


def test_what_a_killed_process_left_spoils_no_line(tmp_path):
    """A line that was cut short stays one line; the next one stands alone, and whole lines are kept."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"event": "earlier"}\n{"event": "cut sh')
    telemetry.start("info", path)
    telemetry.event("later")
    telemetry.stop()
    lines = path.read_text().splitlines()
    assert [json.loads(lines[0])["event"], lines[1], json.loads(lines[2])["event"]] == [
        "earlier", '{"event": "cut sh', "later"
    ]  # fmt: skip


def test_processes_share_a_file(tmp_path):
    """Lines of several processes stand side by side, each whole."""
    text = "from proofagent import telemetry\nfor i in range(300):\n    telemetry.event('e', i=i, text='ℕ' * 1500)\n"
    ready = environment(PROOFAGENT_LOG_FILE=tmp_path / "log.jsonl")
    for process in [subprocess.Popen(command(text), env=ready) for _ in range(2)]:
        assert process.wait(60) == 0
    assert sorted(event["i"] for event in read(tmp_path / "log.jsonl")) == sorted([*range(300)] * 2)


def on_a_terminal(text, **changes):
    """What a program writes to a terminal."""
    ours, theirs = pty.openpty()
    changed = environment(**{"TERM": "xterm", **changes})
    process = subprocess.Popen(command(text), stdin=theirs, stdout=theirs, stderr=theirs, env=changed)
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 1 << 16):
            parts.append(part)
    except OSError:
        pass  # that is how a terminal ends
    finally:
        os.close(ours)
    assert process.wait(60) == 0
    return b"".join(parts).decode()


def test_on_a_terminal_people_read():
    """Lines in colour there, and none where the terminal or the user has none."""
    shown = on_a_terminal(NOISE, PROOFAGENT_LOG="info")
    assert "\x1b[" in shown
    assert '{"' not in shown
    assert "here" in shown


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_on_a_terminal_without_colours(plain):
    """There are none where the terminal or the user wants none."""
    shown = on_a_terminal(NOISE, PROOFAGENT_LOG="info", **plain)
    assert "\x1b" not in shown
    assert "number=1" in shown


HOSTILE = """
from proofagent import telemetry
telemetry.event("said", text="a\\x1b[2J\\nb\\ud800\\x9b31m", event="mine", level=3, exc_info=True, time="now",
                stack="s")
"""


def test_no_value_gives_orders_to_a_terminal():
    """Controls and new lines of values do not get there; fields with names of the log's own keep apart."""
    shown = on_a_terminal(HOSTILE, PROOFAGENT_LOG="info", NO_COLOR="1")
    assert shown.count("\n") == 1
    assert "a\ufffd[2J ⏎ b\ufffd\ufffd31m" in shown
    assert "\x1b" not in shown
    assert "event_=mine" in shown


def test_names_that_the_log_has_itself(capsys):
    """A field called as a part of every line is one all the same."""
    telemetry.start("info")
    exec(HOSTILE, {})
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["level"]) == ("said", "info")
    own = [event[f"{name}_"] for name in ("event", "level", "exc_info", "time", "stack")]
    assert own == ["mine", 3, True, "now", "s"]


def test_a_locale_without_unicode(run):
    """Lines are JSON there too."""
    text = "from proofagent import telemetry\ntelemetry.event('e', text='∀ 𝓕')\n"
    ran = run(text, PROOFAGENT_LOG="info", PYTHONUTF8=None, PYTHONIOENCODING="ascii")
    assert ran.events[0]["text"] == "∀ 𝓕"


def test_the_program_around_keeps_its_structlog(logged):
    """Nothing is configured for others."""
    logged()
    assert not structlog.is_configured()
