import json
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from tiny_package import tiny_package

from proofagent.lean import machine
from proofagent.lean.embedded import doctor
from proofagent.lean.embedded.doctor import Report, examine
from proofagent.lean.embedded.install import install
from proofagent.lean.embedded.node import Node

HERE = Path(__file__).parent


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A cache with the tiny package in it."""
    package = tiny_package()
    (tmp_path / "served.tgz").write_bytes(package.tarball)
    monkeypatch.setenv("FAKE_NPM", "ok")
    monkeypatch.setenv("FAKE_NPM_TARBALL", str(tmp_path / "served.tgz"))
    monkeypatch.setenv("FAKE_NPM_CALLS", str(tmp_path / "calls"))
    node = Node(Path(sys.executable), "24.0.0", HERE / "fake_npm.py")
    return install(tmp_path / "cache", progress=lambda *_: None, node=node, facts=package.facts), package.facts


def program(folder, name, script):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_machine_that_is_ready(installed):
    """With Node and a whole installation the report is ready and carries versions and sizes."""
    lean, facts = installed
    report = examine(lean.root.parent, facts=facts)
    assert report.ready
    assert report.node is not None
    assert report.embedded.root == lean.root
    assert (report.embedded.lean_version, report.embedded.lean_commit) == ("4.28.0-pre", "38f3c0c45b8d")
    assert report.embedded.library_bytes == 5 * len("olean0")
    assert report.embedded.engine_bytes == sum(p.stat().st_size for p in (lean.glue, lean.wasm, lean.symbols))
    assert report.cores >= 1
    assert report.memory.total > 0
    assert 0 < report.memory.available <= report.memory.total


def test_a_missing_lean_is_a_problem_with_its_command(tmp_path):
    """Nothing installed: not ready, and the command that mends it is named; the cache is not created."""
    report = examine(tmp_path / "none")
    assert not report.ready
    assert "proofagent setup" in [problem.mend for problem in report.problems]
    assert not (tmp_path / "none").exists()


def test_a_damaged_library_is_a_problem(installed):
    """A library that lost a file is installed but not ready."""
    lean, facts = installed
    next(lean.library.rglob("*.olean")).unlink()
    report = examine(lean.root.parent, facts=facts)
    assert (report.ready, report.embedded.installed) == (False, True)
    assert ["damaged" in problem.what for problem in report.problems if problem.mend == "proofagent setup"] == [True]


def test_a_missing_node_is_a_problem_with_its_command(installed, monkeypatch):
    """A Node that cannot be used is reported with the command that installs one."""
    lean, facts = installed
    monkeypatch.setenv("PROOFAGENT_NODE", "/no/such/node")
    report = examine(lean.root.parent, facts=facts)
    assert (report.ready, report.node) == (False, None)
    assert "/no/such/node" in report.problems[0].what
    assert "pip install" in report.problems[0].mend


def test_native_programs_are_asked_for_their_version(tmp_path, monkeypatch):
    """Programs that hang, fail or print junk are listed without a version and raise nothing."""
    path = tmp_path / "path"
    monkeypatch.setattr(doctor, "_SECONDS", 0.3)
    program(path, "lean", "echo 'Lean (version 4.35.0)'; echo more")
    program(path, "lake", "exec /bin/sleep 60")
    program(path, "elan", "printf '\\377\\376'; exit 1")
    monkeypatch.setenv("PATH", str(path))
    found = {entry.name: entry.version for entry in examine(tmp_path / "none").native}
    assert found == {"lean": "Lean (version 4.35.0)", "lake": None, "elan": None}


def test_little_memory_is_a_problem_that_does_not_forbid(installed, monkeypatch, tmp_path):
    """Too little memory is said, with its remedy, and the user may still try."""
    lean, facts = installed
    (tmp_path / "meminfo").write_text("MemTotal: 4000000 kB\nMemAvailable: 300000 kB\n")
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    report = examine(lean.root.parent, facts=facts)
    assert report.ready
    assert ["307 MB" in problem.what for problem in report.problems] == [True]


def test_a_containers_limit_is_its_memory(monkeypatch, tmp_path):
    """The smaller of the machine's memory and the container's limit is the total."""
    (tmp_path / "max").write_text("500000000\n")
    (tmp_path / "meminfo").write_text("MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n")
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", (tmp_path / "max", tmp_path / "absent"))
    memory = examine(tmp_path / "none").memory
    assert (memory.total, memory.available) == (500_000_000, 500_000_000)


@pytest.mark.parametrize("text", ["", "MemTotal:\nMemAvailable: many kB\n", "\0\0", "max"])
def test_unreadable_memory_figures_raise_nothing(monkeypatch, tmp_path, text):
    """Where /proc says nothing readable, the system's own page counts are used."""
    (tmp_path / "meminfo").write_text(text)
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", (tmp_path / "meminfo",))
    memory = examine(tmp_path / "none").memory
    assert memory.total is None or memory.total > 0


def test_a_report_round_trips_and_refuses_unknown_fields(installed):
    """The report is a wire format: JSON and back is equal, an unknown field is an error, and it cannot be changed."""
    lean, facts = installed
    report = examine(lean.root.parent, facts=facts)
    assert Report.model_validate_json(report.model_dump_json()) == report
    with pytest.raises(ValidationError):
        Report.model_validate({**json.loads(report.model_dump_json()), "more": 1})
    with pytest.raises(ValidationError):
        report.ready = False
