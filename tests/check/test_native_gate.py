"""The gate with a true native Lean 4.35 that compiles, on a library of a few lines.

What replays declarations there is a program that needs all of Lean's library, which this Lean has not: it is read by
the embedded Lean, for its types, and a fake stands in for it where a verdict is needed.
"""

import json
import shlex
from pathlib import Path

import pytest

from proofagent.check.gate import Claim, check
from proofagent.errors import EngineRefused
from proofagent.lean import batch
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Header
from proofagent.lean.engines import Choice, open_pool
from proofagent.lean.toolchain import Lean

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("native-gate")]

LIBRARY = """
inductive N : Type where
  | z : N
  | s : N → N
inductive Eq : {α : Type} → α → α → Prop where
  | refl : {α : Type} → (a : α) → Eq a a
inductive Bool : Type where
  | false : Bool
  | true : Bool
axiom sorryAx (α : Sort u) (synthetic : Bool) : α
"""
STATED = "theorem t : (n : N) → Eq n n := sorryAx _ Bool.false\n"
PROVED = "theorem t : (n : N) → Eq n n := fun n => Eq.refl n\n"


@pytest.fixture(scope="module")
async def library(native_lean, tmp_path_factory):
    """A library that Lean imports by itself, as it does its own."""
    folder = tmp_path_factory.mktemp("library")
    engine = await BatchEngine.start(Lean(native_lean, (folder,)))
    made = await engine.compile(Header((), "prelude\n"), LIBRARY, folder / "Init.olean", deadline=60)
    assert made.path is not None, made
    return folder


def with_replay(native_lean, folder, text):
    """A program that is the native Lean, but for `--run`, for which there is `text`."""
    program = folder / "bin" / "lean"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\n[ "$1" = --run ] || exec {native_lean} "$@"\n{text}\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def taking(native_lean, solution, refused=()):
    """A replay that takes the declarations of a text, whatever it is given."""
    said = shlex.quote(json.dumps({"refused": list(refused)}))
    return f'printf %s {shlex.quote(solution)} > Taken.lean; {native_lean} -o "$4" Taken.lean >&2 && printf %s {said}'


async def verdict(program, library, solution, challenge=STATED, **policy):
    async with open_pool(Choice("batch", Lean(program, (library,)))) as pool:
        return await check(Claim(("Init",), challenge, solution, **policy), pool, deadline=60)


async def test_a_native_proof_is_accepted_where_a_fake_replay_takes_it(native_lean, library, tmp_path):
    """Compiled by two plain runs, compared as kernel terms; the receipt says by whom."""
    program = with_replay(native_lean, tmp_path, taking(native_lean, PROVED))
    found = await verdict(program, library, PROVED)
    assert found.accepted, found
    assert (found.receipt.engine, found.receipt.lean_version, found.receipt.kernel_bugs) == ("batch", "4.35.0", ())
    assert found.receipt.axioms == ()


async def test_a_native_proof_without_a_replay_is_undecided(native_lean, library):
    """This Lean cannot run ours, as it has no library: never a success."""
    found = await verdict(native_lean, library, PROVED)
    assert found.outcome == "undecided"
    assert "the replay failed" in found.why


@pytest.mark.parametrize(
    ("solution", "code"),
    [
        ("theorem t : (n : N) → Eq n n := fun n => Eq.refl N.z\n", "errors"),
        ("theorem t : (n : N) → Eq n n := \n", "errors"),
        (STATED, "sorry"),
        ("theorem t : Eq N.z N.z := Eq.refl N.z\n", "statement"),
        ("axiom t : (n : N) → Eq n n\n", "kind"),
        ("axiom x : (n : N) → Eq n n\ntheorem t : (n : N) → Eq n n := x\n", "axiom"),
        ("theorem u : (n : N) → Eq n n := fun n => Eq.refl n\n", "missing"),
    ],
)
async def test_a_native_solution_that_is_none_is_rejected(native_lean, library, tmp_path, solution, code):
    """Also where Lean writes no artefact of it, and where the replay says nothing against it."""
    program = with_replay(native_lean, tmp_path, taking(native_lean, solution))
    found = await verdict(program, library, solution)
    assert found.outcome == "rejected", found
    assert code in [reason.code for reason in found.reasons]


