import json
import signal
import time
from xml.etree import ElementTree as ET

import networkx as nx
import psutil
import pytest

from proofagent.goals.lexer import sorries
from proofagent.runs.results import ProveReport

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("cli"), pytest.mark.usefixtures("installation")]

EASY = "theorem easy (a b : Nat) : a + b = b + a"
# True, so that its search never comes to an end by finding out otherwise, and out of the portfolio's reach.
ENDLESS = "theorem endless (a b c n : Nat) (h : n > 2) (p : a > 0) (q : b > 0) : a ^ n + b ^ n ≠ c ^ n"
FALSE = "theorem wrong (a : Nat) : a + 1 = a"


def test_a_statement(run):
    """A true statement is printed with its proof and its receipt; the exit code is 0."""
    ran = run("prove", EASY)
    assert ran.code == 0
    assert ran.out.startswith("proved easy")
    assert f"{EASY} := by\n  " in ran.out
    assert "accepted" in ran.out
    assert ran.err == ""


def test_a_folder(run, tmp_path):
    """The holes of all its Lean files are goals; a file that is none of Lean's is told of, and the rest is proved."""
    (tmp_path / "Some").mkdir()
    (tmp_path / "Some" / "A.lean").write_text(f"{EASY} := by sorry\n")
    (tmp_path / "Some" / "B.lean").write_text("theorem other : 1 + 1 = 2 := by sorry\n")
    (tmp_path / "Some" / "C.lean").write_text("theorem bad : 1 = 1 := by sorry /- no end\n")
    ran = run("prove", "Some")
    assert "proved easy" in ran.out
    assert "proved other" in ran.out
    assert ran.code == 64
    assert "error: Some/C.lean: 1:" in ran.err
    assert run("prove", "Some", "--theorem", "other").out.count("proved ") == 1


def test_several_proofs(run):
    """With --keep there are proofs that do different things, the best by --prefer first, each printed."""
    ran = run("prove", "theorem less (a b : Nat) (h : a ≤ b) : a < b + 1", "--keep", 2, "--prefer", "didactic")
    assert ran.code == 0
    assert "proof 2, accepted as well; " in ran.out
    assert ran.out.count("theorem less") == 2


def test_a_profile_that_does_not_exist(run):
    """The error names those that do."""
    ran = run("prove", EASY, "--prefer", "pretty")
    assert ran.code == 64
    assert "there is no profile `pretty`; there are: mathlib, golf, fast, didactic" in ran.err


def test_a_reader_that_goes_away(spawn):
    """Where nobody reads the result any more (`| head`) the program ends without a traceback."""
    process = spawn("prove", EASY)
    process.stdout.close()
    assert process.wait(timeout=100) in (0, 2)
    assert b"Traceback" not in process.stderr.read()


def test_a_name_that_lean_binds_by_itself(run):
    """A slip of the pen that Lean reads as a variable is pointed out beside the result."""
    ran = run("prove", "theorem slip (a : Nta) : a = a")
    assert ran.code == 0
    assert ran.err == "note: Lean knows no `Nta` and takes it for a variable\n"


def test_a_false_statement(run):
    """A statement without a proof ends within its time with exit code 1, and with a word about what could help."""
    began = time.monotonic()
    ran = run("prove", FALSE, "--time", 3, "--no-refute")
    assert (ran.code, ran.out.split()[:2]) == (1, ["unproved", "wrong"])
    assert "--model provider/name" in ran.err
    assert time.monotonic() - began < 60


def test_a_statement_that_is_refuted(run):
    """A counterexample is printed as a theorem with its receipt, exit code 1; the statement is not proved."""
    ran = run("prove", FALSE, "--candidates", 40, "--json")
    (result,) = ProveReport.model_validate_json(ran.out).results
    assert (ran.code, result.outcome, result.proof) == (1, "refuted", None)
    assert result.refutation.startswith(FALSE)
    assert "_root_.Not (type_of% @_root_.wrong)" in result.refutation
    assert result.receipt.targets == ("proofagent_refuted",)


def test_json(run):
    """With --json, standard output is one document that the library's model reads, and nothing else."""
    ran = run("prove", "1 + 1 = 2 ∧ True", "--json", HOME=None)
    report = ProveReport.model_validate_json(ran.out)
    (result,) = report.results
    assert (ran.code, report.exit_code, ran.err) == (0, 0, "")
    assert (result.outcome, result.statement, result.end) == ("proved", "theorem goal : 1 + 1 = 2 ∧ True", "complete")
    assert result.receipt.targets == ("goal",)
    assert result.tree.tactic in result.proof


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("theorem t (a : Nat) : a + = a", "1:25: unexpected token '='; expected term"),
        ("theorem t (a : Nat) : a = Nat.nix", "`Nat.nix`"),
    ],
)
def test_a_statement_that_lean_refuses(run, statement, message):
    """Lean's own message comes with its position, and the exit code is 64."""
    ran = run("prove", statement)
    assert (ran.code, ran.out) == (64, "")
    assert message in ran.err.split("\n")[0]


