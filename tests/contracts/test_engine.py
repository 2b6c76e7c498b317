"""What every engine owes its callers, asked of the real embedded Lean and of a fake host behind the same class.

The fake answers a few texts as Lean would, so that everything between a caller and Lean is tested on machines that
have no Lean; what only Lean itself can show is asked of the real engine alone.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import anyio
import pytest

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.engine import Engine, Header, Message, Position
from proofagent.testing import misbehaving

pytestmark = pytest.mark.anyio

INIT = Header(("Init",))
FALSE = "example : 1 = 2 := rfl"
# The kernel computes this for minutes, and no heartbeat stops it.
BOMB = "example : (List.range 30000000).foldl (· + ·) 0 = 3 := by decide +kernel"
GRACE = 6.0


@dataclass
class Case:
    name: str
    start: Callable[[], Awaitable[Engine]]
    kept: list = field(default_factory=list)

    async def engine(self):
        """One engine for all tests, started again where a test used it up."""
        if self.kept and not self.kept[-1].healthy:
            await self.kept.pop().aclose()
        if not self.kept:
            self.kept.append(await self.start())
        return self.kept[-1]


def fake_factory(folder, mode):
    node = SimpleNamespace(path=misbehaving.stand_in(folder, mode))
    nothing = SimpleNamespace(
        glue="glue",
        library="library",
        lean_version="4.0.0",
        lean_commit="0",
        manifest=SimpleNamespace(library_sha256=""),
    )
    return lambda: EmbeddedEngine.start(nothing, node)


@pytest.fixture(scope="module", params=["fake", pytest.param("embedded", marks=pytest.mark.lean)])
def factory(request, tmp_path_factory):
    if request.param == "embedded":
        return request.param, request.getfixturevalue("engine_factory")
    return request.param, fake_factory(tmp_path_factory.mktemp("fake"), "ok")


@pytest.fixture(scope="module")
async def case(factory):
    case = Case(*factory)
    yield case
    for engine in case.kept:
        await engine.aclose()


@pytest.fixture
async def engine(case):
    return await case.engine()


@pytest.fixture
async def lean(case):
    if case.name == "fake":
        pytest.skip("only Lean itself can show this")
    return await case.engine()


async def errors(engine, body, header=INIT):
    outcome = await engine.elaborate(header, body, deadline=30)
    assert outcome.status == "done", outcome
    return outcome.errors


def places(messages: tuple[Message, ...]) -> list[tuple[int, int, int, int]]:
    return [(m.start.line, m.start.column, m.end.line, m.end.column) for m in messages]


async def test_a_true_theorem_has_no_message(engine):
    """Silence is the sign that Lean has nothing to say."""
    outcome = await engine.elaborate(INIT, "theorem t : 1 = 1 := rfl", deadline=30)
    assert (outcome.status, outcome.messages) == ("done", ())
    assert engine.healthy
    assert engine.memory > 0
    assert engine.identity.version.startswith("4.")


@pytest.mark.parametrize("body", ["", "\n\n", "-- nothing", "\r\n/- é /- in -/ -/\n\t-- end\n"])
async def test_a_body_without_commands_is_done(engine, body):
    """Nothing to elaborate is no error."""
    assert await errors(engine, body) == ()


async def test_an_error_has_its_place(engine):
    """Lines count from 1, columns from 0."""
    (message,) = await errors(engine, f"theorem t : 1 = 1 := rfl\n\n  {FALSE}\n")
    assert message.text.startswith("Type mismatch")
    assert places([message]) == [(3, 21, 3, 24)]


async def test_columns_count_code_points(engine):
    """Neither bytes nor UTF-16 units: 𝔸 is one column."""
    (message,) = await errors(engine, f"/- 𝔸é∀😀 -/ {FALSE}")
    assert places([message]) == [(1, 30, 1, 33)]


async def test_positions_do_not_count_the_header(engine):
    """A preamble and options move nothing in the body."""
    header = Header(("Init",), "theorem before : 1 = 1 := rfl\n\n\n", (("maxRecDepth", "600"),))
    assert places(await errors(engine, FALSE, header)) == [(1, 19, 1, 22)]


async def test_windows_line_ends_are_line_ends(engine):
    """CRLF reads as Lean reads it in a file."""
    assert places(await errors(engine, f"theorem t : 1 = 1 := rfl\r\n{FALSE}\r\n")) == [(2, 19, 2, 22)]


async def test_a_null_character_hides_nothing(engine):
    """What stands behind a NUL is elaborated like the rest."""
    found = await errors(engine, f"theorem t : 1 = 1 := rfl\n\0\n{FALSE}")
    assert sorted((message.text.split()[0], message.start.line) for message in found) == [("Type", 3), ("expected", 2)]


async def test_a_parse_error_is_a_message(engine):
    """Text that is not Lean is answered with a place, and the engine stays."""
    (message,) = await errors(engine, "theorem t : := rfl")
    assert message.text == "unexpected token ':='; expected term"
    assert message.start == Position(1, 11)
    assert engine.healthy


async def test_a_sorry_is_a_warning_of_its_kind(engine):
    """Lean's own tag is kept."""
    outcome = await engine.elaborate(INIT, "example : 1 = 2 := by\n sorry\nexample : 1 = 1 := by sorry", deadline=30)
    assert {(message.severity, message.kind) for message in outcome.messages} == {("warning", "hasSorry")}
    assert outcome.errors == ()


