"""No declaration gets past the kernel of the embedded engine."""

import pytest
from tiny_package import tiny_module

from proofagent.errors import SetupError
from proofagent.lean.embedded.checked import always_checked
from proofagent.lean.engine import Header

pytestmark = pytest.mark.xdist_group("checked")


@pytest.fixture(scope="module")
async def engine(engine_factory):
    started = await engine_factory()
    yield started
    await started.aclose()


def test_a_module_without_the_functions_is_refused():
    """Where the functions to redirect are missing, nothing is installed rather than an engine with a hole."""
    with pytest.raises(SetupError, match="does not export lean_add_decl"):
        always_checked(tiny_module())


def test_nothing_to_redirect_changes_nothing():
    """A module is the same byte for byte where no function is redirected."""
    assert always_checked(tiny_module(), {}) == tiny_module()


@pytest.mark.lean
@pytest.mark.anyio
@pytest.mark.parametrize(
    "text",
    [
        "theorem false : (1 : Nat) = 2 := by\n  set_option debug.skipKernelTC true in decide +kernel",
        "set_option debug.skipKernelTC true in\ntheorem false : (1 : Nat) = 2 := by decide +kernel",
        "set_option debug.skipKernelTC true\ntheorem false : (1 : Nat) = 2 := by decide +kernel",
    ],
)
async def test_the_option_that_skips_the_kernel_has_no_effect(engine, text):
    """Lean's own way of adding a declaration unchecked ends in `sorry`, like any proof that the kernel refuses."""
    (found,) = await engine.inspect(Header(("Init",)), text, ["false"], deadline=60)
    assert found.kind == "theorem"
    assert "sorryAx" in found.constants


@pytest.mark.lean
@pytest.mark.anyio
async def test_a_right_proof_passes_under_the_option(engine):
    """The option is harmless, not forbidden: what the kernel accepts is added as ever."""
    text = "theorem true : (1 : Nat) = 1 := by\n  set_option debug.skipKernelTC true in decide +kernel"
    (found,) = await engine.inspect(Header(("Init",)), text, ["true"], deadline=60)
    assert found.kind == "theorem"
    assert "sorryAx" not in found.constants
