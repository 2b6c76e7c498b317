"""A true native Lean 4.35 takes what is a proof and refuses what is none, whatever it is sent."""

import json
import os

import anyio
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofagent.errors import EngineError, EngineLost, EngineRefused
from proofagent.lean.kernel.native import NativeKernel
from proofagent.lean.library import Library
from proofagent.lean.olean import Kind, reach, written

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("native-kernel")]

# Prop is term 0; p → p for a proposition p is term 3; its proof is term 5, and term 7 proves nothing of the kind.
PARTS = [
    {"str": {"pre": 0, "str": "p"}, "in": 1},
    {"str": {"pre": 0, "str": "t"}, "in": 2},
    {"str": {"pre": 0, "str": "u"}, "in": 3},
    {"sort": 0, "ie": 0},
    {"bvar": 0, "ie": 1},
    {"bvar": 1, "ie": 2},
    {"forallE": {"name": 1, "type": 1, "body": 2, "binderInfo": "default"}, "ie": 3},
    {"forallE": {"name": 1, "type": 0, "body": 3, "binderInfo": "default"}, "ie": 4},
    {"lam": {"name": 1, "type": 1, "body": 1, "binderInfo": "default"}, "ie": 5},
    {"lam": {"name": 1, "type": 0, "body": 5, "binderInfo": "default"}, "ie": 6},
    {"lam": {"name": 1, "type": 1, "body": 2, "binderInfo": "default"}, "ie": 7},
    {"lam": {"name": 1, "type": 0, "body": 7, "binderInfo": "default"}, "ie": 8},
]
PROOF, WRONG, STATEMENT = 6, 8, 4


def theorem(name, value, type_=STATEMENT):
    return {"thm": {"name": name, "levelParams": [], "type": type_, "value": value, "all": [name]}}


def text(*lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(scope="module")
def kernel():
    found = NativeKernel.find()
    if found is None:
        pytest.skip("the native kernel (extra `kernel`) is not installed")
    return found


def hosts():
    """Processes of native kernels that this process has."""
    return [p for p in psutil.Process().children(recursive=True) if "host.py" in " ".join(p.cmdline())]


async def test_a_proof_is_taken_and_what_is_none_is_refused(kernel):
    """Each declaration for itself: what follows a refused one is still looked at."""
    found = await kernel.replay(text(*PARTS, theorem(3, WRONG), theorem(2, PROOF)), ("t", "u"), deadline=60)
    assert found.taken == 1
    assert [(refusal.names, refusal.error) for refusal in found.refused] == [
        (("u",), "the value has not the type of the declaration")
    ]
    assert found.version == "4.35.0"
    assert hosts() == []


async def test_a_declaration_of_the_library_without_a_body_that_fits_is_assumed(kernel):
    """It enters by its type, and where it is no proposition it is said to be opaque."""
    lines = [*PARTS, {"str": {"pre": 0, "str": "d"}, "in": 4}]
    definition = {"name": 4, "levelParams": [], "type": 4, "value": WRONG, "hints": "opaque", "safety": "safe"}
    data = {"axiom": {"name": 3, "levelParams": [], "type": 0, "isUnsafe": False}}
    found = await kernel.replay(
        text(*lines, {"def": definition | {"all": [4]}}, data, theorem(2, PROOF)), ("t",), deadline=60
    )
    assert (found.taken, found.checked, found.assumed) == (1, 0, 2)
    assert found.refused == ()
    assert found.opaque == {"u"}  # `d` is a proposition's proof, and `u` is a proposition: data


async def test_something_unsafe_is_never_assumed(kernel):
    """As an axiom it would be safe, and a theorem could rest on it."""
    unsafe = {
        "name": 3,
        "levelParams": [],
        "type": 4,
        "value": WRONG,
        "hints": "opaque",
        "safety": "unsafe",
        "all": [3],
    }
    use = {"const": {"name": 3, "us": []}, "ie": 9}
    found = await kernel.replay(text(*PARTS, {"def": unsafe}, use, theorem(2, 9)), ("t",), deadline=60)
    assert {name for refusal in found.refused for name in refusal.names} == {"t", "u"}
    assert (found.taken, found.assumed) == (0, 0)


async def test_what_a_kernel_derives_has_to_be_what_is_written(kernel, installation):
    """A recursor with another rule, or a count that is not true, is no part of the type."""
    modules = ("Init.Prelude",)
    library = Library.open((installation.library,), modules)
    made = written(reach(library.find, ["Option.rec"]).groups, "", "")
    library.close()
    assert (await kernel.replay(made, ("Option",), deadline=60)).refused == ()
    for before, after in (
        ('"numMinors":2', '"numMinors":1'),
        ('"nfields":1', '"nfields":0'),
        ('"isRec":false', '"isRec":true'),
        ('"cidx":1', '"cidx":0'),
        ('"k":false', '"k":true'),
    ):
        assert before in made
        found = await kernel.replay(made.replace(before, after), ("Option",), deadline=60)
        assert "makes something else of it" in found.refused[0].error, before


async def test_the_library_is_taken_as_it_is(kernel, installation):
    """Everything of its first two modules, inductive types and recursors included, stands in the newer kernel."""
    modules = ("Init.Prelude", "Init.Core")
    library = Library.open((installation.library,), modules)
    names = ["Nat.le_trans", "Quot.ind", "Except.rec", "Function.comp", "instDecidableEqNat", "Subarray", "Nat.rec"]
    found = reach(library.find, [name for name in names if library.find(name)])
    made = written(found.groups, "", "")
    library.close()
    answer = await kernel.replay(made, (), deadline=60)
    assert answer.refused == ()
    axioms = sum(group[0].kind is Kind.AXIOM for group in found.groups)
    assert (answer.assumed, answer.checked) == (axioms, len(found.groups) - axioms)


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        "{}",
        '{"ie": 12}',
        '{"bvar": 0, "ie": 99}',
        '{"bvar": -1, "ie": 9}',
        '{"bvar": true, "ie": 9}',
        '{"bvar": 1048575, "ie": 9}',
        '{"bvar": 1e400, "ie": 9}',
        '{"app": {"fn": -1, "arg": 0}, "ie": 9}',
        '{"app": {"fn": 9, "arg": 0}, "ie": 9}',
        '{"app": {"fn": "0", "arg": 0}, "ie": 9}',
        '{"app": [], "ie": 9}',
        '{"natVal": "-1", "ie": 9}',
        '{"natVal": "١", "ie": 9}',
        '{"natVal": 1, "ie": 9}',
        '{"strVal": 1, "ie": 9}',
        '{"strVal": "\\ud800", "ie": 9}',
        '{"sort": 1, "ie": 9}',
        '{"max": [0], "il": 1}',
        '{"num": {"pre": 0, "i": -1}, "in": 4}',
        '{"str": {"pre": 7, "str": "x"}, "in": 4}',
        '{"lam": {"name": 1, "type": 0, "body": 0, "binderInfo": "other"}, "ie": 9}',
        '{"fvar": 1, "ie": 9}',
        '{"thm": {}}',
        '{"thm": null}',
        '{"inductive": {"types": [], "ctors": [], "recs": []}}',
        '{"unknown": {"name": 1}}',
        "[" * 100_000,
    ],
)
async def test_lines_that_make_no_sense_are_refused_by_their_number(kernel, line):
    """Nothing of it reaches Lean, and the process answers."""
    with pytest.raises(EngineRefused, match="line 13: "):
        await kernel.replay(text(*PARTS) + line + "\n", (), deadline=60)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_sent_is_answered_or_refused(kernel, data):
    """Lines that were damaged by chance are never taken for a proof of what is none."""
    lines = [json.dumps(line) for line in (*PARTS, theorem(3, WRONG))]
    claim = (6, 7, 12)  # with another statement, or another value, it may be what it says it is
    at = data.draw(st.sampled_from([number for number in range(len(lines)) if number not in claim]))
    place = data.draw(st.integers(0, len(lines[at]) - 1))
    lines[at] = lines[at][:place] + data.draw(st.text(max_size=2)) + lines[at][place + 1 :]

    async def ask():
        try:
            return await kernel.replay("\n".join(lines), ("u",), deadline=60)
        except EngineError as error:
            return error

    answer = anyio.run(ask)
    asked = [*map(json.dumps, PARTS), json.dumps(theorem(3, WRONG))]
    assert isinstance(answer, EngineError) or answer.taken == 0 or lines == asked


