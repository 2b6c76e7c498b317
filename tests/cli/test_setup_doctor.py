import json

import pytest

from proofagent.lean.embedded.doctor import Report


def test_doctor_without_anything(run, tmp_path, node):
    """On a machine without the embedded Lean, doctor says which command brings it and exits with 2."""
    ran = run("doctor", PROOFAGENT_CACHE=tmp_path / "none", PROOFAGENT_NODE=node.path)
    assert ran.code == 2
    assert "proofagent setup" in ran.out
    assert "not ready" in ran.out


def test_doctor_without_node(run):
    """Without Node, doctor names the command that installs it."""
    ran = run("doctor", PROOFAGENT_NODE="/nonexistent/node")
    assert (ran.code, "pip install" in ran.out) == (2, True)


def test_doctor_as_json(run, tmp_path):
    """With --json there is one document that the library's own model reads."""
    ran = run("doctor", "--json", PROOFAGENT_CACHE=tmp_path / "none")
    report = Report.model_validate_json(ran.out)
    assert (ran.code, report.ready, report.embedded.installed) == (2, False, False)
    assert {problem.mend for problem in report.problems} >= {"proofagent setup"}


def test_doctor_without_a_home(run, tmp_path):
    """An unset HOME is no reason for a traceback."""
    ran = run("doctor", "--json", HOME=None, XDG_CACHE_HOME=None)
    assert ran.code in (0, 2)
    Report.model_validate_json(ran.out)


@pytest.mark.lean
@pytest.mark.xdist_group("cli")
def test_setup_where_it_is_installed_already(run, installation):
    """Setup may be run again: it fetches nothing and says what is there."""
    ran = run("setup", "--json", seconds=60)
    assert ran.code == 0
    assert json.loads(ran.out)["root"] == str(installation.root)
    ran = run("doctor")
    assert (ran.code, ran.out.strip().split("\n")[-1]) == (0, "ready")


def test_setup_into_a_place_that_cannot_be(run, tmp_path):
    """A cache folder that cannot be made is one line of error and exit code 2."""
    (tmp_path / "file").write_text("")
    ran = run("setup", "--quiet", PROOFAGENT_CACHE=tmp_path / "file" / "cache", seconds=60)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