async def test_a_megabyte_is_a_body(engine):
    """Size alone is no fault, and the end of it is read."""
    assert places(await errors(engine, f"/- {'ü' * 1_000_000}\n-/\n{FALSE}")) == [(3, 19, 3, 22)]


async def test_a_lone_surrogate_is_a_character(engine):
    """A string that UTF-8 cannot write does not end the engine."""
    assert await errors(engine, "/- \ud800 -/ theorem t : 1 = 1 := rfl") == ()


async def test_a_missing_import_is_refused_by_name(engine):
    """The engine says which module it does not have, and can be used on."""
    for call in (engine.prepare, lambda header, deadline: engine.elaborate(header, "", deadline=deadline)):
        with pytest.raises(EngineRefused, match="Mathlib"):
            await call(Header(("Mathlib.Tactic",)), deadline=30)
    assert engine.healthy
    assert await errors(engine, "") == ()


async def test_prepare_tells_what_the_header_says(engine):
    """Messages about a preamble are answered by `prepare`, not by each body."""
    header = Header(("Init",), f"{FALSE}\n")
    for _ in range(2):
        outcome = await engine.prepare(header, deadline=60)
        assert (outcome.status, len(outcome.errors)) == ("done", 1)
    assert await errors(engine, "", header) == ()


async def test_many_headers_are_served_in_turn(engine):
    """The oldest headers are forgotten and built again, without a difference to the caller."""
    headers = [Header(("Init",), f"theorem h{number} : 1 = 1 := rfl\n") for number in range(6)]
    for header in (*headers, *headers):
        assert len(await errors(engine, FALSE, header)) == 1


async def test_compile_writes_an_artefact(engine, tmp_path):
    """The file is there and is an .olean, for a body with errors too."""
    for number, body in enumerate(("theorem t : 1 = 1 := rfl", f"theorem t : 1 = 1 := rfl\n{FALSE}")):
        made = await engine.compile(INIT, body, tmp_path / f"{number}.olean", deadline=30)
        assert (made.status, made.path, len(made.messages)) == ("done", tmp_path / f"{number}.olean", number)
        assert made.path.read_bytes().startswith(b"olean")


async def test_an_artefact_that_cannot_be_written_is_refused(engine, tmp_path):
    """A folder that does not exist costs no engine."""
    with pytest.raises(EngineRefused, match="missing"):
        await engine.compile(INIT, "", tmp_path / "missing" / "t.olean", deadline=30)
    assert engine.healthy


async def test_inspect_says_what_became_of_names(engine):
    """Kind and constants of what a body declared; None for what does not exist."""
    body = "theorem t : 1 = 1 := rfl\ndef d := 2"
    theorem, definition, nothing = await engine.inspect(INIT, body, ["t", "d", "nothing"], deadline=30)
    assert (theorem.kind, definition.kind, nothing.kind) == ("theorem", "definition", None)
    assert {"Eq", "rfl"} <= theorem.constants
    assert theorem.type_size > 0
    assert theorem.value_size
    assert nothing.value_size is None


