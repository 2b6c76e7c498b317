"""The parts of the server by themselves: places, texts, partial states, and what is missing."""

import subprocess
import sys
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError

import anyio
import pytest

from proofagent.cli import mcp as command
from proofagent.cli.main import main
from proofagent.errors import EngineRefused, GoalError, UsageError
from proofagent.lean.engine import Identity
from proofagent.mcp.bench import Bench, Progress
from proofagent.mcp.partial import best_partial
from proofagent.mcp.texts import completed, first_goal, source_of, work_of
from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import OpenGoal, ProofState
from proofagent.propose.team import tactics_team


def state(target):
    return ProofState((OpenGoal((), target),))


class Engine:
    """What the bench asks an engine."""

    def __init__(self, *, sandboxed):
        self.identity = Identity("fake", "4.28.0", "", sandboxed=sandboxed)

    def closure(self, imports):
        if "Nowhere" in imports:
            raise EngineRefused("unknown module 'Nowhere'")
        return frozenset(imports)


class Engines:
    """A pool, as far as the bench knows one."""

    def __init__(self, *, sandboxed, embedded=False):
        self.embedded, self._engine = embedded, Engine(sandboxed=sandboxed)
        self.borrowed = 0

    def warm(self, header):
        pass

    @asynccontextmanager
    async def engine(self, header):
        self.borrowed += 1
        yield self._engine


def bench(pool=None, places=2, *, trusted=False):
    return Bench(pool, tactics_team, 0, asks=False, trusted=trusted, _places=anyio.CapacityLimiter(places))


@pytest.mark.anyio
async def test_places_are_bounded():
    """No more calls work at a time than there are places; too many that wait are refused."""
    shared, at_work, most, refused = bench(), 0, 0, 0

    async def work():
        nonlocal at_work, most, refused
        try:
            async with shared.place():
                at_work += 1
                most = max(most, at_work)
                await anyio.sleep(0.001)
                at_work -= 1
        except UsageError:
            refused += 1

    async with anyio.create_task_group() as group:
        for _ in range(110):
            group.start_soon(work)
    assert (most, refused) == (2, 8)


@pytest.mark.anyio
async def test_programs_need_a_sandbox():
    """A Lean without a sandbox gets no text that runs programs, unless whoever started the server trusts all texts."""
    program = "#eval IO.println 1\ntheorem t : True"
    with pytest.raises(UsageError, match="`#eval` runs a program"):
        await bench(Engines(sandboxed=False)).demand(("Init",), ["theorem u : True", program])
    await bench(Engines(sandboxed=False)).demand(("Init",), ["theorem u : True"])
    await bench(Engines(sandboxed=False), trusted=True).demand(("Init",), [program])
    await bench(Engines(sandboxed=True)).demand(("Init",), [program])


@pytest.mark.anyio
async def test_modules_that_are_not_there():
    """The error says what may be done about it; a module that is there is looked for once."""
    for embedded, hint in ((True, "--project DIR"), (False, "lake build")):
        with pytest.raises(UsageError, match=f"unknown module 'Nowhere'; .*{hint}"):
            await bench(Engines(sandboxed=True, embedded=embedded)).demand(("Init", "Nowhere"), [])
    pool = Engines(sandboxed=True)
    shared = bench(pool)
    await shared.demand(("Init",), [])
    await shared.demand(("Init",), [])
    assert pool.borrowed == 1


def test_progress():
    """The total is known only as long as it is kept to."""
    progress = Progress()
    assert progress.total is None
    progress.start("work", 1_000.0)
    assert progress.total >= 1_000.0
    progress.start("more", -1.0)
    assert (progress.message, progress.total) == ("more", None)


def test_texts_and_statements():
    """A text with `sorry`s is a file, one without is a statement; messages name neither folder nor server."""
    file = work_of("import Std\n\ntheorem t : 1 = 1 := sorry\ntheorem u : 2 = 2 := by sorry\n", None)
    assert [goal.origin for goal in file.goals] == ["text.lean:3:21", "text.lean:4:24"]
    assert (str(file.file.path), file.imports) == ("text.lean", ("Init", "Std"))
    assert file.goals[0].position.path == "text.lean"
    assert [goal.name for goal in work_of(file.file.text, "u").goals] == ["u"]
    statement = work_of("theorem N.t : 1 = 1", "t")
    assert (statement.file, statement.goals[0].name) == (None, "N.t")
    assert first_goal("theorem t : 1 = 1 := sorry\ntheorem u : 1 = 1 := sorry", "u").name == "u"
    for read in (
        lambda: work_of("theorem t : 1 = 1 := sorry /-", None),
        lambda: source_of("import 1", "solution.lean"),
    ):
        with pytest.raises(GoalError) as error:
            read()
        assert "proofagent-mcp" not in str(error.value)


def test_a_completed_text():
    """What comes back for a statement is a whole text, with what stood before it."""
    (goal,) = work_of("import Std\nopen Nat in\ntheorem t : 1 = 1", None).goals
    assert completed(goal, "rfl") == "import Std\nopen Nat in\ntheorem t : 1 = 1 := by\n  rfl\n"


def test_line_ends_and_marks_stay():
    """A text is read byte for byte."""
    assert source_of("\ufeffimport Std\r\ntheorem t : True := by\r\n  trivial\r\n").body.count("\r\n") == 2


def test_the_best_partial_state():
    """The way with the highest value is followed: its tactics, proved parts whole, and `sorry` for what is left."""
    worth = {"a": 0.5, "b": 0.1, "good": 0.9, "left": 0.8, "done": 0.9, "end": 0.4}
    graph = ProofGraph(state("a"), estimate=lambda s: worth[s.main.target])
    assert best_partial(graph) is None
    graph.add_step(0, "worse", (state("b"),))
    split = graph.add_step(0, "better", (state("done"), state("good")))
    done, good = split.children
    graph.add_step(done, "rfl", ())
    graph.add_step(good, "simp", (state("left"),))
    found = best_partial(graph)
    assert found.script == "better\n· rfl\n· simp\n  sorry"
    assert [goal.target for goal in found.goals] == ["left"]


def test_a_long_partial_state():
    """A way that is longer than anybody reads is cut off."""
    graph, at = ProofGraph(state("0")), 0
    for number in range(1, 300):
        (at,) = graph.add_step(at, f"t{number}", (state(str(number)),)).children
    found = best_partial(graph)
    assert found.script.count("\n") == 100
    assert [goal.target for goal in found.goals] == ["100"]


def missing(_name):
    raise PackageNotFoundError


@pytest.mark.parametrize(
    ("found", "message"), [(missing, "is not installed"), (lambda _name: "2.0.1", "version 2.0.1")]
)
def test_without_the_sdk(monkeypatch, capsys, found, message):
    """Where the extra is missing, or is another one, the command that brings it is named."""
    monkeypatch.setattr(sys, "argv", ["proofagent", "mcp"])
    monkeypatch.setattr(command, "version", found)
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert message in said.err
    assert 'pip install "proofagent[mcp]"' in said.err


def test_the_sdk_is_optional():
    """The rest of the command line loads without the SDK."""
    program = (
        "import sys; sys.modules['mcp'] = None; import proofagent.cli.main; print('proofagent.mcp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=200, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"False\n")
