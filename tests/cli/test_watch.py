"""`proofagent watch`: what is seen of a run from another terminal, for people, logs and programs."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import get_args

import httpx
import pytest
from rich.console import Console

from proofagent.cli.watch import picture
from proofagent.live.follow import Follower
from proofagent.live.view import View
from proofagent.runs.journal import NAME, Stopped


@pytest.fixture
def fakes(monkeypatch):
    """The fake batch of the live page's tests."""
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "live")
    import fake_batch

    return fake_batch


@pytest.fixture
def batch(fakes, tmp_path):
    """Two goals of ten: one is proved, one is being worked on."""
    batch = fakes.FakeBatch(tmp_path / "run", total=10, at=time.time() - 300)
    batch.known(0)
    batch.known(1)
    batch.begin(0)
    batch.end(0)
    batch.begin(1)
    batch.call(1)
    batch.beat()
    yield batch
    batch.close()


@pytest.fixture
def beating(batch):
    """The batch goes on giving signs of life."""
    over = threading.Event()

    def beat():
        while not over.wait(0.3):
            batch.beat()

    thread = threading.Thread(target=beat)
    thread.start()
    yield batch
    over.set()
    thread.join()


def test_a_look_is_a_line(say, batch):
    """What is most telling, on standard output; 2 says that the run is not done."""
    said = say("watch", "run", "--once")
    assert said.code == 2
    (line,) = said.out.splitlines()
    assert line.startswith("running: 1 of 10 solved (1 open, 1 proved); round 1 of 3; ")
    assert "$0.0123" in line
    assert said.err == ""


def test_a_look_for_programs_is_one_document(say, batch):
    """The same model that the live page is given."""
    said = say("watch", "run", "--json")
    view = View.model_validate_json(said.out)
    assert (said.code, view.state, view.solved, view.at_work) == (2, "running", 1, 1)


@pytest.mark.parametrize("why", get_args(Stopped.model_fields["why"].annotation))
def test_how_a_run_has_ended_is_the_exit_code(say, batch, why):
    """With or without waiting for it: it has ended."""
    batch.stop(why)
    for options in ([], ["--once"], ["--json"], ["--json", "--follow"], ["--follow", "--interval", "0.1"]):
        ran = say("watch", "run", *options)
        assert ran.code == (0 if why == "done" else 2)
        if "--json" in options:
            assert json.loads(ran.out)["why"] == why
        else:
            assert ran.out.startswith("finished: 1 " if why == "done" else f"{why.replace('-', ' ')}: 1 ")


def test_a_run_that_is_gone_is_not_waited_for(say, batch):
    """It says what goes on with it."""
    batch.beat(at=time.time() - 60)
    said = say("watch", "run")
    assert said.code == 2
    assert said.out.startswith("gone: 1 of 10 solved")
    assert "the same `proofagent batch` goes on" in said.err


def test_a_run_is_watched_to_its_end(spawn, beating):
    """A line every so often, and the last one says how it ended."""
    child = spawn("watch", "run", "--interval", "0.1")
    assert child.stdout.readline().startswith(b"running: 1 of 10")
    beating.end(1)
    while not (line := child.stdout.readline()).startswith(b"running: 2 of 10"):
        assert line.startswith(b"running: 1 of 10")
    beating.stop("done")
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, b"")
    assert out.splitlines()[-1].startswith(b"finished: 2 of 2 solved (2 proved)")


def test_views_come_one_a_line(spawn, beating):
    """For programs that follow."""
    child = spawn("watch", "run", "--json", "--follow", "--interval", "0.1")
    assert json.loads(child.stdout.readline())["state"] == "running"
    beating.stop("out-of-time")
    *_, last = child.communicate(timeout=60)[0].splitlines()
    assert (child.returncode, json.loads(last)["why"]) == (2, "out-of-time")


def test_ctrl_c_ends_the_looking_alone(spawn, beating):
    """Nothing of the run is changed."""
    child = spawn("watch", "run", "--interval", "0.1")
    child.stdout.readline()
    before = (beating.folder / NAME).read_bytes()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 2
    assert b"the run goes on as it was" in err
    assert (beating.folder / NAME).read_bytes() == before
    assert {path.name for path in beating.folder.iterdir()} <= {NAME, "live.json", "lock"}


def test_a_reader_that_has_enough_ends_it_quietly(spawn, beating):
    """`| head -1`."""
    for options in (["--json", "--follow"], []):
        child = spawn("watch", "run", "--interval", "0.1", *options)
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(timeout=60) == 2
        assert child.stderr.read() == b""


