"""What other kernels say decides together with the first: all that ran must take the declarations."""

import json
import sys
from functools import partial
from importlib.machinery import ModuleSpec

import anyio
import pytest

from proofagent.check.corpus import folder_of
from proofagent.check.gate import Claim
from proofagent.check.policy import Policy
from proofagent.check.rechecks import NO_KERNELS, Kernels, installed, rechecked, refusals, ruled
from proofagent.config.settings import CheckerTable, Settings
from proofagent.errors import ConfigError, EngineLost
from proofagent.goals.files import source
from proofagent.lean.engine import Refusal
from proofagent.lean.kernel import Checker, Exported, NativeKernel, Replayed, checkers_on
from proofagent.lean.kernel import native as native_module
from proofagent.lean.kernel.checkers import ask as asked
from proofagent.lean.olean import Name, Reach

STATEMENT = "theorem t (p : Prop) (h : p) : p"
STATED, PROVED = STATEMENT + " := sorry\n", STATEMENT + " := h\n"


def exported(needs, new=("t",), missing=()):
    """Declarations that rest on each other as `needs` says; `ruled` looks at their names alone."""
    groups = tuple((Named(name),) for name in needs)
    return Exported("", new, Reach(groups, needs, frozenset(missing), {name: name for name in needs}))


class Named:
    kind = "theorem"

    def __init__(self, name):
        self.name = Name.of(*name.split("."))


def replayed(refused=(), opaque=(), taken=("t",)):
    said = tuple(Refusal((n,), e) for n, e in refused)
    return Replayed("4.35.0", len(taken), frozenset(taken), 5, 2, said, frozenset(opaque))


@pytest.mark.parametrize(
    ("refused", "opaque", "taken", "outcome", "word"),
    [
        ([], [], "t", "accepted", ""),
        ([], ["Nat.gcd"], "t", "accepted", ""),
        ([], [], "", "undecided", "says nothing of t"),
        ([], [], "u", "undecided", "says nothing of t"),
        ([("t", "wrong")], [], "", "rejected", "t: wrong"),
        ([("t", "wrong")], ["Nat.gcd"], "", "undecided", "library not exposed: Nat.gcd"),
        ([("t", "wrong")], ["Nat.lcm"], "", "rejected", "t: wrong"),
        ([("t", "wrong")], ["Classical.choice"], "", "rejected", "t: wrong"),
        ([("t", "deep recursion")], [], "", "undecided", "gave up on t"),
        ([("t", "deep recursion")], ["Nat.gcd"], "", "undecided", "gave up on t"),
        ([("t", "the kernel refused to evaluate `Nat.pow`")], [], "", "undecided", "gave up on t"),
        ([("Nat.gcd", "other"), ("t", "unknown constant")], [], "", "undecided", "library not exposed: Nat.gcd"),
        ([("Nat.gcd", "other")], [], "t", "accepted", ""),
    ],
)
def test_a_refusal_counts_where_nothing_was_hidden_from_the_kernel(refused, opaque, taken, outcome, word):
    """What the kernel could not unfold may be what it lacked; what lies elsewhere is no excuse."""
    given = exported({"Nat.gcd": (), "Nat.lcm": (), "Classical.choice": (), "t": ("Nat.gcd", "Classical.choice")})
    found, _ = ruled(given, replayed(refused, opaque, taken))
    assert (found.outcome, word in found.detail) == (outcome, True), found
    assert bool(found.unexposed) == ("not exposed" in word)
    assert [reason.code for reason in refusals([found])] == ["second-kernel"] * (outcome == "rejected")


def test_one_sure_refusal_among_others_rejects():
    """That something else was hidden does not save what is wrong anyway."""
    given = exported({"Nat.gcd": (), "t": ("Nat.gcd",), "u": ()}, new=("t", "u"))
    found, _ = ruled(given, replayed([("t", "wrong"), ("u", "wrong")], ["Nat.gcd"], ""))
    assert (found.outcome, found.detail) == ("rejected", "u: wrong")


