"""The adapter for lean-dojo. Real: the package, its Dojo, its goal parser, git. Fake: `lake`, and the trace of the toy.

The fake `lake` is `fake_dojo_repl.py`, which speaks the REPL's protocol about toy goals; no Lean is started here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError

import anyio
import psutil
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import EngineLost, EngineRefused, SetupError, UsageError
from proofagent.lean.dojo import package as package_module
from proofagent.lean.dojo import session as session_module
from proofagent.lean.dojo.package import TracedTheorem, closing_git, load, parse_goals, repository_of, require_trace
from proofagent.lean.dojo.session import DojoSession, DojoState
from proofagent.proof import state as ours
from proofagent.proof.graph import ROOT, Frame, ProofGraph
from proofagent.proof.script import parse, render
from proofagent.proof.state import ProofState
from proofagent.search.dojo_prover import DojoProver, Turn, open_goals, way
from proofagent.search.loop import search
from proofagent.search.prover import StartFailed
from proofagent.search.settings import Settings
from proofagent.testing.toy import TOY_GOAL, ToyProposer, check
from proofagent.types import Budget

pytestmark = [
    pytest.mark.anyio,
    # lean-dojo leaves files for the garbage collector to close, and pexpect forks.
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning"),
]

FAKE = Path(__file__).with_name("fake_dojo_repl.py")
NUMBERS = {"Toy.one": 1, "Toy.five": 5, "Toy.eight": 8, "Toy.twelve": 12}
SOURCE = "".join(f"theorem {name} : {number} := by\n  sorry\n\n" for name, number in NUMBERS.items())
PATIENT = 60.0


@pytest.fixture(scope="module")
def lean_dojo(tmp_path_factory):
    """The real package with a cache of its own, offline."""
    cache = tmp_path_factory.mktemp("dojo") / "cache"
    cache.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CACHE_DIR", str(cache))
        patch.setenv("DISABLE_REMOTE_CACHE", "1")
        patch.delenv("GITHUB_ACCESS_TOKEN", raising=False)
        module = pytest.importorskip("lean_dojo", reason='needs `pip install "proofagent[dojo]"`')
        caching = sys.modules["lean_dojo.data_extraction.cache"]
        before = caching.cache.cache_dir, caching.cache.lock
        patch.setattr(caching, "DISABLE_REMOTE_CACHE", True)
        object.__setattr__(caching.cache, "cache_dir", cache)
        object.__setattr__(caching.cache, "lock", FileLock(cache.with_suffix(".lock")))
        yield module
        object.__setattr__(caching.cache, "cache_dir", before[0])
        object.__setattr__(caching.cache, "lock", before[1])


def git(folder, *arguments):
    # What git tidies up behind our back would change the folder while lean-dojo copies it.
    settings = ("user.name=toy", "user.email=toy@example.org", "commit.gpgsign=false", "maintenance.auto=false")
    told = [word for setting in settings for word in ("-c", setting)]
    done = subprocess.run(["git", "-C", folder, *told, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder, files):
    """A real git repository with one commit, on the branch `main`; returns the commit."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "toy")
    return git(folder, "rev-parse", "HEAD")


def traced_tree(source):
    """What lean-dojo's ExtractData.lean would write of a file of toy theorems: their syntax, with byte offsets."""

    def leaf(kind, text, at, **more):
        start = len(source[:at].encode())
        info = {"original": {"leading": "", "pos": start, "trailing": "", "endPos": start + len(text.encode())}}
        return {kind: {"info": info, "val": text, **more}}

    def node(kind, *arguments):
        return {"node": {"info": "none", "kind": f"Lean.Parser.{kind}", "args": list(arguments)}}

    commands = [node("Module.header")]
    for match in re.finditer(r"(theorem) (\S+) (:) (\d+) (:=) (by)\n  (sorry)", source):
        word = [leaf("atom", text, match.start(group)) for group, text in enumerate(match.groups(), 1)]
        name = leaf("ident", match[2], match.start(2), rawVal=match[2], preresolved=[])
        proof = node("Command.declValSimple", word[4], node("Toy.proof", word[5], word[6]))
        parts = (word[0], node("Command.declId", name), node("Command.declSig", word[2], word[3]), proof)
        commands.append(node("Command.declaration", node("Command.declModifiers"), node("Command.theorem", *parts)))
    return {"commandASTs": commands, "tactics": [], "premises": []}