def test_a_terminal_has_a_picture(beating, tmp_path):
    """It changes in its place, and what is left at the end is one line."""
    shown, beside = pty.openpty()
    command = [sys.executable, "-m", "proofagent", "watch", "run", "--interval", "0.1"]
    package = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": package, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    child = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=beside)
    os.close(beside)
    seen = b""
    while b"case cons x xs ih" not in seen:
        seen += os.read(shown, 4096)
    beating.stop("done")
    try:
        while piece := os.read(shown, 4096):
            seen += piece
    except OSError:  # how a terminal of Linux says that nobody is at its other end
        pass
    out, _ = child.communicate(timeout=60)
    os.close(shown)
    assert child.returncode == 0
    (line,) = out.decode().splitlines()
    assert line.startswith("finished: 1 of")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    for piece in ("1 of 10 solved", "w1: 2 engines, 1.2 GB, 1 replaced", "⊢ (xs ++ ys).length", "✓ Core.List.t0"):
        assert piece in text


def drawn(view, width, height):
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, soft_wrap=True, emoji=False)
    console.print(picture(view, width, height))
    text = console.file.getvalue()
    assert set(re.findall(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]", text)) == set()
    assert set(re.findall(r"\x1b(?!\[[0-9;]*m)", text)) == set()
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize(("width", "height"), [(160, 60), (80, 24), (40, 12), (20, 5)])
def test_a_picture_fits_whatever_the_terminal(fakes, tmp_path, width, height):
    """There is more than there is room for: the head and the bar come first."""
    batch = fakes.hour(tmp_path / "run", 100)
    for number in range(30):
        batch.begin(number, 10.0)
    batch.beat()
    batch.close()
    follower = Follower(tmp_path / "run")
    follower.look()
    lines = drawn(follower.now(), width, height).splitlines()
    assert lines[1] == "━" * min(width - 1, 76)
    assert len(lines) <= max(height, 14)
    if height >= 24:
        assert any(re.fullmatch(r"and \d+ more", line) for line in lines)
        assert any("▸" in line for line in lines)


def test_a_picture_of_hostile_text_gives_a_terminal_no_orders(fakes, batch, tmp_path):
    """Colours, titles, line feeds and the like in names, ways and proofs are signs on the screen, or nothing."""
    order = "\x1b]0;owned\x07\x1b[2J\r\n\x9b31m[bold]x[/] :smile:"
    batch.known(2, name=order)
    batch.begin(2)
    batch.end(2, proof=order)
    batch.begin(1)
    pulse = batch.pulse(1, name=order, path=(order,), target=order, worker=order)
    batch.beat(pulses=(pulse,))
    follower = Follower(tmp_path / "run")
    follower.look()
    text = drawn(follower.now(), 120, 40)
    assert "[bold]x[/] :smile:" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere"], "nowhere: no run of `proofagent batch`"),
        (["."], "no run"),
        ([], "RUN"),
        (["run", "--interval", "0"], "--interval"),
        (["run", "--interval", "nan"], "--interval"),
        (["run", "--serve", "-1"], "--serve"),
        (["run", "--serve", "70000"], "--serve"),
        (["run", "--host", "localhost"], "--host goes with --serve"),
        (["run", "--serve", "0", "--json"], "--serve goes with --host alone"),
        (["run", "--serve", "0", "--once"], "--serve goes with --host alone"),
        (["run", "--serve", "0", "--host", "no..host"], "no name or address of this machine"),
        (["nowhere", "--serve", "0"], "no run"),
    ],
)
def test_what_cannot_be_watched_is_explained(say, batch, options, said):
    """In one line; nothing is printed where results are."""
    ended = say("watch", *options)
    assert ended.code == 64
    assert said in ended.err.splitlines()[0]
    assert ended.out == ""


def test_a_journal_that_is_broken_is_an_error(say, batch):
    """It names the line."""
    with (batch.folder / NAME).open("ab") as file:
        file.write(b"garbage\n")
    said = say("watch", "run", "--once")
    assert said.code == 2
    assert re.match(r"error: run/journal\.jsonl:\d+: no event of version 1", said.err)


def test_the_page_is_served_until_ctrl_c(spawn, beating):
    """The address is all that is on standard output."""
    child = spawn("watch", "run", "--serve", "0")
    address = child.stdout.readline().decode().removeprefix("live page: ").strip()
    assert httpx.get(address, trust_env=False).status_code == 200
    taken = spawn("watch", "run", "--serve", address.split(":")[2].split("/")[0])
    _, err = taken.communicate(timeout=60)
    assert (taken.returncode, b"the port is taken" in err) == (64, True)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, b"")
    assert b"Ctrl-C ends the page" in err
    assert b"Traceback" not in err


def test_whoever_serves_to_others_is_warned(spawn, beating):
    """Nothing is encrypted, and the address is a key."""
    child = spawn("watch", "run", "--serve", "0", "--host", "0.0.0.0")
    assert child.stdout.readline().startswith(b"live page: http://")
    assert b"nothing is encrypted" in child.stderr.readline()
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 0