@pytest.mark.parametrize("depth", [500, 100_000])
@pytest.mark.parametrize("innermost", [PROOF, WRONG])
async def test_a_term_of_any_depth_is_answered_or_ends_the_process(kernel, depth, innermost):
    """The stack is no place where a false proof could come from: under many binders it is what it is without them."""
    deep, statement, value = [], STATEMENT, innermost
    for at in range(9, 9 + 2 * depth, 2):
        deep.append({"forallE": {"name": 1, "type": 0, "body": statement, "binderInfo": "default"}, "ie": at})
        deep.append({"lam": {"name": 1, "type": 0, "body": value, "binderInfo": "default"}, "ie": at + 1})
        statement, value = at, at + 1
    try:
        found = await kernel.replay(text(*PARTS, *deep, theorem(2, value, statement)), ("t",), deadline=100)
    except EngineLost:
        assert depth > 500
        return
    assert found.taken == (innermost == PROOF) or (depth > 500 and found.taken == 0)


async def test_a_deadline_that_passes_at_the_start_leaves_no_process(kernel):
    """Nor does it leave an answer."""
    with pytest.raises((TimeoutError, EngineLost)):
        await kernel.replay(text(*PARTS, theorem(2, PROOF)), ("t",), deadline=0.001)
    assert hosts() == []


async def test_a_killed_kernel_is_lost_and_says_so(kernel):
    """Not an answer, and no hang."""
    many = [theorem(2, PROOF)]
    async with anyio.create_task_group() as group:

        async def kill():
            while not hosts():
                await anyio.sleep(0.01)
            for process in hosts():
                process.kill()

        group.start_soon(kill)
        with pytest.raises(EngineLost):
            await kernel.replay(text(*PARTS, *many), ("t",), deadline=60)
    assert hosts() == []


async def test_what_the_environment_says_changes_nothing(kernel, monkeypatch, tmp_path):
    """No variable and no file beside us comes into a process whose answer counts."""
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("LEAN_PATH", os.devnull)
    found = await kernel.replay(text(*PARTS, theorem(2, PROOF)), ("t",), deadline=60)
    assert found.taken == 1


async def test_a_library_that_is_none_is_said(tmp_path):
    """An installation that is broken is no answer either."""
    broken = tmp_path / "libleanshared.so"
    await anyio.Path(broken).write_bytes(b"\x7fELF no library")
    with pytest.raises(EngineLost):
        await NativeKernel(broken).replay(text(*PARTS), (), deadline=60)
