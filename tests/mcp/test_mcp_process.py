"""The server as a process: lines that are no messages, ways to end, what is on standard output, what is left behind."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from proofagent.mcp import stdio
from proofagent.testing.model_server import serving_in_thread

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("mcp-process"), pytest.mark.timeout(600)]

HARD = "theorem hard (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n"
LONE = "\\ud800"


def over(processes, seconds=100.0):
    """Whether all processes end; a zombie has ended."""

    def runs(process):
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    end = time.monotonic() + seconds
    while any(map(runs, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def busy(raw):
    """A server that searches, and its engines."""
    server = raw()
    server.initialize()
    server.call("prove", progress="p", text=HARD, seconds=590)
    server.await_progress("candidates")
    engines = server.family()
    assert engines
    return server, engines


@pytest.mark.parametrize("way", ["end of input", "SIGTERM", "SIGINT", "SIGKILL", "nobody reads"])
def test_the_end(raw, way):
    """However the server ends, in the middle of a search, no engine is left, and nobody has to end it twice."""
    server, engines = busy(raw)
    if way == "end of input":
        server.process.stdin.close()
        server.process.stdin = None
    elif way == "nobody reads":
        server.process.stdout.close()
        server.process.stdout = None
    else:
        server.process.send_signal(getattr(signal, way))
    code = server.process.wait(timeout=200)
    assert code == (-signal.SIGKILL if way == "SIGKILL" else 0)
    assert over(engines)
    assert server.process.stderr.read() == b""


def test_the_end_before_anything(raw):
    """A server that nobody has talked to has started nothing, and ends at once; so does one whose input is a file."""
    server = raw()
    server.initialize()
    assert server.family() == []
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=200) == 0
    silent = raw()
    out, err = silent.process.communicate(timeout=200)
    assert (silent.process.returncode, out, err) == (0, b"", b"")


def test_input_and_output_that_are_files(raw, tmp_path, monkeypatch):
    """Files are read to their end and written; a request in them is answered if it takes no time."""
    asked, said = tmp_path / "asked", tmp_path / "said"
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "file", "version": "0"}}
    asked.write_text(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}) + "\n")
    server = raw()
    arguments, environ = server.process.args, psutil.Process(server.process.pid).environ()
    with asked.open("rb") as given, said.open("wb") as out:
        done = subprocess.run(arguments, stdin=given, stdout=out, env=environ, timeout=200, check=False)
    assert done.returncode == 0
    assert json.loads(said.read_text())["result"]["serverInfo"]["name"] == "proofagent"


def test_lines_that_are_no_messages(raw):
    """Whatever comes, what comes after it is answered, and standard output has messages of the protocol alone."""
    server = raw()
    server.write('{"jsonrpc": "2.0", "id": 77, "method": "tools/list"}')  # before the initialisation
    assert "error" in server.answer(77)
    server.initialize()
    server.write("no JSON")
    server.write("[" * 100_000)
    server.write("\udcff")
    server.write("7" * 10_000)
    server.write('{"jsonrpc": "1.0", "id": 5}')
    server.write("")
    server.process.stdin.write(b"x" * (stdio.MOST_LINE_BYTES + 10) + b"\n")
    assert "tools" in server.answer(server.send("tools/list"))["result"]
    assert "error" in server.answer(server.send("tools/nothing"))
    assert "error" in server.answer(server.send("tools/call", name=["prove"]))
    assert server.answer(server.send("ping"))["result"] == {}
    server.process.stdin.close()
    server.process.stdin = None
    rest = server.process.stdout.read().decode()
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert server.process.wait(timeout=200) == 0


@pytest.mark.parametrize(
    ("tool", "field"),
    [("prove", "text"), ("step", "tactic"), ("check", "solution"), ("score", "text"), ("minimize", "theorem")],
)
def test_half_a_surrogate_pair(raw, tool, field):
    """A text that is no proper Unicode text is an error of the tool, not a request without an answer."""
    arguments = {"text": "theorem t : True", "tactic": "trivial"} if tool == "step" else {"text": "theorem t : True"}
    if tool == "check":
        arguments = {"challenge": "theorem t : True := sorry"}
    server = raw()
    server.initialize()
    line = json.dumps({"name": tool, "arguments": {**arguments, field: "a\nPLACE"}}).replace("PLACE", f"x{LONE}y")
    server.write(f'{{"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {line}}}')
    result = server.answer(9)["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == f"{field}: 2:1: half a surrogate pair stands here"
    line = json.dumps({"name": tool, "arguments": {"PLACE": 1}}).replace("PLACE", LONE)
    server.write(f'{{"jsonrpc": "2.0", "id": 10, "method": "tools/call", "params": {line}}}')
    assert "error" in server.answer(10)  # the name of an argument: the SDK itself refuses it


def test_what_else_is_printed():
    """While the protocol has standard output, what anybody else prints or writes goes to standard error."""
    program = (
        "import os\n"
        "from proofagent.mcp.stdio import private_descriptors\n"
        "print('before')\n"
        "with private_descriptors() as (given, out):\n"
        "    print('printed')\n"
        "    os.system('echo by a child; cat')\n"  # which finds nothing to read
        "    os.write(out, os.read(given, 100))\n"
        "print('after')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"protocol\n", capture_output=True, timeout=200, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"before\nprotocol\nafter\n")
    assert sorted(done.stderr.split()) == [b"a", b"by", b"child", b"printed"]


def test_a_lean_that_is_missing(raw, tmp_path):
    """Without the embedded Lean the server does not start: the command that brings it is on standard error."""
    server = raw(PROOFAGENT_CACHE=tmp_path / "empty")
    out, err = server.process.communicate(timeout=200)
    assert (server.process.returncode, out) == (2, b"")
    assert b"proofagent setup" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--jobs", "0"], 64, "--jobs"),
        (["--engine", "best"], 64, "--engine takes"),
        (["--engine", "lsp"], 2, "Lake project"),
        (["--project", "nowhere"], 64, "--project names no folder"),
        (["--model", "nobody/m"], 64, "nobody"),
    ],
)
def test_options_that_cannot_be_used(raw, arguments, code, message):
    """What is wrong with the options is said on standard error; the protocol does not begin."""
    server = raw(*arguments)
    out, err = server.process.communicate(timeout=200)
    assert (server.process.returncode, out) == (code, b"")
    assert message in err.decode()


def test_a_model(raw):
    """A server that was started with a model asks it, and says that it reaches out of this machine."""
    with serving_in_thread(lambda _question: ["```lean4\nsimp [h]\n```"]) as server:
        agent = raw("--model", "scripted/m", "--base-url", server.url, "--tokens", 100_000)
        agent.initialize()
        tools = {tool["name"]: tool for tool in agent.answer(agent.send("tools/list"))["result"]["tools"]}
        assert tools["prove"]["annotations"]["openWorldHint"] is True
        assert tools["check"]["annotations"]["openWorldHint"] is False
        for seconds in (15, 100):  # on a busy machine it takes a while until the first question
            result = agent.answer(agent.call("prove", text=HARD, seconds=seconds))["result"]
            (goal,) = result["structuredContent"]["goals"]
            if goal["model_calls"]:
                break
        assert (goal["outcome"], goal["proof"]) == ("unproved", None)
        assert goal["model_calls"] > 0
        assert any("f (f n) < f (n + 1)" in question.text for question in server.questions)


def test_no_model_is_asked_unasked(raw, tmp_path):
    """Models of the user's settings file are not asked where the server was not started with --model."""
    (tmp_path / "settings.toml").write_text('profile = "a"\n[profiles.a]\nmodels = ["nobody/m"]\n')
    server = raw(PROOFAGENT_CONFIG=tmp_path / "settings.toml", XDG_CONFIG_HOME=tmp_path)
    server.initialize()
    tools = {tool["name"]: tool for tool in server.answer(server.send("tools/list"))["result"]["tools"]}
    assert tools["prove"]["annotations"]["openWorldHint"] is False


def test_help():
    """The help has what goes into a client's configuration."""
    env = {**os.environ, "COLUMNS": "200", "TERM": "dumb"}
    words = [sys.executable, "-m", "proofagent", "mcp", "--help"]
    done = subprocess.run(words, capture_output=True, env=env, timeout=200, check=False)
    assert '{"mcpServers": {"proofagent": {"command": "proofagent", "args": ["mcp"]}}}' in done.stdout.decode()