FILE = """\
import Init
/-! Ein Text mit Umlauten: äöü, ℕ, 𝔸 ── und einem `sorry`. -/

namespace Outer
namespace Inner

/-- Two holes. -/
theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry   -- the first
  ·    sorry

theorem inside (a b : Nat) : a + b + 0 = b + a := by
  have h : a + b = b + a := by
    sorry
  rw [Nat.add_zero]
  exact h

theorem term (a : Nat) : a = a :=   sorry

end Inner

private theorem hidden (α : Type) (xs : List α) : xs ++ [] = xs := by
\tskip
end Outer

section
private theorem verborgen (α : Type) (xs : List α) : xs ++ [] = xs := by sorry
example (a : Nat) : a ≤ a + 1 := by
  sorry
end
theorem wrong (a : Nat) : a + 1 = a := sorry
-- the end, without a line end""".replace("\tskip\n", "  simp\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_file_with_its_proofs(run, tmp_path, newline):
    """All but the proved holes stays byte for byte; what is not proved keeps its `sorry`; the exit code says so."""
    text = FILE.replace("\n", newline)
    (tmp_path / "In.lean").write_bytes(text.encode())
    ran = run("prove", "In.lean", "--output", "Out.lean", "--time", 120, "--candidates", 60, "--json")
    report = ProveReport.model_validate_json(ran.out)
    outcomes = [(result.name, result.outcome) for result in report.results]
    assert outcomes == [
        ("Outer.Inner.both", "proved"),
        ("Outer.Inner.both", "proved"),
        ("Outer.Inner.inside", "proved"),
        ("Outer.Inner.term", "proved"),
        ("verborgen", "proved"),
        ("_example", "proved"),
        ("wrong", "refuted"),
    ]
    assert (ran.code, report.file_why, report.output) == (1, "", "Out.lean")
    written = (tmp_path / "Out.lean").read_bytes().decode()
    holes = list(sorries(text))
    rest, end = written, 0
    for hole in holes[:-1]:
        before, end = text[end : hole.start], hole.end
        assert before in rest
        rest = rest[rest.index(before) + len(before) :]
    assert rest.endswith(text[end:])
    assert len(list(sorries(written))) == 1
    assert written.count("\r\n") == (written.count("\n") if newline == "\r\n" else 0)


def test_one_theorem_of_a_file(run, tmp_path):
    """--theorem picks one declaration; an output that cannot be written is an error after the proof is shown."""
    (tmp_path / "Two.lean").write_text(f"{EASY} := sorry\ntheorem other : 1 = 1 := sorry\n")
    (tmp_path / "Out.lean").mkdir()
    ran = run("prove", "Two.lean", "--theorem", "other", "--output", "Out.lean")
    assert "proved other" in ran.out
    assert "easy" not in ran.out
    assert ran.code == 2
    assert "Out.lean" in ran.err


def test_a_lemma_of_the_same_file(run, tmp_path):
    """What was proved earlier in a file may be used; examples in namespaces and values to fill in are told apart."""
    (tmp_path / "Chain.lean").write_text(
        "namespace N\nopaque f : Nat → Nat\ndef P (n : Nat) : Prop := f n = f (n + 0)\n"
        "theorem first (n : Nat) : P n := by\n  sorry\n"
        "example : P 5 := by\n  sorry\n"
        "def value : Nat := sorry\nend N\n"
    )
    ran = run("prove", "Chain.lean", "--json", "--time", 60)
    report = ProveReport.model_validate_json(ran.out)
    assert [result.outcome for result in report.results] == ["proved", "proved", "error"]
    assert "a hole of `def`" in report.results[2].why
    assert ran.code == 64


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("graph.png", "--graph takes .svg, .graphml or .json"),
        ("graph", "--graph takes .svg, .graphml or .json"),
        (".svg", "--graph takes .svg, .graphml or .json"),
        ("nowhere/graph.svg", "the folder of --graph does not exist"),
    ],
)
def test_a_graph_that_cannot_be_written_is_refused_before_anything_runs(say, name, message):
    """An unknown suffix or a missing folder is an error of usage; there is no Lean for this test to start."""
    ran = say("prove", EASY, "--graph", name)
    assert (ran.code, ran.out, ran.err) == (64, "", f"error: {name}: {message}\n")


def test_the_graph_of_a_statement(run, tmp_path):
    """One goal, one file, with the name that was given; what was there before is replaced."""
    (tmp_path / "graph.SVG").write_text("old")
    ran = run("prove", EASY, "--graph", "graph.SVG")
    assert (ran.code, ran.err) == (0, "graph: graph.SVG\n")
    root = ET.fromstring((tmp_path / "graph.SVG").read_text())
    assert "a + b = b + a" in "".join(root.itertext())
    assert [path.name for path in tmp_path.iterdir()] == ["graph.SVG"]


