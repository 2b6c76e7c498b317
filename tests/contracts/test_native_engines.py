"""What every engine owes its callers, asked of a true native Lean 4.35 by both of its engines.

It has no library here: documents begin with `prelude` and bring the few declarations that they need.
"""

import time

import anyio
import psutil
import pytest

from proofagent.errors import EngineRefused
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Header, Position
from proofagent.lean.lsp.engine import LspEngine
from proofagent.lean.olean import Module
from proofagent.lean.toolchain import Lean

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("native")]

BASICS = """prelude
inductive N : Type where
  | z : N
  | s : N → N
inductive Eq : {α : Type} → α → α → Prop where
  | refl : {α : Type} → (a : α) → Eq a a
noncomputable def two : {α : Type} → (α → α) → α → α := fun f x => f (f x)
"""
BASE = Header((), BASICS)
SELF = "example : (x : N) → N := fun x => x"
WRONG = "example : N := N.w"
# Four thousand million steps, and no heartbeat stops them.
BOMB = """set_option maxHeartbeats 0
set_option maxRecDepth 1000000
noncomputable def n4 : (N → N) → N → N := two (two (α := N))
noncomputable def n16 : (N → N) → N → N := fun f => n4 (n4 f)
noncomputable def n256 : (N → N) → N → N := fun f => n16 (n16 f)
noncomputable def n64k : (N → N) → N → N := fun f => n256 (n256 f)
noncomputable def n4G : (N → N) → N → N := fun f => n64k (n64k f)
theorem bomb : Eq (n4G (fun n => N.rec (motive := fun _ => N) (N.s N.z) (fun _ _ => N.z) n) N.z) N.z := Eq.refl N.z
"""
ENGINES = {"batch": BatchEngine, "lsp": LspEngine}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("modules")


@pytest.fixture(scope="module", params=ENGINES)
async def shared(request, native_lean, folder):
    engine = await ENGINES[request.param].start(Lean(native_lean, (folder,)))
    yield engine
    await engine.aclose()


@pytest.fixture
async def engine(shared):
    return shared


@pytest.fixture
async def fresh(request, native_lean, folder, shared):
    """One that a test may spoil."""
    engine = await type(shared).start(Lean(native_lean, (folder,)))
    yield engine
    await engine.aclose()


async def errors(engine, body, header=BASE):
    outcome = await engine.elaborate(header, body, deadline=60)
    assert outcome.status == "done", outcome
    return outcome.errors


def descendants():
    return {child.pid for child in psutil.Process().children(recursive=True)}


async def test_a_native_engine_says_who_it_is(engine):
    """Version and commit are those of the program."""
    assert (engine.identity.version, len(engine.identity.commit)) == ("4.35.0", 40)
    assert ENGINES[engine.identity.engine] is type(engine)
    assert engine.healthy


async def test_what_is_right_has_no_message_natively(engine):
    """Silence is the sign that Lean has nothing to say."""
    outcome = await engine.elaborate(BASE, SELF, deadline=60)
    assert (outcome.status, outcome.messages) == ("done", ())


@pytest.mark.parametrize("body", ["", "\n\n", "-- nothing", "\r\n/- é /- in -/ -/\n -- end\n"])
async def test_a_native_body_without_commands_is_done(engine, body):
    """Nothing to elaborate is no error."""
    assert await errors(engine, body) == ()


@pytest.mark.parametrize("preamble", [BASICS, BASICS.rstrip("\n"), f"{BASICS}\n\n"])
async def test_native_places_are_those_of_the_body_in_code_points(engine, preamble):
    """Lines count from 1 behind the header, columns from 0; a character outside the BMP is one."""
    (message,) = await errors(engine, f"{SELF}\n\n/- 𝔸é😀 -/ {WRONG}\n", Header((), preamble))
    assert (message.start, message.end) == (Position(3, 25), Position(3, 28))
    assert "N.w" in message.text


async def test_native_windows_line_ends_are_line_ends(engine):
    """CRLF reads as in a file."""
    (message,) = await errors(engine, f"{SELF}\r\n{WRONG}\r\n")
    assert message.start == Position(2, 15)


async def test_messages_have_their_severity_natively(engine):
    """What is printed is no error, and neither is a warning."""
    outcome = await engine.elaborate(BASE, f"#check N\n{WRONG}", deadline=60)
    assert [(message.severity, message.start.line) for message in outcome.messages] == [("info", 1), ("error", 2)]


