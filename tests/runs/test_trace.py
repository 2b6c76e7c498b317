"""Traces: written as things happen, read back whole, whatever the texts are and wherever the run was killed."""

import os
import stat
import tempfile
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.config.models import ModelSpec
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.errors import GoalError
from proofagent.goals.goal import Goal
from proofagent.llm.chat import Answer, Call, Cost, Failure, Message, Prompt, Usage
from proofagent.llm.models import open_models
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.asker import Asked, Asker, Panel
from proofagent.propose.base import Candidate
from proofagent.propose.llm import StepProposer
from proofagent.propose.prompts import load_prompts
from proofagent.runs.calls import call_model, said_model
from proofagent.runs.results import GoalResult
from proofagent.runs.trace import (
    CallLine,
    GoalLine,
    ResultLine,
    Trace,
    TriedLine,
    new_path,
    newest,
    read_trace,
    traces_folder,
)
from proofagent.search.loop import search
from proofagent.search.prover import TacticResult
from proofagent.search.settings import Tried
from proofagent.testing.model_faults import Changed, Rejected
from proofagent.testing.model_server import serving
from proofagent.testing.scripted import ScriptedModel
from proofagent.testing.toy import TOY_GOAL, ToyProver
from proofagent.types import Budget

COST = Cost(Usage(10, 5, 2), Decimal("0.25"), Usage(1, 2), Decimal("0.5"), 7)


def asked(text="⊢ p ∧ q", *, failure=None):
    prompt = Prompt((Message("system", "Be brief."), Message("user", text)), {"type": "object"})
    answers = () if failure else (Answer(text), Answer(text, "truncated"))
    return Asked("c1", "whole", Call("some/model", prompt, answers, failure, COST, tries=2, seconds=1.23456))


def tried(text="⊢ p ∧ q", call="c1"):
    children = (ProofState(parse_goals("⊢ p")), ProofState(parse_goals("h : p\n⊢ q")))
    return Tried(0, text, Candidate(text, -0.5, "step by some/model", call=call), TacticResult("ok", children), None)


def refused(text="no"):
    return Tried(3, "⊢ p", Candidate(text), TacticResult("refused", error=text), None)


def goal(text="theorem t : p"):
    return Goal("A.t", text, origin="a.lean:3:2", preamble="open Nat\n")


def result(text="intro", **options):
    made = {"name": "A.t", "origin": "", "statement": text, "digest": "", "outcome": "unproved", "end": "exhausted"}
    return GoalResult.model_validate({**made, "notes": (text,), "calls": (call_model(asked()),), **options})


def written(path, text="⊢ p ∧ q"):
    """A trace with a line of each kind that holds `text`; what it should be read as."""
    with closing(Trace(path)) as trace:
        trace.began(goal(text))
        trace.called(asked(text))
        trace.called(asked(text, failure=Failure("server-error", text, 500, 3.0)))
        trace.tried(tried(text))
        trace.tried(refused(text))
        trace.ended(result(text))
    return [
        GoalLine(name="A.t", origin="a.lean:3:2", preamble="open Nat\n", statement=text),
        CallLine(call=call_model(asked(text))),
        CallLine(call=call_model(asked(text, failure=Failure("server-error", text, 500, 3.0)))),
        TriedLine(origin="step by some/model", call="c1", tried=said_model(tried(text))),
        TriedLine(origin="", tried=said_model(refused(text))),
        ResultLine(result=result(text, calls=())),
    ]


# Written and read