async def test_concurrent_callers_wait_for_each_other(engine):
    """Each of many callers gets the answer to its own body."""
    found = {}

    async def ask(number):
        found[number] = places(await errors(engine, "\n" * number + FALSE))

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(ask, number)
    assert found == {number: [(number + 1, 19, number + 1, 22)] for number in range(20)}


async def test_bodies_do_not_see_each_other(lean):
    """A theorem of one body is unknown to the next, whichever method elaborated it."""
    body = "theorem seen_once : 1 = 1 := rfl"
    assert await errors(lean, body) == ()
    await lean.inspect(INIT, body, ["seen_once"], deadline=30)
    (message,) = await errors(lean, "example : 1 = 1 := seen_once")
    assert "Unknown identifier `seen_once`" in message.text
    assert await errors(lean, body) == ()


async def test_a_body_sees_its_header(lean):
    """What the preamble declares is known, under this header only."""
    header = Header(("Init",), "theorem known : 1 = 1 := rfl\n")
    assert await errors(lean, "example : 1 = 1 := known", header) == ()
    assert len(await errors(lean, "example : 1 = 1 := known")) == 1


async def test_a_scope_that_was_left_open_ends_with_its_body(lean):
    """Namespaces, options and universes of one body do not reach the next."""
    await errors(lean, "namespace N\nuniverse u\nset_option maxRecDepth 4\nvariable (n : Nat)")
    (message,) = await errors(lean, "theorem t : 1 = 1 := rfl\n#check (n : Nat)")
    assert "Unknown identifier `n`" in message.text
    (declared,) = await lean.inspect(INIT, "theorem t : 1 = 1 := rfl", ["t"], deadline=30)
    assert declared.kind == "theorem"


async def test_the_deadline_is_kept(case, engine):
    """A body that computes for ever ends as timed out, and so does its engine; a second caller is told at once."""
    assert await errors(engine, "") == ()
    outcomes = []

    async def ask(body):
        outcomes.append(await engine.elaborate(INIT, body, deadline=1.0))

    began = time.monotonic()
    async with anyio.create_task_group() as group:
        group.start_soon(ask, BOMB)
        await anyio.sleep(0.1)
        group.start_soon(ask, "")
    assert time.monotonic() - began < 1.0 + GRACE
    assert [outcome.status for outcome in outcomes] == ["timed-out", "lost"]
    assert outcomes[0].messages == ()
    assert not engine.healthy
    assert await case.engine() is not engine


async def test_cancellation_ends_the_engine(engine, await_end):
    """A caller who is cancelled leaves an engine that says it is not healthy, and no process."""
    pid = engine.pid
    with anyio.move_on_after(0.3) as scope:
        await engine.elaborate(INIT, BOMB, deadline=60)
    assert scope.cancelled_caught
    assert not engine.healthy
    assert await await_end(pid)


async def test_closing_twice_is_closing(engine):
    """`aclose` may be called again, and whatever is asked afterwards ends as lost."""
    await engine.aclose()
    await engine.aclose()
    assert not engine.healthy
    assert (await engine.elaborate(INIT, "", deadline=5)).status == "lost"
    with pytest.raises(EngineLost):
        await engine.inspect(INIT, "", ["t"], deadline=5)


@pytest.mark.parametrize(
    "mode", ["dies", "half-line", "garbage", "broken-json", "other-id", "extra-field", "missing-field", "wrong-type"]
)
async def test_a_host_that_cannot_be_read_is_lost(tmp_path, mode):
    """Whatever is wrong with a reply, the outcome is that the engine is lost: never a guess at what it meant."""
    engine = await fake_factory(tmp_path, mode)()
    try:
        outcome = await engine.elaborate(INIT, "", deadline=20)
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert len(outcome.detail) < 5_000
        assert not engine.healthy
    finally:
        await engine.aclose()


async def test_a_reply_that_is_refusal_and_result_is_lost(tmp_path):
    """A reply of two minds is no refusal either."""
    engine = await fake_factory(tmp_path, "error-and-state")()
    assert (await engine.elaborate(INIT, "", deadline=20)).status == "lost"
    await engine.aclose()


async def test_printed_replies_are_no_replies(tmp_path):
    """A host that floods its output with forged replies still answers the truth."""
    engine = await fake_factory(tmp_path, "floods")()
    assert len(await errors(engine, FALSE)) == 1
    await engine.aclose()