async def test_native_bodies_do_not_see_each_other(engine):
    """A name of one body is unknown to the next, and may be declared again."""
    for _ in range(2):
        assert await errors(engine, "def seen : N := N.z") == ()
    (message,) = await errors(engine, "example : N := seen")
    assert "seen" in message.text


async def test_native_scopes_and_options_end_with_their_body(engine):
    """Namespaces and variables that are left open reach no other body."""
    assert await errors(engine, "namespace X\nvariable (n : N)") == ()
    assert len(await errors(engine, "#check n")) == 1


async def test_a_native_body_sees_its_header_only(engine):
    """What the preamble declares is known under this header."""
    header = Header((), f"{BASICS}def known : N := N.z\n", (("pp.all", "true"),))
    header = Header((), header.preamble)
    assert await errors(engine, "example : N := known", header) == ()
    assert len(await errors(engine, "example : N := known")) == 1


async def test_prepare_tells_what_a_native_header_says(engine):
    """Messages about a preamble are answered by `prepare`, in its own lines, and not by each body."""
    header = Header((), f"{BASICS}{WRONG}\n")
    for _ in range(2):
        outcome = await engine.prepare(header, deadline=60)
        assert outcome.status == "done"
        assert [message.start.line for message in outcome.errors] == [BASICS.count("\n") + 1]
    assert await errors(engine, SELF, header) == ()


@pytest.mark.parametrize(
    "text", ["\0", "end", "theorem t :", "/-", '"', "\ud800", "#check N\n" * 2000, f"/- {'ü' * 1_000_000}\n-/"]
)
async def test_a_native_engine_takes_any_body(engine, text):
    """Whatever it is: the engine answers, stays well, and finds the error behind it."""
    outcome = await engine.elaborate(BASE, text, deadline=100)
    assert outcome.status == "done"
    assert all(message.start.line >= 1 for message in outcome.messages)
    assert len(await errors(engine, WRONG)) == 1


async def test_a_native_body_imports_nothing(engine, folder):
    """Also where nothing but imports stands before it, it begins after the header."""
    made = await engine.compile(BASE, "def other : N := N.z", folder / "Other.olean", deadline=60)
    assert made.path is not None
    found = await errors(engine, "import Other\nexample : N := other", Header((), "prelude\n"))
    assert any("import" in message.text for message in found)


async def test_what_a_native_engine_compiled_can_be_imported(engine, folder):
    """The artefact holds the declarations; another header brings them, and its closure says so."""
    made = await engine.compile(BASE, "def one : N := N.s N.z", folder / "Ones.olean", deadline=60)
    assert (made.status, made.path, made.messages) == ("done", folder / "Ones.olean", ())
    assert {"N", "one"} <= Module.open(made.path).constants.keys()
    header = Header((), "prelude\nimport Ones\n")
    for _ in range(2):
        assert await errors(engine, "example : N := one", header) == ()
        assert len(await errors(engine, "example : N := one")) == 1
    assert engine.closure(("Ones",)) == {"Ones"}


async def test_a_native_text_with_errors_has_no_artefact(engine, folder):
    """Lean's own program writes none; the messages say why."""
    made = await engine.compile(BASE, WRONG, folder / "Wrong.olean", deadline=60)
    assert (made.status, made.path, len(made.messages)) == ("done", None, 1)


async def test_a_missing_import_is_refused_natively(engine):
    """By name, and the engine can be used on."""
    for call in (engine.prepare, lambda header, deadline: engine.elaborate(header, "", deadline=deadline)):
        with pytest.raises(EngineRefused, match="Nowhere"):
            await call(Header((), "prelude\nimport Nowhere\n"), deadline=60)
    with pytest.raises(EngineRefused, match="Init"):
        await engine.prepare(Header(("Nowhere",)), deadline=60)
    assert engine.healthy
    assert await errors(engine, SELF) == ()