def test_what_rests_on_what_a_kernel_gave_up_on_is_no_more_rejected_than_that():
    """It could not have been known there."""
    given = exported({"lemma": (), "t": ("lemma",)}, new=("t", "lemma"))
    found, _ = ruled(given, replayed([("lemma", "deep recursion"), ("t", "unknown constant")], (), ""))
    assert (found.outcome, "gave up on lemma" in found.detail) == ("undecided", True)


def test_what_is_missing_is_hidden_too():
    """A name that the library does not have at all."""
    found, hidden = ruled(
        exported({"t": ("Secret",)}, missing=["Secret"]), replayed([("t", "unknown constant")], (), "")
    )
    assert (found.outcome, found.unexposed, hidden) == ("undecided", ("Secret",), {"Secret"})


# External checkers: real programs, that play one. None of them is a kernel.


def fake(tmp_path, text, **more):
    """A checker that is a program of a few lines: `export` is what it was given, `config` the other file's text."""
    program = tmp_path / "checker.py"
    head = "import sys, time\nexport = open(sys.argv[1]).read()\nconfig = open(sys.argv[2]).read()\n"
    program.write_text(head + text, encoding="utf-8")
    table = CheckerTable(command=(sys.executable, str(program), "{export}", "{config}"), **more)
    return checkers_on(Settings(checkers={"played": table}))[0]


def answer(checker, given=None, deadline=20.0):
    return anyio.run(lambda: asked(checker, given or exported({"t": ()}), deadline=deadline))


@pytest.mark.parametrize(
    ("text", "outcome", "word"),
    [
        ("sys.exit(0)", "accepted", ""),
        ("sys.exit('t is wrong')", "rejected", "t is wrong"),
        ("sys.exit(2)", "undecided", "exited with 2"),
        ("import os; os.kill(os.getpid(), 9)", "undecided", "killed by signal 9"),
        ("time.sleep(60)", "undecided", "was stopped after"),
        ("print('x' * 3_000_000, flush=True); sys.exit(1)", "rejected", "xxx"),
    ],
)
def test_an_exit_code_is_an_answer_and_every_other_end_is_none(tmp_path, text, outcome, word):
    """Silence, death and floods decide nothing."""
    found = answer(fake(tmp_path, text, seconds=5))
    assert (found.outcome, word in found.detail) == (outcome, True), found


def test_a_checker_has_exit_codes_and_a_file_of_its_own(tmp_path):
    """As its settings say, with the places filled in."""
    config = '{"file": "{export}", "axioms": {axioms}, "new": {new}}'
    text = "import json\nc = json.loads(config)\nsys.exit(7 if c['file'] == sys.argv[1] and c['new'] == ['t'] else 3)"
    assert answer(fake(tmp_path, text, config=config, accepts=(7,))).outcome == "accepted"
    assert answer(fake(tmp_path, text, config=config, accepts=(0,), rejects=(7,))).outcome == "rejected"


def test_names_are_given_without_the_quotes_that_are_leans_alone(tmp_path):
    """A checker that joins the components of a name would not find one in quotes, and refuse the proof for it."""
    text = "import json\nsys.exit(0 if json.loads(config) == ['a b'] else 1)"
    given = exported({"a b": ()}, new=("«a b»",))
    assert answer(fake(tmp_path, text, config="{new}"), given).outcome == "accepted"


def test_a_checker_that_is_not_there_is_a_mistake_in_the_settings():
    """Nobody may believe that it agreed."""
    settings = Settings(checkers={"nanoda": CheckerTable(command=("nanoda_of_nowhere",))})
    with pytest.raises(ConfigError, match="no program nanoda_of_nowhere"):
        checkers_on(settings)


def test_a_checker_beside_us_is_found_from_elsewhere(tmp_path, monkeypatch):
    """A path that depends on the folder of the settings' reader is made whole."""
    program = tmp_path / "mine"
    program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    (checker,) = checkers_on(Settings(checkers={"mine": CheckerTable(command=("./mine",))}))
    monkeypatch.chdir("/")
    assert answer(checker).outcome == "accepted"


