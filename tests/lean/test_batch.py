"""The batch engine with a true native Lean, which has no library here: texts begin with `prelude`; and with fakes."""

import anyio
import psutil
import pytest

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Header
from proofagent.lean.olean import Module
from proofagent.lean.toolchain import Lean

pytestmark = pytest.mark.anyio

NUMBERS = "inductive N : Type where\n  | z : N\n  | s : N → N\n"
PRELUDE = Header((), f"prelude\n{NUMBERS}")
SELF = "example : (x : N) → N := fun x => x"
WRONG = "example : N := N.w"


def program(folder, text):
    path = folder / "lean"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
async def lean(native_lean, tmp_path):
    return await BatchEngine.start(Lean(native_lean, (tmp_path,)))


async def test_native_lean_says_who_it_is(lean):
    """Version and commit are those of the program."""
    assert (lean.identity.engine, lean.identity.version, len(lean.identity.commit)) == ("batch", "4.35.0", 40)
    assert lean.healthy


async def test_native_lean_has_nothing_to_say_of_what_is_right(lean):
    """The header is not told of again."""
    assert (await lean.elaborate(PRELUDE, SELF, deadline=30)).messages == ()
    assert (await lean.prepare(PRELUDE, deadline=30)).messages == ()


@pytest.mark.parametrize("preamble", [PRELUDE.preamble, PRELUDE.preamble.rstrip("\n"), f"{PRELUDE.preamble}\n\n"])
async def test_places_of_a_native_lean_are_those_of_the_body(lean, preamble):
    """Lines count from 1, columns from 0 in code points, however long the header is."""
    outcome = await lean.elaborate(Header((), preamble), f"{SELF}\n\n/- 𝔸é😀 -/ {WRONG}\n", deadline=30)
    (message,) = outcome.messages
    assert (outcome.status, message.severity) == ("done", "error")
    assert (message.start.line, message.start.column, message.end.column) == (3, 25, 28)
    assert "N.w" in message.text


async def test_bodies_of_a_native_lean_do_not_see_each_other(lean):
    """Each is a process of its own."""
    assert not (await lean.elaborate(PRELUDE, "def seen : N := N.z", deadline=30)).errors
    assert (await lean.elaborate(PRELUDE, "example : N := seen", deadline=30)).errors


async def test_a_native_artefact_holds_the_declarations(lean, tmp_path):
    """It can be imported by the next text, whose closure it is in."""
    made = await lean.compile(PRELUDE, "def one : N := N.s N.z", tmp_path / "Ones.olean", deadline=30)
    assert (made.status, made.path) == ("done", tmp_path / "Ones.olean")
    assert {"N", "one"} <= Module.open(made.path).constants.keys()
    user = Header(("Ones",))
    assert not (await lean.elaborate(Header((), "prelude\nimport Ones\n"), "example : N := one", deadline=30)).errors
    assert lean.closure(user.imports) == {"Ones"}


async def test_a_text_with_errors_has_no_native_artefact(lean, tmp_path):
    """Lean's own program writes none; the messages say why."""
    made = await lean.compile(PRELUDE, WRONG, tmp_path / "Wrong.olean", deadline=30)
    assert (made.status, made.path, len(made.messages)) == ("done", None, 1)
    assert not (tmp_path / "Wrong.olean").exists()


async def test_a_missing_import_is_refused_by_a_native_lean(lean):
    """By name, as every engine does; also where only its closure is asked. What it misses first here is its library."""
    with pytest.raises(EngineRefused, match="unknown module prefix 'Init'"):
        await lean.elaborate(Header(("Nowhere",)), "", deadline=30)
    with pytest.raises(EngineRefused, match="Nowhere"):
        lean.closure(("Nowhere",))


async def test_an_artefact_of_a_native_lean_needs_a_folder(lean, tmp_path):
    """Where it cannot be written the request is refused."""
    with pytest.raises(EngineRefused, match="cannot be written"):
        await lean.compile(PRELUDE, SELF, tmp_path / "no" / "X.olean", deadline=30)


async def test_what_a_native_lean_cannot_do_is_refused(lean, tmp_path):
    """Declarations without a text, and questions about them."""
    with pytest.raises(EngineRefused):
        await lean.replay((), "", tmp_path / "X.olean", deadline=30)
    with pytest.raises(EngineRefused):
        await lean.inspect(PRELUDE, SELF, ["t"], deadline=30)


@pytest.mark.parametrize("text", ["", "\0", "end", "theorem t :", "/-", '"', "\ud800", "#check N\n" * 2000])
async def test_a_native_lean_takes_any_text(lean, text):
    """Errors are messages, and no text is lost."""
    outcome = await lean.elaborate(PRELUDE, text, deadline=60)
    assert outcome.status == "done"
    assert all(message.start.line >= 1 for message in outcome.messages)


async def test_too_little_memory_is_no_answer(native_lean, tmp_path):
    """Neither accepted nor an error of the text."""
    small = await BatchEngine.start(Lean(native_lean, (tmp_path,)))
    small = BatchEngine(Lean(native_lean, (tmp_path,), memory=200 << 20), small.identity)
    outcome = await small.elaborate(PRELUDE, SELF, deadline=30)
    assert outcome.status in ("lost", "out-of-memory")
    assert outcome.messages == ()


@pytest.fixture
async def small_library(lean, tmp_path):
    """A library of one module, which Lean imports where nothing else is said."""
    await lean.compile(Header((), "prelude\n"), NUMBERS, tmp_path / "Init.olean", deadline=30)
    return Header(("Init",))