@pytest.mark.parametrize(
    "text", ["⊢ p ∧ q", "a\nb\r\nc\td", "\x00\x1b[31m\x7f\x85\u2028\u2029\ufeff", '"\\"\\u0041{}', "𝔸"]
)
def test_what_is_written_is_read(tmp_path, text):
    """Every line comes back equal, control characters, quotes and line ends in its texts included."""
    path = tmp_path / "trace.jsonl"
    lines = written(path, text)
    assert list(read_trace(path)) == lines
    assert path.read_bytes().count(b"\n") == len(lines)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_text_is_written_is_read(text):
    """There is no text that breaks a line in two or does not come back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trace.jsonl")
        assert written(path, text) == list(read_trace(path))


def test_a_line_is_there_when_it_happened(tmp_path):
    """Whoever reads meanwhile sees all that has happened: nothing waits in a buffer for a run that may be killed."""
    path = tmp_path / "trace.jsonl"
    trace = Trace(path)
    assert list(read_trace(path)) == []
    for number, write in enumerate(
        [lambda: trace.began(goal()), lambda: trace.called(asked()), lambda: trace.tried(tried())]
    ):
        write()
        assert len(list(read_trace(path))) == number + 1
    trace.close()


def test_calls_are_not_written_twice(tmp_path):
    """The result of a goal is without its calls, which have lines of their own."""
    path = tmp_path / "trace.jsonl"
    written(path)
    lines = list(read_trace(path))
    assert lines[-1].result.calls == ()
    assert sum(isinstance(line, CallLine) for line in lines) == 2


def test_a_line_holds_what_was_asked_and_paid(tmp_path):
    """Prompt, answers and how they ended, tries, seconds, tokens and money; a failure with its status."""
    path = tmp_path / "trace.jsonl"
    written(path)
    call, failed = (line.call for line in read_trace(path) if isinstance(line, CallLine))
    assert [(m.role, m.text) for m in call.prompt] == [("system", "Be brief."), ("user", "⊢ p ∧ q")]
    assert [(answer.text, answer.end) for answer in call.answers] == [("⊢ p ∧ q", "complete"), ("⊢ p ∧ q", "truncated")]
    assert (call.id, call.purpose, call.model, call.tries, call.seconds) == ("c1", "whole", "some/model", 2, 1.235)
    assert call.cost.model_dump() == {
        "input_tokens": 10,
        "output_tokens": 5,
        "cached_tokens": 2,
        "dollars": 0.25,
        "unconfirmed_tokens": 3,
        "unconfirmed_dollars": 0.5,
        "unpriced_tokens": 7,
    }
    assert call.cost.tokens == 18
    assert (failed.failure.kind, failed.failure.status, failed.answers) == ("server-error", 500, ())


def test_it_is_nobody_elses(tmp_path):
    """The file can be read by its owner alone, in folders that are made for it; no file is written over."""
    path = tmp_path / "a" / "b" / "trace.jsonl"
    before = os.umask(0)
    try:
        written(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        Trace(path)


def test_a_trace_that_breaks_ends_no_run(tmp_path):
    """What cannot be written any more is not; what is there stays, and the trace says why it ends."""
    with closing(Trace(tmp_path / "trace.jsonl")) as trace:
        trace.began(goal())
        assert trace.broken == ""
        trace._file.close()
        trace.tried(tried())
        trace.ended(result())
        assert "closed file" in trace.broken
    assert [line.event for line in read_trace(trace.path)] == ["goal"]


# Halves of surrogate pairs

HALF = "\ud800 omega"


def with_half(path):
    """A trace of three goals, in the second of which is half a pair."""
    with closing(Trace(path)) as trace:
        for text in ("first", HALF, "third"):
            trace.tried(tried(text))
    return [line.tried.tactic for line in read_trace(path)]


def test_half_a_surrogate_pair_ends_no_run(tmp_path):
    """No JSON holds such a text; what was written before it is there."""
    assert with_half(tmp_path / "trace.jsonl")[0] == "first"


def test_half_a_surrogate_pair_ends_no_trace(tmp_path):
    """It is replaced or marked, in a line that is written like those after it."""
    assert with_half(tmp_path / "trace.jsonl")[-1] == "third"


@pytest.mark.anyio
async def test_no_answer_ends_a_run(tmp_path):
    """JSON may hold half a surrogate pair as an escape: what comes of it is traced, and the search goes on."""
    model = ScriptedModel(lambda _: [r'{"tactics": ["\ud800 omega", "done"]}'])
    proposer = StepProposer(Asker(Panel([model])), load_prompts())
    with closing(Trace(tmp_path / "trace.jsonl")) as trace:
        found = await search(TOY_GOAL, ToyProver(1), proposer, Budget(60), observe=lambda _graph, one: trace.tried(one))
    assert found.end == "complete"
    assert [(line.tried.tactic[-5:], line.tried.status == "ok") for line in read_trace(trace.path)] == [
        ("omega", False),
        ("done", True),
    ]


# Killed, and broken otherwise


def read_cut(path, data, size):
    path.write_bytes(data[:size])
    return list(read_trace(path))


def cuts(path, text):
    """What is written, its bytes, and for every place where a run may be killed the number of whole lines before it."""
    lines = written(path, text)
    data = path.read_bytes()
    return lines, data, [(size, data[:size].count(b"\n")) for size in range(len(data) + 1)]


def test_a_last_line_that_is_not_finished_is_left_out(tmp_path):
    """Wherever a run is killed, all lines before that are read, and nothing is said of the rest."""
    path = tmp_path / "trace.jsonl"
    lines, data, places = cuts(path, "p")
    for size, whole in places[::7] + places[-1:]:
        assert read_cut(path, data, size) == lines[:whole]


def test_a_last_letter_that_is_not_finished_is_left_out(tmp_path):
    """A run may be killed in the middle of a letter, of which Lean has many that take several bytes."""
    path = tmp_path / "trace.jsonl"
    lines, data, places = cuts(path, "⊢")
    for size, whole in places:
        if size < len(data) and data[size] & 0xC0 == 0x80:
            assert read_cut(path, data, size) == lines[:whole]


GARBAGE = {
    "no JSON": b"once upon a time\n",
    "an empty line": b"\n",
    "another value": b"[]\n",
    "nothing said": b"{}\n",
    "an unknown event": b'{"event": "lunch", "name": "t"}\n',
    "a field that is missing": b'{"event": "goal", "name": "t", "origin": "", "statement": ""}\n',
    "a field too many": b'{"event": "goal", "name": "t", "origin": "", "preamble": "", "statement": "", "more": 1}\n',
    "a number for a text": b'{"event": "goal", "name": 3, "origin": "", "preamble": "", "statement": ""}\n',
    "deep nesting": b"[" * 100_000 + b"\n",
    "NULs": b"\0" * 100 + b"\n",
    "an unfinished line in the middle": b'{"event": "goal", "name": "t"\n{"event": "goal"}\n',
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=list(GARBAGE))
@pytest.mark.parametrize("before", [0, 6])
def test_garbage_is_named_with_its_line(tmp_path, garbage, before):
    """What is no line of a trace is an error that says where; the lines before it are read."""
    path = tmp_path / "trace.jsonl"
    lines = written(path)[:before]
    data = b"".join(path.read_bytes().splitlines(keepends=True)[:before])
    path.write_bytes(data + garbage + data)
    found = []
    with pytest.raises(GoalError, match="this line is not of a trace") as caught:
        found.extend(read_trace(path))
    assert caught.value.where == f"{path}:{before + 1}"
    reading = read_trace(path)
    assert [next(reading) for _ in range(before)] == lines


def test_other_bytes_are_named_with_their_line(tmp_path):
    """A file that is no UTF-8 is broken in some line, too."""
    path = tmp_path / "trace.jsonl"
    written(path)
    path.write_bytes(path.read_bytes() + b'{"event": "\xff\xfe"}\n')
    with pytest.raises(GoalError) as caught:
        list(read_trace(path))
    assert caught.value.where == f"{path}:7"


def test_what_cannot_be_read_is_named(tmp_path):
    """A missing file and a folder are errors with the system's reason."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(GoalError) as caught:
            list(read_trace(path))
        assert caught.value.where == str(path)