@pytest.fixture(scope="module")
def toy(lean_dojo, tmp_path_factory):
    """A real git repository of toy theorems, its forged trace in lean-dojo's cache, and the folder of the fake lake."""
    folder = tmp_path_factory.mktemp("toys")
    files = {"Toy.lean": SOURCE, "lean-toolchain": "leanprover/lean4:v4.9.0\n", "lakefile.toml": 'name = "toy"\n'}
    commit = repository(folder / "toy", files)
    theorem = TracedTheorem(str(folder / "toy"), commit, "Toy.lean", "Toy.eight")
    known = repository_of(load(), theorem)
    root = package_module.importlib.import_module("lean_dojo.data_extraction.cache").cache.cache_dir
    trace = root / known.get_cache_dirname() / known.name
    (trace / ".lake/build/ir").mkdir(parents=True)
    (trace / ".lake/build/ir/Toy.ast.json").write_text(json.dumps(traced_tree(SOURCE)), encoding="utf-8")
    (trace / ".lake/build/ir/Toy.dep_paths").write_text("", encoding="utf-8")
    (trace / "Toy.lean").write_text(SOURCE, encoding="utf-8")
    (trace / "Lean4Repl.lean").write_text("-- the fake has no use for it\n", encoding="utf-8")
    (folder / "bin").mkdir()
    lake = folder / "bin/lake"
    lake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n', encoding="utf-8")
    lake.chmod(0o755)
    (folder / "bin/git").symlink_to(shutil.which("git"))
    return SimpleNamespace(theorem=theorem, trace=trace, bin=folder / "bin")


def named(toy, name):
    return TracedTheorem(toy.theorem.repository, toy.theorem.commit, "Toy.lean", name)


@pytest.fixture
def lake(toy, monkeypatch):
    """The toy with its fake lake on PATH; whatever a test does, it leaves nothing behind."""
    monkeypatch.setenv("PATH", f"{toy.bin}{os.pathsep}{os.environ['PATH']}")
    folder, files = Path.cwd(), psutil.Process().num_fds()
    yield toy
    assert not psutil.Process().children(recursive=True)
    assert [path.name for path in toy.trace.glob("*.lean")] in (
        ["Lean4Repl.lean", "Toy.lean"],
        ["Toy.lean", "Lean4Repl.lean"],
    )
    assert Path.cwd() == folder
    assert psutil.Process().num_fds() <= files + 2  # the event loop's threads come and go


@pytest.fixture
def opened(lake):
    @asynccontextmanager
    async def opened(name="Toy.eight"):
        session = await DojoSession.open(named(lake, name), deadline=PATIENT)
        try:
            yield session
        finally:
            await session.aclose()

    return opened


# ---- the package ----


@pytest.mark.parametrize("what", [lambda: parse_goals("⊢ 1"), load])
def test_without_the_package_the_command_that_installs_it_is_named(what, monkeypatch):
    """Where lean-dojo is missing, the error says how to get it."""
    monkeypatch.setitem(sys.modules, "lean_dojo", None)
    with pytest.raises(SetupError, match=r'pip install "proofagent\[dojo\]"'):
        what()