def test_a_program_that_vanished_decides_nothing(tmp_path):
    """It was there when the settings were read."""
    gone = Checker("gone", CheckerTable(command=(str(tmp_path / "nothing"),)), "")
    assert answer(gone).outcome == "undecided"


@pytest.mark.parametrize("line", ["command = []", "command = 'x'", "seconds = 0", "accept = [0]", "rejects = [0]"])
def test_a_table_that_makes_no_sense_is_said(tmp_path, line):
    """By its place in the file."""
    from proofagent.config.settings import load_settings

    file = tmp_path / "settings.toml"
    file.write_text(f"[checkers.x]\ncommand = ['x']\n{line}\n".replace("command = ['x']\ncommand", "command"), "utf-8")
    with pytest.raises(ConfigError, match=r"checkers\.x"):
        load_settings(file)


@pytest.mark.anyio
async def test_what_cannot_be_written_out_is_undecided(tmp_path):
    """A library that is not there keeps every kernel from answering."""
    kernels = Kernels(NativeKernel(tmp_path), (Checker("x", CheckerTable(command=("x",)), ""),))
    found = await rechecked(kernels, [tmp_path], ["Nope"], None, ["t"], deadline=5)
    assert [(each.outcome, "cannot be written out" in each.detail) for each in found] == [("undecided", True)] * 2
    assert await rechecked(NO_KERNELS, [tmp_path], ["Nope"], None, ["t"], deadline=5) == ()


def test_many_refusals_are_ruled_upon_in_proportion():
    """A chain of lemmas that all rest on one that the kernel gave up on costs no more for each than a short one."""
    chain = {f"t{i}": (f"t{i - 1}",) if i else () for i in range(20_000)}
    given = exported(chain, new=tuple(chain))
    refused = [(name, "unknown constant" if name != "t0" else "deep recursion") for name in chain]
    second, _ = ruled(given, replayed(refused, taken=()))
    assert (second.outcome, "gave up on t0" in second.detail) == ("undecided", True)


def test_an_installation_that_lacks_its_library_is_asked_and_answers_nothing(tmp_path, monkeypatch):
    """To take it for none at all would accept with one kernel less, in silence."""
    monkeypatch.setattr(native_module, "find_spec", lambda _: ModuleSpec("x", None, origin=str(tmp_path / "x.py")))
    kernel = NativeKernel.find()
    assert kernel is not None
    with pytest.raises(EngineLost):
        anyio.run(partial(kernel.replay, "", (), deadline=30))
    monkeypatch.setattr(native_module, "find_spec", lambda _: None)
    assert NativeKernel.find() is None


# The gate, with the real kernels.


@pytest.fixture
def native():
    kernel = NativeKernel.find()
    if kernel is None:
        pytest.skip("the native kernel (extra `kernel`) is not installed")
    return Kernels(kernel)


def of_corpus(name):
    """What an attack claims."""
    stated, proved = (source(folder_of("attacks") / name / f"{part}.lean") for part in ("challenge", "solution"))
    return Claim(stated.imports, stated.body, proved.body, None, proved.imports)


