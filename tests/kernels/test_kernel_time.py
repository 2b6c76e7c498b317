"""A declaration that a kernel would compute with for hours ends with its deadline, and leaves nothing running."""

import time

import psutil
import pytest
from prelude import complete
from terms import Theorem, arrow, call, const, fun, lines, names

from proofagent.lean.kernel.native import NativeKernel

NATIVE = NativeKernel.find()
DEPTH = 60


def slow():
    """Whether `true` stands at all leaves of a tree of this depth, each of which is another one."""
    nat, boolean, true = const("Nat"), const("Bool"), const("Bool.true")
    path = call(const("List", 0), boolean)

    def below(side):
        return call("ih", call(const("List.cons", 0), boolean, const(side), "x"))

    both = call(
        const("Bool.rec", 1), fun(("b", boolean), body=boolean), "Bool.false", below("Bool.true"), below("Bool.false")
    )
    asked = arrow(path, boolean)
    step = fun(("n", nat), ("ih", asked), ("x", path), body=both)
    leaf = fun(("x", path), body=true)
    tree = call(
        const("Nat.rec", 1), fun(("n", nat), body=asked), leaf, step, DEPTH, call(const("List.nil", 0), boolean)
    )
    return complete(
        [Theorem("slow", call(const("Eq", 1), boolean, tree, true), call(const("Eq.refl", 1), boolean, true))]
    )


@pytest.mark.anyio
@pytest.mark.skipif(NATIVE is None, reason="the native kernel is not installed")
async def test_a_kernel_that_computes_for_ever_is_ended():
    """The deadline holds while the kernel is at work, and not only for its start."""
    declarations = slow()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await NATIVE.replay(lines(declarations), tuple(n for d in declarations for n in names(d)), deadline=4)
    assert time.monotonic() - began >= 3
    assert not [p for p in psutil.Process().children(recursive=True) if "host.py" in " ".join(p.cmdline())]
