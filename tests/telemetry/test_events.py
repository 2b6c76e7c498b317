"""Events and spans: what is in them, whose they are, and what engines and searches tell."""

import anyio
import pytest

from proofagent import telemetry
from proofagent.errors import EngineLost
from proofagent.lean.engine import Elaboration, Header, Identity
from proofagent.lean.pool import Pool
from proofagent.search.loop import search
from proofagent.search.settings import Settings
from proofagent.testing.toy import TOY_GOAL, ToyProposer, ToyProver
from proofagent.types import Budget


def test_a_span_that_fails(logged):
    """Its error is in its line, which is a warning then, and goes on."""
    events = logged("warning")
    with pytest.raises(EngineLost), telemetry.span("work", "debug", about="x"):
        raise EngineLost("it died", detail="its last words")
    (event,) = events()
    assert event.pop("seconds") >= 0
    assert event == {"event": "work", "about": "x", "error": "EngineLost: it died"}


def test_a_span_that_is_cancelled(logged):
    """That is no failure."""
    events = logged("info")

    async def work():
        with anyio.move_on_after(0), telemetry.span("work"):
            await anyio.sleep_forever()

    anyio.run(work)
    assert [(event["event"], event["ended"]) for event in events()] == [("work", "cancelled")]


def test_tasks_do_not_mix(logged):
    """What happens inside a task has its goal and its id, however many run at the same time."""
    events = logged()

    async def attempt(goal):
        with telemetry.task("attempt", goal=goal):
            async with anyio.create_task_group() as group:
                for step in range(5):
                    group.start_soon(work, goal, step)
        telemetry.event("after", of=goal)

    async def work(goal, step):
        await anyio.sleep(0.001 * (step % 3))
        with telemetry.span("step", of=goal):
            await anyio.lowlevel.checkpoint()
            await anyio.to_thread.run_sync(lambda: telemetry.event("deep", of=goal))

    async def main():
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(attempt, f"g{number}")

    anyio.run(main)
    found = events()
    inside = [event for event in found if event["event"] in ("step", "deep")]
    assert len(inside) == 200
    assert all(event["goal"] == event["of"] for event in inside)
    assert len({(event["goal"], event["attempt"]) for event in inside}) == 20
    assert all("goal" not in event for event in found if event["event"] == "after")


def test_what_serves_others_belongs_to_no_task(logged):
    """A decorated function has neither goal nor id, and what comes after it has them again."""
    events = logged("info")

    @telemetry.apart
    async def serve(word, *, loud):
        telemetry.event("served", word=word, loud=loud)
        return 7

    async def main():
        with telemetry.task("attempt", goal="g"):
            assert await serve("x", loud=True) == 7
            telemetry.event("after")

    anyio.run(main)
    served, after, _ = events()
    assert served == {"event": "served", "word": "x", "loud": True}
    assert after["goal"] == "g"


class Starts:
    """Starts engines that do nothing, once it has failed `failures` times."""

    def __init__(self, failures):
        self.failures = failures

    async def __call__(self):
        if self.failures:
            self.failures -= 1
            raise EngineLost("it could not be started")
        return Idle()


class Idle:
    identity = Identity("idle", "4.0.0", "0")
    healthy = True
    memory = 0

    async def prepare(self, _header, *, deadline):
        return Elaboration("done")

    async def elaborate(self, _header, body, *, deadline):
        self.healthy = body != "die"
        return Elaboration("done" if self.healthy else "lost", seconds=0.5)

    async def aclose(self):
        self.healthy = False


def test_engines_that_come_and_go(logged):
    """Starts, losses and replacements of a pool are events; those of a spare are nobody's."""
    events = logged()

    async def main():
        with telemetry.task("attempt", goal="g"):
            async with Pool(Starts(1), spares=1) as pool:
                await pool.elaborate(Header(("Init",)), "fine", deadline=5)
                await pool.elaborate(Header(("Init",)), "die", deadline=5)
                await pool.elaborate(Header(("Init",)), "fine", deadline=5)

    anyio.run(main)
    found = events()
    assert [(e["why"], e["goal"]) for e in found if e["event"] == "engine.lost"] == [
        ("EngineLost: it could not be started", "g")
    ]
    assert [e["healthy"] for e in found if e["event"] == "engine.replaced"] == [False]
    assert [e["status"] for e in found if e["event"] == "lean.elaborate"] == ["done", "lost", "done"]
    started = [e for e in found if e["event"] == "engine.started"]
    assert {"g", None} == {event.get("goal") for event in started}
    assert {event["engine"] for event in started} == {"idle"}


@pytest.mark.parametrize(("level", "tactics"), [("debug", True), ("info", False)])
def test_a_search_tells_what_it_tries(logged, level, tactics):
    """One line at the end; each tactic with its outcome at `debug` alone."""
    events = logged(level)

    async def main():
        proposer = ToyProposer((("done", "halve"), ("dec",)))
        return await search(TOY_GOAL, ToyProver(5), proposer, Budget(seconds=30.0), settings=Settings())

    result = anyio.run(main)
    found = events()
    (whole,) = [event for event in found if event["event"] == "search"]
    assert (whole["end"], whole["candidates"]) == (result.end, result.spent.candidates)
    tried = [event for event in found if event["event"] == "search.tactic"]
    assert bool(tried) == tactics
    assert not tactics or {"ok", "error"} >= {event["status"] for event in tried} >= {"ok"}


def test_events_after_the_end_are_nobodys(logged, capsys, tmp_path):
    """`stop` is silence, also for spans that are open: nothing goes to whatever file comes next."""
    events = logged("info")
    with telemetry.span("work"):
        telemetry.stop()
        another = (tmp_path / "another").open("w")
    telemetry.event("later")
    another.close()
    assert (events(), (tmp_path / "another").read_text(), capsys.readouterr().err) == ([], "", "")


def test_a_key_is_hidden_from_logs_that_begin_later(logged):
    """What was said to be a secret stays one."""
    telemetry.hide("some-secret-of-a-run")
    events = logged("info")
    telemetry.event("said", text="it is some-secret-of-a-run")
    assert events() == [{"event": "said", "text": "it is [key]"}]