def claim(solution=PROVED, **more):
    return Claim(("Init",), STATED, solution, policy=Policy(**more))


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_second_kernel_is_asked_where_it_is_installed_and_the_receipt_names_it(ask, native):
    """With its version, and with how much it checked and assumed."""
    stated = "theorem t (a b : Nat) : a + b = b + a := "
    verdict = ask(Claim(("Init",), stated + "sorry", stated + "by omega"))
    (second,) = verdict.receipt.rechecks
    assert (verdict.outcome, verdict.rung, second.outcome) == ("accepted", "rechecked", "accepted")
    assert second.name == "native Lean 4.35.0"
    assert second.taken == len(verdict.receipt.new_declarations) + 1
    assert (second.checked > 100, second.assumed > 10) == (True, True)
    assert verdict.receipt.seconds.recheck > 0
    assert installed().native == native.native
    assert json.loads(verdict.receipt.model_dump_json())["rechecks"][0]["kernel"] == "native Lean"


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_paranoia_wants_a_second_kernel(ask, native):
    """One of known bugs is not enough, alone or with nobody beside it."""
    assert ask(claim(paranoid=True), kernels=native).outcome == "accepted"
    alone = ask(claim(paranoid=True), kernels=NO_KERNELS)
    assert (alone.outcome, "proofagent[kernel]" in alone.why) == ("undecided", True)
    assert ask(claim(), kernels=NO_KERNELS).rung == "compared"


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_what_the_library_rests_on_is_not_the_solutions_to_declare(ask):
    """Nor where no other kernel is there to be asked: the embedded one takes it, and False with it."""
    found = ask(of_corpus("private-name-of-library"), kernels=NO_KERNELS, deadline=120)
    assert (found.outcome, found.rung) == ("undecided", "compared")
    assert found.why.endswith("SOM.Poly.mul.go, which only the library may declare")


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_kernel_that_does_not_take_it_rejects_the_solution(ask, native, tmp_path):
    """Whoever else accepts: the proof rests on nothing that could have been hidden."""
    verdict = ask(claim(), kernels=Kernels(native.native, (fake(tmp_path, "sys.exit('no')"),)))
    assert (verdict.outcome, [reason.code for reason in verdict.reasons]) == ("rejected", ["second-kernel"])
    assert [each.outcome for each in verdict.receipt.rechecks] == ["accepted", "rejected"]


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_refusal_by_who_may_not_have_seen_enough_decides_nothing(ask, tmp_path):
    """Without the native kernel nobody knows which of the library's axioms hide a definition."""
    stated = "theorem t (a b : Nat) : a + b = b + a := "
    verdict = ask(
        Claim(("Init",), stated + "sorry\n", stated + "Nat.add_comm a b\n"),
        kernels=Kernels(None, (fake(tmp_path, "sys.exit('no')"),)),
    )
    (second,) = verdict.receipt.rechecks
    assert (verdict.outcome, verdict.rung, second.outcome) == ("undecided", "compared", "undecided")
    assert "library not exposed" in second.detail
    assert "played does not decide: library not exposed" in verdict.why


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_a_kernel_that_is_broken_accepts_nothing(ask, tmp_path):
    """A solution could have broken it, so it is missed; what is to be done about it is said."""
    (tmp_path / "lib.so").write_bytes(b"no library")
    verdict = ask(claim(), kernels=Kernels(NativeKernel(tmp_path / "lib.so")))
    assert (verdict.outcome, verdict.rung, verdict.receipt.rechecks[0].outcome) == (
        "undecided",
        "compared",
        "undecided",
    )
    assert "--no-kernels" in verdict.why


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_names_of_all_kinds_are_told_apart(ask, native):
    """Quoted ones and those of notation are the solution's own, as plain ones are."""
    more = 'theorem «a b» : True := trivial\ninfixl:65 " ⊕⊕ " => Nat.add\ntheorem «x.y» : 1 ⊕⊕ 1 = 2 := rfl\n'
    verdict = ask(claim(more + STATEMENT + " := (fun _ => h) «a b»\n"), kernels=native)
    assert (verdict.outcome, verdict.rung) == ("accepted", "rechecked"), verdict.why
    assert verdict.receipt.rechecks[0].taken >= 3


@pytest.mark.lean
@pytest.mark.xdist_group("gate")
def test_receipts_of_machines_with_other_kernels_confirm_each_other(ask, native):
    """What the same kernel says has to be the same, and that it was not asked is no difference."""
    with_it, without = (ask(claim(), kernels=kernels).receipt for kernels in (native, NO_KERNELS))
    assert with_it.differences(without) == without.differences(with_it) == ()
    old = without.model_dump(mode="json", exclude={"rechecks"}) | {"schema_version": 2}
    assert type(with_it).model_validate(old).differences(with_it) == ()
    said = with_it.rechecks[0].model_copy(update={"outcome": "rejected"})
    assert with_it.differences(with_it.model_copy(update={"rechecks": (said,)})) == ("rechecks",)
