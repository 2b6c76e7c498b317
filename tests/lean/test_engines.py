"""Which engine is taken where, and a pool of native ones. elan and Lake are fakes; one test has a true native Lean."""

import pytest

from proofagent.errors import SetupError, UsageError
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Header
from proofagent.lean.engines import EMBEDDED, Choice, choose, open_pool
from proofagent.lean.lsp.engine import LspEngine
from proofagent.lean.toolchain import Lean

pytestmark = pytest.mark.anyio
VERSION = "v4.28.0"
NUMBERS = Header((), "prelude\ninductive N : Type where\n  | z : N\n")


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def environment(tmp_path):
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "nothing")}


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    write(root / "lakefile.toml", 'name = "p"\n')
    write(root / "lean-toolchain", f"leanprover/lean4:{VERSION}\n")
    return root


@pytest.fixture
def toolchain(tmp_path):
    """A fake toolchain: `lake env` says where modules are."""
    folder = tmp_path / "home" / ".elan" / "toolchains" / f"leanprover--lean4---{VERSION}" / "bin"
    for name, text in {"lean": "exit 1", "lake": "echo LEAN_PATH=.lake/build/lib/lean"}.items():
        write(folder / name, f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


def built(root):
    write(root / ".lake" / "build" / "lib" / "lean" / "P.olean")


def test_outside_a_project_it_is_the_embedded_lean(tmp_path, environment):
    """Unless another one is asked for, which then cannot be had."""
    assert choose(None, tmp_path, environment) == EMBEDDED
    for name in ("lsp", "batch"):
        with pytest.raises(SetupError, match=r"no Lake project in .*--project"):
            choose(name, tmp_path, environment)


def test_in_a_project_that_is_built_it_is_its_own_lean(root, toolchain, environment):
    """Warm, or anew for each text where that is asked for; its search path is Lake's."""
    built(root)
    choice = choose(None, root / "P" / "X.lean", environment)
    assert (choice.engine, choice.note) == ("lsp", "")
    assert choice.lean == Lean(toolchain / "lean", (root / ".lake" / "build" / "lib" / "lean",))
    assert choose("batch", root, environment).engine == "batch"
    assert choose("lsp", root, environment).engine == "lsp"
    assert choose("embedded", root, environment) == EMBEDDED


def test_a_project_that_is_not_built_says_what_mends_it(root, toolchain, environment):
    """The embedded Lean works meanwhile; whoever asks for the project's own is told the command."""
    choice = choose(None, root, environment)
    assert choice.engine == "embedded"
    assert choice.note == "the embedded Lean is used, because the project is not built; `lake build` mends that"
    with pytest.raises(SetupError, match="the project is not built; mend it with: lake build"):
        choose("lsp", root, environment)


def test_without_a_toolchain_nobody_is_told_of_one(root, environment):
    """A folder with a lakefile is no reason to speak of elan, unless its Lean is asked for."""
    built(root)
    assert choose(None, root, environment).note == ""
    with pytest.raises(SetupError, match=f"elan toolchain install leanprover/lean4:{VERSION}"):
        choose("batch", root, environment)


@pytest.mark.parametrize("name", ["", "LSP", "lean", "embedded ", "\0"])
def test_an_engine_of_another_name_is_none(tmp_path, environment, name):
    """The names that there are are in the message."""
    with pytest.raises(UsageError, match="embedded, lsp, batch"):
        choose(name, tmp_path, environment)


async def test_a_pool_of_a_native_lean_guides_warm_and_compiles_anew(native_lean, tmp_path):
    """The search has the language server; what a gate borrows is a plain run."""
    async with open_pool(Choice("lsp", Lean(native_lean, (tmp_path,)))) as pool:
        assert not pool.embedded
        assert len((await pool.elaborate(NUMBERS, "example : N := N.w", deadline=60)).errors) == 1
        async with pool.engine(NUMBERS) as engine:
            assert isinstance(engine, LspEngine)
            assert not engine.identity.sandboxed
        async with pool.fresh(NUMBERS, NUMBERS) as fresh:
            assert [type(each) for each in fresh] == [BatchEngine, BatchEngine]
        assert pool.stats.started == 1


async def test_a_pool_of_what_is_no_lean_is_lost(tmp_path):
    """It says so at the first text."""
    from proofagent.errors import EngineLost

    with pytest.raises(EngineLost, match="cannot be started"):
        async with open_pool(Choice("batch", Lean(tmp_path / "lean"))) as pool:
            await pool.elaborate(NUMBERS, "", deadline=5)