def test_the_graphs_of_several_goals(run, tmp_path):
    """Each goal has a file with its name, proved or not; names that are the same file name get numbers."""
    names = ["«a/b»", "«a:b»", "«A-b»"]
    goals = {"easy": EASY, "wrong": FALSE, **{name: f"theorem {name} : 1 = 1" for name in names}}
    lines = [json.dumps({"name": name, "statement": statement}) for name, statement in goals.items()]
    (tmp_path / "goals.jsonl").write_text("\n".join(lines) + "\n")
    ran = run("prove", "goals.jsonl", "--candidates", 5, "--no-refute", "--graph", "g.json", "--json")
    report = ProveReport.model_validate_json(ran.out)
    assert (ran.code, ran.err) == (1, "")
    statuses = {path.name: json.loads(path.read_text())["goals"][0]["status"] for path in tmp_path.glob("g*.json")}
    assert statuses.keys() == {"g-easy.json", "g-wrong.json", "g-a-b.json", "g-a-b-2.json", "g-A-b-3.json"}
    assert statuses.pop("g-wrong.json") != "proved"
    assert set(statuses.values()) == {"proved"}
    assert [result.outcome for result in report.results] == ["proved", "unproved", "proved", "proved", "proved"]


def test_a_graph_that_cannot_be_written_loses_no_proof(run, tmp_path):
    """The proof is printed, the error says what is wrong with the file, and the exit code is 2."""
    (tmp_path / "graph.svg").mkdir()
    ran = run("prove", EASY, "--graph", "graph.svg")
    assert ran.out.startswith("proved easy")
    assert (ran.code, ran.err) == (2, "error: the graph is not written: graph.svg: cannot be written: Is a directory\n")


def test_an_interrupt_keeps_the_graph(spawn, tmp_path):
    """Ctrl-C writes what the search had seen of the goal that it was at."""
    process = spawn("prove", ENDLESS, "--time", 200, "--trace", "trace.jsonl", "--graph", "graph.graphml")
    end = time.monotonic() + 60
    while b'"tried"' not in _read(tmp_path / "trace.jsonl") and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert b"graph: graph.graphml" in err
    assert nx.read_graphml(tmp_path / "graph.graphml").nodes["goal-0"]["status"] == "open"


def _read(path):
    return path.read_bytes() if path.exists() else b""


def _children(process):
    return psutil.Process(process.pid).children(recursive=True)


def _gone(processes, seconds=5.0):
    left = psutil.wait_procs(processes, timeout=seconds)[1]
    # One that nobody has asked for its end yet runs no more.
    return all(process.status() == psutil.STATUS_ZOMBIE for process in left)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_was_found(spawn, tmp_path, number):
    """Ctrl-C in the middle of a file of goals prints what was proved, exits with 2 and leaves no process."""
    lines = [f'{{"name": "easy", "statement": "{EASY}"}}', f'{{"name": "endless", "statement": "{ENDLESS}"}}']
    (tmp_path / "goals.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = spawn("prove", "goals.jsonl", "--time", 200)
    assert process.stdout.readline().startswith(b"proved easy")
    time.sleep(0.5)
    children = _children(process)
    assert children
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert EASY in out.decode()
    assert b"Traceback" not in err
    assert _gone(children)


def test_a_kill_leaves_no_process(spawn):
    """Engines end by themselves when the command line is killed."""
    process = spawn("prove", ENDLESS, "--time", 200)
    end = time.monotonic() + 60
    while not (children := _children(process)) and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(1.0)
    children = _children(process)
    process.kill()
    process.communicate(timeout=10)
    assert children
    assert _gone(children)


def test_a_strategy_that_is_none_is_named_before_anything_runs(run):
    """The error says which there are."""
    ran = run("prove", "theorem t : 1 = 1", "--strategy", "wild")
    assert (ran.code, ran.out) == (64, "")
    assert "--strategy takes best-first, beam, depth-first, puct" in ran.err


@pytest.mark.lean
def test_another_strategy_proves_too(run, installation):
    """The search goes another way; what it finds is checked as ever."""
    ran = run("prove", "theorem t (n : Nat) : 0 + n = n ∧ n + 0 = n", "--strategy", "puct", "--json", "--time", 60)
    report = ProveReport.model_validate_json(ran.out)
    assert [result.outcome for result in report.results] == ["proved"]


@pytest.mark.lean
def test_what_proved_a_goal_is_proposed_at_a_similar_one(run, installation):
    """A second goal of the same shape, in another process, takes fewer candidates than without a memory."""
    statement = "theorem {0} ({1} : Nat) : 2 ∣ {1} * ({1} + 1)"
    counts = list[int]()
    for name, variable, memory in (("t", "n", ["--memory", "m.db"]), ("u", "k", ["--memory", "m.db"]), ("u", "k", [])):
        ran = run("prove", statement.format(name, variable), "--json", "--time", 60, "--no-refute", *memory)
        (result,) = ProveReport.model_validate_json(ran.out).results
        assert result.outcome == "proved"
        counts.append(result.candidates)
    assert counts[1] < counts[2] == counts[0]


def test_a_memory_that_is_none_is_named_before_anything_runs(run, tmp_path):
    """A file of another kind is not written over."""
    (tmp_path / "m.db").write_text("a letter")
    ran = run("prove", "theorem t : 1 = 1", "--memory", "m.db")
    assert (ran.code, ran.out) == (64, "")
    assert "m.db" in ran.err
    assert (tmp_path / "m.db").read_text() == "a letter"