# Where traces are kept


def test_the_newest_hundred_are_kept(tmp_path):
    """With the new one there are a hundred; those that go are the oldest, and other files stay."""
    old = [f"20240101-{number:06d}-000000000-goal.jsonl" for number in range(150)]
    for name in [*old, "notes.txt"]:
        (tmp_path / name).touch()
    path = new_path("t", tmp_path)
    written(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [*old[51:], path.name, "notes.txt"]
    assert newest(tmp_path) == path


def test_few_are_all_kept(tmp_path):
    """Nothing is deleted as long as there is room."""
    for number in range(99):
        (tmp_path / f"20240101-{number:06d}-000000000-goal.jsonl").touch()
    written(new_path("t", tmp_path))
    assert len(list(tmp_path.iterdir())) == 100


@given(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["../../etc/passwd", "a/b\\c", ".", "-", "x" * 999])
)
def test_a_title_is_no_path(title):
    """Whatever a goal is called, its trace is a file in the folder, with a name that every system takes."""
    folder = Path("/folder-that-is-not-there")
    path = new_path(title, folder)
    assert path.parent == folder
    assert path.suffix == ".jsonl"
    assert len(path.name.encode()) < 255
    assert not set(path.name) & set('/\\:*?"<>|\0\n')


def test_traces_have_a_folder_of_their_own(tmp_path, monkeypatch):
    """It is that of the user's state; where there is no trace yet, the error says how one comes to be."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_state_dir", lambda name: str(tmp_path / name))
    assert traces_folder() == tmp_path / "proofagent" / "traces"
    with pytest.raises(GoalError, match="there is no trace yet") as caught:
        newest()
    assert caught.value.where == str(traces_folder())
    written(new_path("t"))
    assert newest().parent == traces_folder()


# Keys


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fault", [Changed("echoes-key"), Rejected("unauthorized", echoes_key=True)], ids=["answer", "error"]
)
async def test_no_key_is_in_a_trace(tmp_path, fault):
    """A server that says the key back does not bring it into the file."""
    key = "sk-test-S3cret0123456789"
    trace = Trace(tmp_path / "trace.jsonl")
    async with serving(lambda _question: fault) as server:
        table = ModelTable(max_tokens=100, tries=1, timeout=20.0)
        spec = ModelSpec("some/model", "model", Provider(server.url, "SOME_KEY"), table, None, "unknown")
        async with open_models([spec], environment={"SOME_KEY": key, "PROOFAGENT_OFFLINE": "1"}) as models:
            asker = Asker(Panel(models.clients), "c", trace.called)
            await asker.ask("step", [(Prompt((Message("user", "?"),)), "")])
        assert key in server.questions[0].key
    trace.close()
    text = trace.path.read_text()
    assert "[key]" in text
    assert key not in text
