"""Declarations that come as data are given to the real kernel, and only what it takes is written."""

import pytest

from proofagent.errors import EngineRefused
from proofagent.lean.engine import Header
from proofagent.lean.olean import Module, export

INIT = Header(("Init",))
pytestmark = [pytest.mark.anyio, pytest.mark.lean, pytest.mark.xdist_group("replay")]


@pytest.fixture(scope="module")
async def kept(engine_factory):
    """Engines that are used again as long as they are well."""
    engines = []
    yield engines
    for engine in engines:
        await engine.aclose()


@pytest.fixture
async def lean(kept, engine_factory):
    if not kept or not kept[-1].healthy:
        kept.append(await engine_factory())
    return kept[-1]


async def errors(engine, body):
    outcome = await engine.elaborate(INIT, body, deadline=30)
    assert outcome.status == "done", outcome
    return outcome.errors


async def replayed(engine, lines, target):
    outcome = await engine.replay(("Init",), lines, target, deadline=30)
    assert outcome.status == "done", outcome
    return outcome


PROOF = "theorem t (a b : Nat) : a + b = b + a := Nat.add_comm a b\ntheorem u : 1 + 2 = 2 + 1 := t 1 2"


async def test_a_replay_takes_what_was_proved(lean, tmp_path):
    """Declarations that one process wrote are the same after another one's kernel took them."""
    body = PROOF + (
        "\ninductive Tree (α : Type u) | leaf | node (l : Tree α) (x : α) (r : Tree α)\n"
        "structure P where (x : Nat) (h : x < 5)\nopaque secret : Nat := 7\ndef Tree.size : Tree α → Nat\n"
        "  | leaf => 0\n  | node l _ r => l.size + 1 + r.size\n"
        'def big : Nat × String := (2 ^ 70 + 340282366920938463463374607431768211457, "é\\n")'
    )
    await lean.compile(INIT, body, tmp_path / "a.olean", deadline=30)
    written = Module.open(tmp_path / "a.olean").constants
    safe = [name for name, constant in written.items() if constant.safety == "safe"]
    outcome = await replayed(lean, export(Module.open(tmp_path / "a.olean"), safe), tmp_path / "b.olean")
    taken = Module.open(tmp_path / "b.olean").constants
    assert outcome.refused == ()
    assert taken.keys() == set(safe)
    for name in safe:
        ours, theirs = written[name], taken[name]
        assert (ours.kind, ours.detail.__class__, ours.hints) == (theirs.kind, theirs.detail.__class__, theirs.hints)
        assert (ours.type_digest(), ours.value_digest()) == (theirs.type_digest(), theirs.value_digest())


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("add_comm", "mul_comm", "the value has not the type of the declaration"),
        ("add_comm", "add_nothing", "unknown constant"),
        ('"bvar":0', '"bvar":1', "the value has not the type of the declaration"),
        ('"bvar":0', '"bvar":77', None),
        ('"str":"t"}', '"str":"id"}', "already declared"),
    ],
)
async def test_a_replay_refuses_what_is_no_proof(lean, tmp_path, old, new, error):
    """A changed declaration is refused, with what rests on it, and nothing of it is written."""
    await lean.compile(INIT, PROOF, tmp_path / "a.olean", deadline=30)
    lines = export(Module.open(tmp_path / "a.olean"), ["t", "u"])
    assert old in lines
    outcome = await replayed(lean, lines.replace(old, new), tmp_path / "b.olean")
    assert outcome.refused
    assert error is None or error in [refusal.error for refusal in outcome.refused]
    left = Module.open(tmp_path / "b.olean").constants
    assert {name for refusal in outcome.refused for name in refusal.names}.isdisjoint(left)


async def test_a_replay_leaves_nothing_behind(lean, tmp_path):
    """The next replay, and the next body, do not see what the last one declared; memory stays."""
    await lean.compile(INIT, PROOF, tmp_path / "a.olean", deadline=30)
    lines = export(Module.open(tmp_path / "a.olean"), ["t", "u"])
    for _ in range(60):
        assert (await replayed(lean, lines, tmp_path / "b.olean")).refused == ()
    before = lean.memory
    for _ in range(200):
        await replayed(lean, lines, tmp_path / "b.olean")
    assert lean.memory == before
    (message,) = await errors(lean, "example := u")
    assert "Unknown identifier `u`" in message.text


@pytest.mark.parametrize(
    "lines",
    [
        "{",
        "5",
        "null",
        "[]",
        '{"thm":{}}',
        '{"const":{"name":7,"us":[]},"ie":0}',
        '{"app":{"fn":1,"arg":2},"ie":3}',
        '{"nonsense":{},"ie":0}',
        '{"quot":{"name":0}}',
        '{"inductive":{"types":[],"ctors":[],"recs":[]}}',
    ],
)
async def test_lines_that_make_no_sense_are_refused(lean, tmp_path, lines):
    """The engine says so, or ends; it never answers that all went well."""
    try:
        outcome = await lean.replay(("Init",), lines, tmp_path / "b.olean", deadline=30)
    except EngineRefused:
        assert await errors(lean, "example : 1 = 1 := rfl") == ()
    else:
        assert outcome.status == "lost"


async def test_definitions_that_need_missing_code(lean):
    """The library's compiled code is mostly missing; a definition that would need it is one all the same."""
    assert await errors(lean, "def f (l : List Nat) : List Nat := l.map (· + 1) ++ l\n#eval 1 + 1\nend") == ()