def test_a_package_that_breaks_on_import_is_reported(monkeypatch, tmp_path):
    """Whatever lean-dojo runs into while it is imported becomes one line for people; the environment is as before."""
    (tmp_path / "lean_dojo.py").write_text("raise RuntimeError('no git here')\n", encoding="utf-8")
    monkeypatch.delitem(sys.modules, "lean_dojo", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("DISABLE_REMOTE_CACHE", raising=False)
    with pytest.raises(SetupError, match="no git here"):
        load()
    assert "DISABLE_REMOTE_CACHE" not in os.environ


def test_nothing_is_imported_before_it_is_needed():
    """The adapter and the prover load without lean-dojo, installed or not."""
    code = "import sys, proofagent.search.dojo_prover; sys.exit('lean_dojo' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- the real goal parser ----

TEXTS = [
    "⊢ True",
    "⊢ 1 + 1 = 2",
    "n : Nat\n⊢ n = n",
    "a b : Nat\n⊢ a + b = b + a",
    "a b c : Nat\nh : a ≤ b\n⊢ a ≤ b + c",
    "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q",
    "case left\np q : Prop\n⊢ p",
    "case left\np : Prop\n⊢ p\n\ncase right\np : Prop\n⊢ q",
    "case h.left.inl\np : Prop\n⊢ p",
    "α : Type u_1\ninst✝ : Group α\na : α\n⊢ a * 1 = a",
    "α : Type u\ninst✝¹ : Group α\ninst✝ : Fintype α\n⊢ True",
    "x✝ : Nat\n⊢ 0 ≤ 1",
    "f : Nat → Nat\nhf : ∀ (x : Nat), f x = x\n⊢ f 1 = 1",
    "f : Nat → Nat\nhf : ∀ (x y : Nat), f x = y → x = y\n⊢ ∃ z : Nat, f z = z",
    "h : ∀ (a : Nat),\n    a = a\n⊢ True",
    "h :\n  a_very_long_name =\n    another_very_long_name\n⊢ True",
    "⊢ a_very_long_name =\n    another_very_long_name",
    "⊢ ∀ (x : Nat),\n    x = x →\n      True",
    "s : Set Nat\nh : s = {x : Nat | 0 < x}\n⊢ 1 ∈ s",
    "h : ∃ x : Nat, x = 1\n⊢ True",
    "⊢ ∃ x : Nat, x = 1",
    "⊢ ?m = 1",
    "a : Nat\n⊢ ?m.12 = a\n\na : Nat\n⊢ Nat",
    "case refine_1\n⊢ ?b ≤ 1\n\ncase b\n⊢ Nat",
    "ih : ∀ (m : Nat), m < n → P m\n⊢ P n",
    "x y z : ℝ\nhx : 0 < x\nhy : 0 < y\n⊢ 0 < x * y",
    "h₁ h₂ : a = b\n⊢ b = a",
    "h' : a ≠ b\n⊢ b ≠ a",
    "this : 1 = 1\n⊢ True",
    "e : α ≃ β\n⊢ e.symm.symm = e",
    "l : List Nat\nh : l ≠ []\n⊢ l.head? = some (l.head h)",
    "⊢ (fun (x : Nat) => x) 1 = 1",
    "⊢ (let x : Nat := 1\n  x) = 1",
    "h : (fun x : Nat => x) = id\n⊢ True",
    "motive : Nat → Sort u_1\nzero : motive 0\nsucc : (n : Nat) → motive n → motive (n + 1)\n⊢ motive 1",
    "case zero\n⊢ 0 = 0\n\ncase succ\nn✝ : Nat\na✝ : n✝ = n✝\n⊢ n✝ + 1 = n✝ + 1",
    '⊢ "a : b" = "a : b"',
    "no goals",
    "",
]
"""Goals as Lean 4 prints them, written by hand."""

APART = {
    "a name in guillemets": "«a b» : Nat\n⊢ True",
    "a tag with a space": "case «a b»\nn : Nat\n⊢ True",
    "the value of a let": "x : Nat := 5\n⊢ x = 5",
}
"""What lean-dojo reads otherwise than we do."""


def flat(text):
    return " ".join(text.split())


def theirs(text):
    return [([(name, flat(kind)) for name, kind in g.hypotheses], flat(g.target)) for g in parse_goals(text)]


def mine(text):
    return [([(h.name, flat(h.type)) for h in g.hypotheses], flat(g.target)) for g in ours.parse_goals(text)]


@pytest.mark.parametrize("text", TEXTS)
def test_the_real_parser_of_lean_dojo_agrees_with_ours(lean_dojo, text):
    """Both parsers read the same hypotheses and targets from what Lean prints."""
    assert theirs(text) == mine(text)
    assert len(theirs(text)) == text.count("⊢")


@pytest.mark.parametrize("what", APART)
def test_where_the_real_parser_of_lean_dojo_differs_the_targets_are_the_same(lean_dojo, what):
    """The known differences concern hypotheses alone; ours keeps names whole and values apart."""
    text = APART[what]
    assert theirs(text) != mine(text)
    assert [target for _, target in theirs(text)] == [target for _, target in mine(text)]


NAME = st.from_regex(r"[a-zαβh][a-z0-9_₁']{0,5}✝?", fullmatch=True)
TERM = st.lists(
    st.sampled_from(["a", "b", "+", "→", "∀ (x : Nat),", "=", "(f x)", "\n   ", "{y : Nat | y < 1}"]), min_size=1
)
HYPOTHESIS = st.tuples(st.lists(NAME, min_size=1, max_size=3), TERM)


@given(st.lists(st.tuples(st.lists(HYPOTHESIS, max_size=4), TERM), min_size=1, max_size=3))
def test_the_real_parser_of_lean_dojo_agrees_with_ours_on_printed_goals(lean_dojo, goals):
    """Whatever hypotheses and targets are printed as Lean does, both parsers read them back alike."""

    def shown(words):
        return re.sub(r"\s*\n\s*", "\n    ", f"x {' '.join(words)} y")

    blocks = [
        "\n".join([*(f"{' '.join(names)} : {shown(kind)}" for names, kind in hypotheses), f"⊢ {shown(target)}"])
        for hypotheses, target in goals
    ]
    text = "\n\n".join(blocks)
    assert theirs(text) == mine(text)
    assert len(mine(text)) == len(goals)


def test_goals_that_the_real_parser_cannot_read_are_an_error(lean_dojo):
    """Its assertion does not leave the adapter."""
    with pytest.raises(ValueError, match="cannot read"):
        parse_goals("⊢ P ⊢ Q")


# ---- real repositories ----


def test_a_local_git_repository_is_a_real_lean_git_repo(lean_dojo, toy):
    """lean-dojo's own classes take the repository: the branch becomes its commit, the toolchain its version."""
    with closing_git():
        repository = lean_dojo.LeanGitRepo(toy.theorem.repository, "main")
    assert (repository.name, repository.commit, repository.lean_version) == ("toy", toy.theorem.commit, "v4.9.0")
    theorem = lean_dojo.Theorem(repository, "Toy.lean", "Toy.eight")
    assert (theorem.file_path, theorem.full_name) == (Path("Toy.lean"), "Toy.eight")
    assert theorem.uid.endswith("Toy.lean:Toy.eight")


def test_no_git_process_is_left_by_a_look_at_a_real_repository(lake):
    """What GitPython keeps running ends with the look, be it a success or not."""
    repository_of(load(), named(lake, "Toy.eight"))
    with pytest.raises(UsageError):
        repository_of(load(), TracedTheorem(lake.theorem.repository, "no-such-branch", "Toy.lean", "Toy.eight"))
    assert not psutil.Process().children(recursive=True)


def test_git_processes_end_though_somebody_still_holds_the_repository(lake):
    """They are not left to the garbage collector; a repository that was there before keeps its own."""
    git_repo = pytest.importorskip("git").Repo
    ours = git_repo(lake.theorem.repository)
    assert ours.commit("main").hexsha == lake.theorem.commit
    processes = psutil.Process().children()
    with closing_git():
        theirs = git_repo(lake.theorem.repository)
        assert theirs.commit("main").hexsha == lake.theorem.commit
        assert len(psutil.Process().children()) > len(processes)
    assert psutil.Process().children() == processes
    theirs.close()
    ours.close()


@pytest.mark.parametrize("what", ["no folder", "no repository", "no toolchain", "no branch", "no Lean file"])
def test_a_place_that_is_no_repository_of_lean_is_the_callers_error(lake, tmp_path, what):
    """It is reported before anything is started, and no folder is made."""
    repository(tmp_path / "empty", {"README": "nothing\n"})
    (tmp_path / "plain").mkdir()
    place, commit, file = {
        "no folder": (tmp_path / "missing", "main", "Toy.lean"),
        "no repository": (tmp_path / "plain", "main", "Toy.lean"),
        "no toolchain": (tmp_path / "empty", "main", "Toy.lean"),
        "no branch": (lake.theorem.repository, "nowhere", "Toy.lean"),
        "no Lean file": (lake.theorem.repository, "main", "Toy.md"),
    }[what]
    with pytest.raises(UsageError):
        repository_of(load(), TracedTheorem(str(place), commit, file, "Toy.eight"))
    assert not (tmp_path / "missing").exists()


def test_a_repository_that_cannot_be_reached_is_an_error_of_the_setup(lean_dojo):
    """Where a look-up fails for want of a network, that is said."""

    def unreachable(*_):
        raise URLError("no route to host")

    package = SimpleNamespace(LeanGitRepo=unreachable)
    theorem = TracedTheorem("https://example.org/a/b", "main", "Toy.lean", "Toy.eight")
    with pytest.raises(SetupError, match=r"cannot be looked up.*no route to host.*check the network"):
        repository_of(package, theorem)


def test_a_repository_without_a_trace_is_an_error_of_the_setup(lake, tmp_path):
    """Tracing takes hours: it is never begun unasked, and the message names the command."""
    commit = repository(tmp_path / "other", {"Toy.lean": SOURCE, "lean-toolchain": "leanprover/lean4:v4.9.0\n"})
    theorem = TracedTheorem(str(tmp_path / "other"), commit, "Toy.lean", "Toy.eight")
    with pytest.raises(SetupError, match=r"is not traced.*trace\(LeanGitRepo"):
        require_trace(repository_of(load(), theorem))


# ---- the real Dojo over the fake lake ----


async def test_real_dojo_opens_a_theorem_over_a_fake_lake(opened):
    """The first state is that of the theorem, its goals read by lean-dojo."""
    async with opened() as session:
        assert session.alive
        assert session.initial.text == "n : Nat\nh : n =\n  8\n⊢ 8"
        (goal,) = session.initial.goals
        assert (goal.hypotheses, goal.target) == ((("n", "Nat"), ("h", "n =\n  8")), "8")
    assert not session.alive


async def test_real_dojo_says_what_a_tactic_did_over_a_fake_lake(opened):
    """Goals that are left, an error, a sorry and an end are told apart; a state can be used again and again."""
    async with opened() as session:
        run = partial(session.run, deadline=PATIENT)
        two = await run(session.initial, "(split; halve)")
        assert (two.status, [goal.target for goal in two.state.goals]) == ("open", ["2", "4"])
        assert (await run(session.initial, "halve")).state.goals[0].target == "4"
        assert (await run(two.state, "halve")).state.text.startswith("case part0")
        wrong = await run(session.initial, "ring")
        assert (wrong.status, wrong.state, wrong.text) == ("error", None, "tactic 'ring' failed\n⊢ 8")
        assert (await run(session.initial, "sorry")).status == "given-up"
        said = await run(session.initial, "(say Try this; halve)")
        assert (said.status, said.message) == ("open", "Try this")
        assert said.seconds > 0


async def test_an_end_in_real_dojo_is_unchecked_and_no_state(opened):
    """What lean-dojo calls finished is a candidate for the gate: no status says that it is proved."""
    async with opened("Toy.one") as session:
        end = await session.run(session.initial, "done", deadline=PATIENT)
        assert (end.status, end.state) == ("unchecked", None)
    assert not {"proved", "finished", "done"} & set(session_module.Status.__args__)


LOSSES = {
    "die": "Unexpected EOF",
    "out-of-memory": "out of memory",
    "killed": "lost its Lean",
    "half": "Unexpected EOF",
    "garbage": "Invalid JSON",
    "beside": "Invalid JSON",
    "nested": "RecursionError",
    "list": "TypeError",
    "empty": "KeyError",
    "number": "TypeError",
    "error-number": "TypeError",
    "latin": "UnicodeDecodeError",
}


@pytest.mark.parametrize("word", LOSSES)
async def test_a_fake_repl_that_dies_or_raves_is_lost(opened, word):
    """Whatever the child sends or however it ends, the outcome is "lost", and the session is over."""
    async with opened() as session:
        lost = await session.run(session.initial, word, deadline=PATIENT)
        assert lost.status == "lost"
        assert LOSSES[word] in lost.text
        assert len(lost.text) < 5_000
        assert not session.alive
        assert (await session.run(session.initial, "halve", deadline=PATIENT)).status == "lost"
        assert not psutil.Process().children(recursive=True)


@pytest.mark.parametrize("word", ["turnstile", "no-goal", "sid", "known-sid"])
async def test_a_fake_repl_whose_goals_cannot_be_read_lives_on(opened, word):
    """Goals that lean-dojo cannot parse never look closed: the tactic failed, and the next one goes on."""
    async with opened() as session:
        unread = await session.run(session.initial, word, deadline=PATIENT)
        assert (unread.status, unread.state) == ("error", None)
        assert "cannot read" in unread.text
        assert (await session.run(session.initial, "halve", deadline=PATIENT)).status == "open"


@pytest.mark.parametrize("word", ["silence", "deaf", "chatter", "huge"])
async def test_a_fake_repl_that_does_not_come_to_an_end_is_timed_out(opened, word):
    """The deadline holds against silence, endless talk and a reply of 64 MB; the process group is killed."""
    async with opened() as session:
        began = time.monotonic()
        late = await session.run(session.initial, word, deadline=0.5)
        assert (late.status, session.alive) == ("timed-out", False)
        assert time.monotonic() - began < 20
        assert not psutil.Process().children(recursive=True)


async def test_the_real_dojos_own_timeout_is_a_timeout(opened, monkeypatch):
    """Where lean-dojo loses its patience first, that is the same outcome."""
    monkeypatch.setattr(session_module, "_INTERACTION_SECONDS", 1)
    async with opened() as session:
        late = await session.run(session.initial, "silence", deadline=PATIENT)
        assert (late.status, late.text, session.alive) == ("timed-out", "lean-dojo waits no longer", False)


@pytest.mark.parametrize("tactic", ["say " + "x" * 4_000, "say " + "ü" * 2_000, "say \x7f", "say \ud800"])
async def test_what_a_terminal_cannot_carry_is_refused(opened, tactic):
    """Such a tactic would reach Lean cut or changed: it is not sent, and the session lives on."""
    async with opened() as session:
        assert (await session.run(session.initial, tactic, deadline=PATIENT)).status == "refused"
        assert (await session.run(session.initial, "halve", deadline=PATIENT)).status == "open"


async def test_a_long_tactic_reaches_the_fake_repl_whole(opened):
    """Up to the limit, and whatever control characters are in it, nothing is lost on the way."""
    text = "say " + "\x03\x04\x15" + "x" * (session_module._LONGEST_LINE - 100)
    async with opened() as session:
        said = await session.run(session.initial, text, deadline=PATIENT)
        assert (said.status, said.message.strip()) == ("open", text[4:])


async def test_a_cancellation_ends_the_fake_repl(opened):
    """Whoever stops waiting leaves no process behind, and is stopped indeed."""
    async with opened() as session:
        with anyio.move_on_after(0.3) as scope:
            await session.run(session.initial, "deaf", deadline=PATIENT)
        assert scope.cancelled_caught
        assert not session.alive
        assert not psutil.Process().children(recursive=True)


async def test_what_the_fake_repl_started_ends_with_it(opened):
    """The whole process group is killed, also those who lost their parent."""
    async with opened() as session:
        assert (await session.run(session.initial, "(spawn; halve)", deadline=PATIENT)).status == "open"
        (repl,) = psutil.Process().children()
        (inner,) = repl.children()
        await session.run(session.initial, "die", deadline=PATIENT)
    _, alive = psutil.wait_procs([repl, inner], timeout=5)
    assert not alive


async def test_a_session_is_closed_once_and_knows_its_states(opened):
    """Closing twice is allowed; a closed session is lost; a state of another session is a bug of the caller."""
    async with opened() as session:
        for stranger in (DojoState(7, "⊢ 1", ()), DojoState(0, "⊢ 1", ())):
            with pytest.raises(ValueError, match="not a state of this session"):
                await session.run(stranger, "halve", deadline=PATIENT)
        await session.aclose()
        await session.aclose()
        assert (await session.run(session.initial, "halve", deadline=PATIENT)).status == "lost"


async def test_two_sessions_and_two_callers_do_not_disturb_each_other(opened):
    """Sessions are opened one after another, tactics of one session run one after another."""
    found = []

    async def one(name):
        async with opened(name) as session, anyio.create_task_group() as group:
            for tactic in ("dec", "split", "nonsense"):
                group.start_soon(ask, session, tactic)

    async def ask(session, tactic):
        outcome = await session.run(session.initial, tactic, deadline=PATIENT)
        found.append((tactic, [goal.target for goal in outcome.state.goals] if outcome.state else outcome.status))

    async with anyio.create_task_group() as group:
        group.start_soon(one, "Toy.eight")
        group.start_soon(one, "Toy.twelve")
    assert sorted(found, key=str) == sorted(
        [("dec", ["7"]), ("dec", ["11"]), ("split", ["4", "4"]), ("split", ["6", "6"]), *[("nonsense", "error")] * 2],
        key=str,
    )


STARTS = {
    "die": (EngineLost, "Unexpected EOF"),
    "out-of-memory": (EngineLost, "Unexpected EOF"),
    "killed": (EngineLost, "Unexpected EOF"),
    "half": (EngineLost, "Unexpected EOF"),
    "not-elaborated": (EngineLost, "Unexpected EOF"),
    "garbage": (EngineLost, "JSONDecodeError"),
    "nested": (EngineLost, "RecursionError"),
    "list": (EngineLost, "TypeError"),
    "empty": (EngineLost, "KeyError"),
    "number": (EngineLost, "TypeError"),
    "latin": (EngineLost, "UnicodeDecodeError"),
    "error-number": (EngineRefused, "AssertionError"),
    "turnstile": (EngineRefused, "AssertionError"),
    "refuses": (EngineRefused, "AssertionError"),
    "nothing-left": (EngineRefused, "AssertionError"),
    "sid": (EngineRefused, "no goal that can be read"),
    "no-goal": (EngineRefused, "no goal that can be read"),
    "silence": (EngineLost, "did not open Toy.eight within 0.5 s"),
    "deaf": (EngineLost, "did not open Toy.eight within 0.5 s"),
    "chatter": (EngineLost, "did not open Toy.eight within 0.5 s"),
    "huge": (EngineLost, "did not open Toy.eight within 0.5 s"),
}


@pytest.mark.parametrize("mode", STARTS)
async def test_a_fake_repl_that_does_not_start_well_is_an_error_of_ours(lake, monkeypatch, mode):
    """Every way to begin wrongly is `EngineLost`, or `EngineRefused` where the child is well; nothing is left."""
    monkeypatch.setenv("FAKE_DOJO_START", mode)
    kind, says = STARTS[mode]
    with pytest.raises(kind, match=re.escape(says)):
        await DojoSession.open(lake.theorem, deadline=0.5 if "within" in says else PATIENT)
    assert not psutil.Process().children(recursive=True)


async def test_the_real_dojos_own_timeout_at_the_start_is_a_loss(lake, monkeypatch):
    """Where lean-dojo gives up waiting for the first goal, the engine is lost."""
    monkeypatch.setenv("FAKE_DOJO_START", "silence")
    monkeypatch.setattr(session_module, "_INTERACTION_SECONDS", 1)
    with pytest.raises(EngineLost, match="Timeout during initialization"):
        await DojoSession.open(lake.theorem, deadline=PATIENT)


async def test_a_start_that_is_cancelled_leaves_nothing(lake, monkeypatch):
    """Also in the middle of opening, and while another one opens, whoever is cancelled cleans up."""
    monkeypatch.setenv("FAKE_DOJO_START", "silence")
    for pause in (0.0, 0.02, 0.1, 0.3):
        with anyio.move_on_after(pause) as scope:
            async with anyio.create_task_group() as group:
                for _ in range(2):
                    group.start_soon(partial(DojoSession.open, lake.theorem, deadline=PATIENT))
        assert scope.cancelled_caught
        assert not psutil.Process().children(recursive=True)


async def test_a_lean_that_starts_after_its_session_was_closed_is_killed(lake, lean_dojo, monkeypatch):
    """A look at a large file cannot be cut off; nobody waits for it, and what it starts does not live on."""
    locate, seen = lean_dojo.Dojo._locate_traced_file, []

    def slowly(dojo, path):
        seen.append(dojo)
        time.sleep(0.8)
        return locate(dojo, path)

    monkeypatch.setenv("FAKE_DOJO_START", "deaf")
    monkeypatch.setattr(lean_dojo.Dojo, "_locate_traced_file", slowly)
    monkeypatch.setattr(session_module, "_EXIT_SECONDS", 0.1)
    with anyio.fail_after(PATIENT):
        async with anyio.create_task_group() as group:
            group.start_soon(partial(DojoSession.open, lake.theorem, deadline=PATIENT))
            while not seen:
                await anyio.sleep(0.02)
            group.cancel_scope.cancel()
        assert not hasattr(seen[0], "proc")
        while not hasattr(seen[0], "proc") or not seen[0].proc.closed:
            await anyio.sleep(0.05)
    assert not psutil.Process().children(recursive=True)


@pytest.mark.parametrize(
    ("file", "name", "says"),
    [
        ("Toy.lean", "Toy.nobody", "Failed to locate the theorem"),
        ("Other.lean", "Toy.eight", "Cannot find the *.ast.json file"),
    ],
)
async def test_a_theorem_that_the_real_dojo_does_not_find_is_refused(lake, file, name, says):
    """lean-dojo's reason is passed on."""
    theorem = TracedTheorem(lake.theorem.repository, lake.theorem.commit, file, name)
    with pytest.raises(EngineRefused, match=re.escape(says)):
        await DojoSession.open(theorem, deadline=PATIENT)


async def test_a_broken_trace_is_refused(lake, monkeypatch):
    """What cannot be read of a trace is no crash."""
    broken = lake.trace / ".lake/build/ir/Broken.ast.json"
    (lake.trace / "Broken.lean").write_text(SOURCE, encoding="utf-8")
    broken.write_text("[", encoding="utf-8")
    broken.with_name("Broken.dep_paths").write_text("", encoding="utf-8")
    theorem = TracedTheorem(lake.theorem.repository, lake.theorem.commit, "Broken.lean", "Toy.eight")
    try:
        with pytest.raises(EngineRefused, match="JSONDecodeError"):
            await DojoSession.open(theorem, deadline=PATIENT)
    finally:
        (lake.trace / "Broken.lean").unlink()


async def test_without_lake_the_setup_is_wanting(lake, monkeypatch, tmp_path):
    """The message names what installs Lean."""
    (tmp_path / "git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="elan"):
        await DojoSession.open(lake.theorem, deadline=PATIENT)


# ---- the prover ----


def child(*targets):
    return tuple(ProofState(ours.parse_goals(f"⊢ {target}")) for target in targets)


def test_the_way_to_a_goal_is_read_from_its_frame():
    """Turns name the tactic and the part; what goes on without a bullet is one part; a block is step by step."""
    graph = ProofGraph(*child(8))
    assert way(graph.frame(ROOT)) == ()
    split = graph.add_step(ROOT, "split", child(4, 3))
    have = graph.add_step(split.children[1], "have h : 2 := ?_", child(30, 2))
    block = graph.add_step(have.children[1], "dec\nhalve", child(1))
    second = Turn("split", 1, 2)
    assert way(graph.frame(split.children[0])) == (Turn("split", 0, 2),)
    assert way(graph.frame(have.children[0])) == (second, Turn("have h : 2 := by\n  sorry", 0, 1))
    claim = Turn("have h : 2 := ?_", 1, 2)
    assert way(graph.frame(have.children[1])) == (second, claim)
    assert way(graph.frame(block.children[0])) == (second, claim, Turn("dec", 0, 1), Turn("halve", 0, 1))


def test_a_frame_that_is_no_script_has_no_way():
    """Neither text that does not parse nor a gap within other words is found."""
    assert way(Frame("· ", "\n  ", 2)) is None
    assert way(Frame("exact foo ", "", 10)) is None


@pytest.mark.parametrize(
    ("name", "lists", "workers"),
    [
        ("Toy.twelve", (("done", "halve"), ("dec",)), 1),
        ("Toy.eight", (("done", "split"),), 1),
        ("Toy.five", (("done", "split"),), 3),
        ("Toy.five", (("done", "dec\nhalve", "halve"),), 1),
    ],
)
async def test_a_search_runs_on_the_real_dojo_over_a_fake_lake(lake, name, lists, workers):
    """The whole loop works behind the step contract: the script that it finds replays on the toy."""
    async with DojoProver(named(lake, name)) as prover:
        result = await search(
            TOY_GOAL, prover, ToyProposer(lists), Budget(seconds=60), settings=Settings(workers=workers)
        )
    assert result.end == "complete"
    assert check(NUMBERS[name], parse(render(result.script)))  # a block comes back step by step


async def test_a_search_outlives_the_losses_of_its_fake_repl(lake):
    """A tactic that kills the REPL, or hangs, is a failed candidate; the way is walked again in a new session."""
    lists = (("die", "silence", "garbage", "ring", "split", "done"),)
    async with DojoProver(named(lake, "Toy.five")) as prover:
        result = await search(
            TOY_GOAL,
            prover,
            ToyProposer(lists),
            Budget(seconds=90),
            settings=Settings(candidate_seconds=0.6, screened=0),
        )
    assert result.end == "complete"
    assert check(5, result.script)
    assert result.spent.engines_lost >= 2
    assert result.spent.timeouts >= 1


async def test_a_have_is_entered_and_passed_on_the_real_dojo(lake):
    """Both goals of a claim are found: its proof by `?_`, what follows it by a `sorry` in its place."""
    async with DojoProver(named(lake, "Toy.eight")) as prover:
        graph = ProofGraph(await prover.start())
        result = await prover.apply(graph.frame(ROOT), "have h : 4 := ?_", deadline=PATIENT)
        assert [part.main.target for part in result.children] == ["8", "4"]
        step = graph.add_step(ROOT, "have h : 4 := ?_", result.children)
        proof = await prover.apply(graph.frame(step.children[1]), "halve", deadline=PATIENT)
        assert [part.main.target for part in proof.children] == ["2"]
        after = await prover.apply(graph.frame(step.children[0]), "halve", deadline=PATIENT)
        assert [part.main.target for part in after.children] == ["4"]
        closed = await prover.apply(graph.frame(step.children[0]), "halve\nhalve\nhalve\ndone", deadline=PATIENT)
        assert (closed.status, closed.children) == ("ok", ())


async def test_a_sorry_closes_nothing_where_there_was_none(lake):
    """At the theorem itself a proof that is given up is an error of the tactic."""
    async with DojoProver(named(lake, "Toy.eight")) as prover:
        frame = ProofGraph(await prover.start()).frame(ROOT)
        assert (await prover.apply(frame, "sorry", deadline=PATIENT)).status == "error"
        assert (await prover.apply(frame, "ring", deadline=PATIENT)).error == "tactic 'ring' failed\n⊢ 8"
        assert (await prover.apply(frame, "say " + "x" * 5_000, deadline=PATIENT)).status == "refused"
        assert (await prover.apply(frame, "turnstile", deadline=PATIENT)).status == "error"


async def test_a_place_that_is_not_found_is_the_tactics_error(lake):
    """A script that does not fit the theorem, or a time that is over, costs no session."""
    async with DojoProver(named(lake, "Toy.eight")) as prover:
        await prover.start()
        session = prover._session
        for before in ("ring\n", "split\n· done\n· "):
            result = await prover.apply(Frame(before, "", 2 * ("·" in before)), "halve", deadline=PATIENT)
            assert result.status in ("error", "ok")
        assert (await prover.apply(Frame("ring\n", "", 0), "halve", deadline=PATIENT)).status == "error"
        assert (await prover.apply(Frame("foo ", "", 4), "halve", deadline=PATIENT)).status == "error"
        assert (await prover.apply(Frame("halve\n", "", 0), "halve", deadline=0)).status == "timed-out"
        assert (await prover.apply(Frame("halve\ndie\n", "", 0), "halve", deadline=PATIENT)).status == "lost"
        assert (await prover.apply(Frame("halve\n", "", 0), "halve", deadline=PATIENT)).status == "ok"
        assert prover._session is not session


@pytest.mark.parametrize(("mode", "kind"), [("refuses", StartFailed), ("die", EngineLost)])
async def test_a_prover_without_a_first_state_says_so(lake, monkeypatch, mode, kind):
    """A theorem that lean-dojo does not take fails the start; a lost engine is lost."""
    monkeypatch.setenv("FAKE_DOJO_START", mode)
    async with DojoProver(lake.theorem) as prover:
        with pytest.raises(kind):
            await prover.start()


def test_goals_on_which_the_parsers_differ_are_not_goals(lean_dojo):
    """Where the targets that lean-dojo read are others than ours, nothing is believed."""
    text = "n : Nat\n⊢ n =\n    n"
    assert [goal.target for goal in open_goals(DojoState(0, text, parse_goals(text)))] == ["n = n"]
    assert open_goals(DojoState(0, text, parse_goals("⊢ 2"))) == ()