async def test_a_native_challenge_with_errors_decides_nothing(native_lean, library):
    """What cannot be stated cannot be judged."""
    found = await verdict(native_lean, library, PROVED, challenge="theorem t : Nonsense := sorryAx _ Bool.false\n")
    assert found.outcome == "undecided"
    assert found.why.startswith("challenge: it does not compile")


async def test_a_native_lean_is_not_given_a_text_that_runs_a_program(library, tmp_path):
    """Not even to be compiled: it would run with the rights of whoever asks."""
    program = tmp_path / "lean"
    version = "Lean (version 4.35.0, x86_64-unknown-linux-gnu, commit 0123456789abcdef, Release)"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit 0\ntouch {tmp_path}/ran\nexit 0\n')
    program.chmod(0o755)
    found = await verdict(program, library, PROVED + "#eval IO.println 1\n")
    assert found.outcome == "undecided"
    assert found.why == "`#eval` runs a program, which needs a sandbox: the embedded engine has one"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("exit 1", "undecided"),
        ("exit 0", "undecided"),
        ("echo '{\"refused\": []}'", "undecided"),
        ("touch $4; echo '{\"refused\": []}'", "undecided"),
        ("touch $4; echo nonsense", "undecided"),
        ('touch $4; echo \'{"refused": [{"names": ["t"]}]}\'', "undecided"),
        ("kill -9 $$", "undecided"),
    ],
)
async def test_a_replay_that_misbehaves_decides_nothing(native_lean, library, tmp_path, text, outcome):
    """Nothing written, nothing said, nonsense said, death."""
    found = await verdict(with_replay(native_lean, tmp_path, text), library, PROVED)
    assert (found.outcome, found.rung) == (outcome, "compiled")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("(kernel) declaration type mismatch, 't' has type\n  N", "rejected"),
        ("(kernel) deterministic timeout", "undecided"),
        ("(kernel) deep recursion detected", "undecided"),
        ("(kernel) excessive memory consumption detected", "undecided"),
        ("(kernel) interrupted", "undecided"),
    ],
)
async def test_what_a_fake_replay_refuses_is_rejected_but_for_lack_of_means(
    native_lean, library, tmp_path, error, outcome
):
    """A kernel that gives up judges nothing."""
    refused = [{"names": ["t"], "error": error}]
    found = await verdict(with_replay(native_lean, tmp_path, taking(native_lean, PROVED, refused)), library, PROVED)
    assert found.outcome == outcome, found
    assert outcome == "undecided" or [reason.code for reason in found.reasons] == ["kernel"]


@pytest.mark.lean
async def test_the_program_that_replays_is_well_typed(engine_factory):
    """By the embedded Lean 4.28, with all of its library; it is run by a native one only."""
    text = Path(batch.__file__).with_name("replay.lean").read_text(encoding="utf-8")
    imports, _, body = text.partition("import Lean\n")
    assert "import" not in imports.replace("imports", "")
    engine = await engine_factory()
    try:
        outcome = await engine.elaborate(Header(("Init", "Lean")), body, deadline=120)
    finally:
        await engine.aclose()
    assert (outcome.status, outcome.messages) == ("done", ())


async def test_a_replay_of_no_sense_is_refused(native_lean, library, tmp_path):
    """As by every engine, with the last line that it said."""
    program = with_replay(native_lean, tmp_path, "echo 'there is no name 7 yet' >&2; exit 1")
    engine = await BatchEngine.start(Lean(program, (library,)))
    with pytest.raises(EngineRefused, match="there is no name 7 yet"):
        await engine.replay(("Init",), "{", tmp_path / "X.olean", deadline=30)
