"""What kernels of Lean take and what they do not: every case, on the native and on the embedded one."""

import cases_bugs
import cases_computation
import cases_declarations
import cases_inductives
import cases_recursors
import cases_terms
import cases_universes
import pytest
from prelude import declared, mentioned
from terms import Inductive, lines, names

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.engine import OUT_OF_MEANS
from proofagent.lean.kernel.native import NativeKernel

THEMES = (
    *(cases_universes, cases_terms, cases_inductives, cases_recursors),
    *(cases_computation, cases_declarations, cases_bugs),
)
CASES = [case for theme in THEMES for case in theme.CASES]
NATIVE = NativeKernel.find()

pytestmark = pytest.mark.anyio
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def unknown(case):
    """What the last declaration mentions and nothing before it declares."""
    *before, last = case.declarations
    known = {name for each in before for name in declared(each)}
    if isinstance(last, Inductive) or last.safety == "unsafe":
        known |= set(names(last))
    return mentioned(last) - known


def judge(case, refused, accepted):
    """All before the last declaration must be taken, and the last one as `accepted` says, for a reason."""
    assert [refusal.names for refusal in refused] == ([] if accepted else [names(case.declarations[-1])]), case.why
    for refusal in refused:
        assert case.out_of_means or refusal.error not in OUT_OF_MEANS, case.why
        assert refusal.error != "unknown constant" or unknown(case), case.why


def test_every_case_has_its_name():
    assert len({case.name for case in CASES}) == len(CASES)


@every_case
def test_a_case_says_what_it_is_about(case):
    """One sentence; and what a kernel must take mentions nothing unknown."""
    assert case.why.endswith(".")
    assert not case.accepted or not unknown(case)


@every_case
@pytest.mark.skipif(NATIVE is None, reason="the native kernel is not installed")
async def test_the_native_kernel_judges(case):
    new = tuple(name for each in case.declarations for name in names(each))
    try:
        replayed = await NATIVE.replay(lines(case.declarations), new, deadline=60)
    except EngineLost:
        assert case.out_of_means, "the process died"
    else:
        judge(case, replayed.refused, case.accepted)


@pytest.mark.parametrize("word", ["fvar", "mvar"])
@pytest.mark.skipif(NATIVE is None, reason="the native kernel is not installed")
async def test_other_kinds_of_terms_cannot_be_written(word):
    """Free variables and metavariables are no part of the format."""
    with pytest.raises(EngineRefused):
        await NATIVE.replay(f'{{"{word}":0,"ie":0}}', ("t",), deadline=60)


@pytest.fixture(scope="module")
async def kept(engine_factory):
    """Engines that are used again as long as they are well."""
    engines = []
    yield engines
    for engine in engines:
        await engine.aclose()


@every_case
@pytest.mark.lean
@pytest.mark.xdist_group("kernel-cases")
async def test_the_embedded_kernel_judges(case, kept, engine_factory, tmp_path):
    if not kept or not kept[-1].healthy:
        kept.append(await engine_factory())
    replay = await kept[-1].replay((), lines(case.declarations), tmp_path / "x.olean", deadline=60)
    accepted = case.accepted if case.embedded is None else case.embedded
    if case.native_only:
        assert replay.refused, "the kernel takes what is before by now: `native_only` is out of date"
    elif case.out_of_means and replay.status != "done":
        assert not accepted
    else:
        assert replay.status == "done", replay.detail
        judge(case, replay.refused, accepted)


@pytest.mark.parametrize("word", ["fvar", "mvar"])
@pytest.mark.lean
@pytest.mark.xdist_group("kernel-cases")
async def test_other_kinds_of_terms_cannot_be_read(word, kept, engine_factory, tmp_path):
    """Nor does the embedded engine know them: it says so, or ends."""
    if not kept or not kept[-1].healthy:
        kept.append(await engine_factory())
    try:
        replay = await kept[-1].replay((), f'{{"{word}":0,"ie":0}}', tmp_path / "x.olean", deadline=60)
    except EngineRefused:
        pass
    else:
        assert replay.status == "lost"