def counting(native_lean, folder):
    """A program that is the native Lean, and notes what it was started with."""
    return program(folder, f'echo "$@" >> {folder}/started\nexec {native_lean} "$@"')


async def test_a_header_that_was_read_is_loaded_from_disk_by_a_native_lean(native_lean, small_library, tmp_path):
    """Saved by the first run, loaded by the next, with the same answers; not for what is to be kept."""
    engine = await BatchEngine.start(Lean(counting(native_lean, tmp_path), (tmp_path,)))
    for _ in range(3):
        assert (await engine.elaborate(small_library, SELF, deadline=30)).messages == ()
        (message,) = (await engine.elaborate(small_library, f"\n{WRONG}", deadline=30)).messages
        assert message.start.line == 2
    await engine.compile(small_library, SELF, tmp_path / "Kept.olean", deadline=30)
    started = (tmp_path / "started").read_text(encoding="utf-8").splitlines()
    flags = [line.partition("=")[0].split()[-1] for line in started if "incr" in line]
    assert flags == ["--incr-header-save", *5 * ["--incr-load"]]
    await engine.aclose()


async def test_a_header_is_read_anew_by_a_native_lean_when_a_module_changes(native_lean, small_library, tmp_path):
    """What a changed library says is what counts, and another header has a snapshot of its own."""
    engine = await BatchEngine.start(Lean(native_lean, (tmp_path,)))
    assert not (await engine.elaborate(small_library, SELF, deadline=30)).errors
    more = Header(("Init",), "axiom n : N\n")
    assert not (await engine.elaborate(more, "#check n", deadline=30)).errors
    assert (await engine.elaborate(small_library, "#check n", deadline=30)).errors
    changed = "inductive M : Type where\n  | z : M\n"
    await engine.compile(Header((), "prelude\n"), changed, tmp_path / "Init.olean", deadline=30)
    assert not (await engine.elaborate(small_library, "example : M := M.z", deadline=30)).errors
    assert (await engine.elaborate(small_library, SELF, deadline=30)).errors
    await engine.aclose()


async def test_a_header_that_cannot_be_loaded_is_read_by_a_native_lean(native_lean, small_library, tmp_path):
    """A snapshot that is broken costs time and nothing else."""
    engine = await BatchEngine.start(Lean(native_lean, (tmp_path,)))
    assert not (await engine.elaborate(small_library, SELF, deadline=30)).errors
    folder = anyio.Path(engine._snapshots._folder.name)
    async for path in folder.iterdir():
        await path.write_bytes(b"nonsense")
    assert not (await engine.elaborate(small_library, SELF, deadline=30)).errors
    assert (await engine.elaborate(small_library, WRONG, deadline=30)).errors
    await engine.aclose()
    assert not await folder.exists()


VERSION = "Lean (version 4.28.0, x86_64-unknown-linux-gnu, commit 0123456789abcdef, Release)"


async def fake(folder, text):
    """An engine with a program that answers as Lean would where it is asked what it is, and then runs `text`."""
    script = f'[ "$1" = --version ] && echo "{VERSION}" && exit 0\n[ "$1" = --help ] && exit 0\n{text}'
    return await BatchEngine.start(Lean(program(folder, script), memory=1 << 30))


@pytest.mark.parametrize("text", ["exit 1", "echo Lean", "sleep 0", "kill -9 $$"])
async def test_what_is_no_lean_is_not_started(tmp_path, text):
    """It has to say its version."""
    with pytest.raises(EngineLost, match="is no Lean"):
        await BatchEngine.start(Lean(program(tmp_path, text)))
    with pytest.raises(EngineLost, match="cannot be started"):
        await BatchEngine.start(Lean(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("exit 1", "lost"),  # an error without a message is not an answer
        ("exit 3", "lost"),
        ("kill -9 $$", "lost"),
        ("echo 'out of memory' >&2; exit 137", "out-of-memory"),
        ("sleep 60", "timed-out"),
        ("echo noise; echo '{'; echo '{\"severity\": 3}'; exit 0", "done"),
        ("exec yes", "lost"),
    ],
)
async def test_a_program_that_misbehaves_has_no_verdict(tmp_path, text, status):
    """Its output is believed only where it ended as Lean does."""
    engine = await fake(tmp_path, text)
    outcome = await engine.elaborate(Header(()), "", deadline=1.0 if status == "timed-out" else 20.0)
    assert (outcome.status, outcome.messages) == (status, ())
    made = await engine.compile(Header(()), "", tmp_path / "X.olean", deadline=1.0)
    assert made.path is None


async def test_nothing_is_left_running(tmp_path):
    """Neither after a deadline nor after a cancellation, of the program and of what it has started."""
    engine = await fake(tmp_path, f"sleep 300 & echo $! >> {tmp_path}/pids; echo $$ >> {tmp_path}/pids; sleep 300")
    assert (await engine.elaborate(Header(()), "", deadline=1.0)).status == "timed-out"
    with anyio.move_on_after(1.0):
        await engine.elaborate(Header(()), "", deadline=60)
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    for _ in range(50):
        left = [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
        if not left:
            break
        await anyio.sleep(0.1)
    assert left == []


async def test_a_closed_batch_engine_answers_nothing_more(tmp_path):
    """Closing twice is closing."""
    engine = await fake(tmp_path, "exit 0")
    await engine.aclose()
    await engine.aclose()
    assert not engine.healthy
    assert (await engine.elaborate(Header(()), "", deadline=1)).status == "lost"