async def test_imports_that_fail_are_no_silence(engine, folder):
    """Two modules that contradict each other, and a damaged one: Lean elaborates nothing then, and nothing is right."""
    for name in ("Left", "Right"):
        await engine.compile(BASE, "def same : N := N.z", folder / f"{name}.olean", deadline=60)
    damaged = await anyio.Path(folder, "Left.olean").read_bytes()
    await anyio.Path(folder, "Damaged.olean").write_bytes(damaged[: len(damaged) // 2])
    for imports in ("import Left\nimport Right\n", "import Damaged\n"):
        for body in (WRONG, SELF):
            header = Header((), f"prelude\n{imports}")
            try:
                outcome = await engine.elaborate(header, body, deadline=60)
            except EngineRefused:
                continue
            assert outcome.status == "lost" or outcome.errors
    assert len(await errors(engine, WRONG)) == 1


async def test_no_words_of_a_body_are_a_missing_import(engine):
    """Only what Lean says of the header can refuse a text."""
    body = "theorem «unknown module prefix 'X'» : N := by «unknown module prefix 'X'»"
    assert await errors(engine, body) != ()


async def test_native_callers_wait_for_each_other(engine):
    """Each of many gets the answer to its own body."""
    found = {}

    async def ask(number):
        found[number] = [message.start.line for message in await errors(engine, "\n" * number + WRONG)]

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(ask, number)
    assert found == {number: [number + 1] for number in range(8)}


async def test_a_native_deadline_is_kept_and_lean_stops(engine):
    """A body that computes for ever is timed out, the next one is answered, and no processor is busy with the old."""
    assert await errors(engine, "") == ()
    began = time.monotonic()
    outcome = await engine.elaborate(BASE, BOMB, deadline=1.0)
    assert time.monotonic() - began < 6
    assert (outcome.status, outcome.messages) == ("timed-out", ())
    assert engine.healthy
    assert len(await errors(engine, WRONG)) == 1
    before = busy_seconds()
    await anyio.sleep(1)
    assert busy_seconds() - before < 0.5


def busy_seconds():
    spent = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            spent += sum(child.cpu_times()[:2])
        except psutil.Error:
            continue
    return spent


async def test_a_cancelled_caller_costs_no_native_engine(engine):
    """Whoever gives up leaves an engine that answers the next."""
    assert await errors(engine, "") == ()
    with anyio.move_on_after(0.5) as scope:
        await engine.elaborate(BASE, BOMB, deadline=60)
    assert scope.cancelled_caught
    assert engine.healthy
    assert len(await errors(engine, WRONG)) == 1


async def test_a_native_process_that_is_killed_is_lost_once(fresh):
    """The text at which it happens is neither right nor wrong; the next one is answered by another process."""
    before = descendants()
    assert await errors(fresh, "") == ()
    outcomes = []

    async def ask():
        outcomes.append(await fresh.elaborate(BASE, BOMB, deadline=60))

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await anyio.sleep(0.7)
        for pid in descendants() - before:
            psutil.Process(pid).kill()
            break
    assert [(outcome.status, outcome.messages) for outcome in outcomes] == [("lost", ())]
    assert fresh.healthy
    assert len(await errors(fresh, WRONG)) == 1


async def test_a_closed_native_engine_is_lost_and_leaves_no_process(fresh):
    """Whatever is asked afterwards; closing twice is closing."""
    before = descendants()
    assert await errors(fresh, SELF) == ()
    await fresh.aclose()
    await fresh.aclose()
    assert not fresh.healthy
    assert (await fresh.elaborate(BASE, "", deadline=5)).status == "lost"
    assert descendants() <= before


async def test_five_hundred_edits_grow_nothing(native_lean, folder):
    """Every one is answered by the same process, whose memory at the end is what it was after the first fifty."""
    engine = await LspEngine.start(Lean(native_lean, (folder,)))
    try:
        sizes = []
        for number in range(500):
            body = f"-- {number}\n" + (WRONG if number % 2 else SELF)
            assert len(await errors(engine, body)) == number % 2
            sizes.append(engine.memory)
        assert engine._server._documents == 1
        assert max(sizes[-50:]) < 1.25 * max(sizes[:50])
    finally:
        await engine.aclose()


async def test_a_worker_that_takes_too_much_memory_is_stopped(native_lean, folder):
    """Long before the machine is full: the text has no verdict, and the next one is answered by another process."""
    engine = await LspEngine.start(Lean(native_lean, (folder,), resident=170 << 20))
    try:
        assert len(await errors(engine, WRONG)) == 1
        outcome = await engine.elaborate(BASE, BOMB, deadline=30)
        assert (outcome.status, outcome.messages) == ("out-of-memory", ())
        assert len(await errors(engine, WRONG)) == 1
    finally:
        await engine.aclose()


async def test_too_little_memory_is_no_native_answer(native_lean, folder, shared):
    """Neither right nor wrong."""
    engine = await type(shared).start(Lean(native_lean, (folder,)))
    small = Lean(native_lean, (folder,), memory=200 << 20)
    engine = BatchEngine(small, engine.identity) if isinstance(engine, BatchEngine) else LspEngine(small, engine._batch)
    outcome = await engine.elaborate(BASE, SELF, deadline=60)
    assert outcome.status in ("lost", "out-of-memory")
    assert outcome.messages == ()
    await engine.aclose()
