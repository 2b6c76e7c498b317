"""Find the judges that a native Lean toolchain brings, and have them judge a solution. Nothing is ever downloaded.

Two kinds of judge are known; a program is one only if it answers as such, never because of its name or version.

`lake comparator` (Lean 4.35.0-rc2 and later; `lake challenge` for some weeks before; lean4#14885, #15146) builds a
challenge module and a solution module of a Lake project, exports both, and compares statements, axioms and, in a
process of its own (#15055), the proofs by Lean's kernel. `--paranoid` (#15145) asks the other kernels of the
toolchain as well, and all have to accept. It takes a JSON file with the keys `challenge_module`, `solution_module`,
`theorem_names`, `permitted_axioms`, needs a `lake-manifest.json`, `git` and, as it has no other sandbox, `bwrap`
(#15005); the option that switches the sandbox off (#15156) is not used here. Exit codes: 0 accepted, 1 rejected, 2
not even started. But 1 is also how a failed build, export or kernel process ends (src/lake/Lake/CLI/Check.lean), so
it counts as a rejection only with one of the tool's own verdicts, or the solution's compile error, beside it; that
caution, too, is public practice (Palomar's verifier documentation).

`leanchecker` (Lean 4.28.0-rc1 and later; lean4#11887) replays what one compiled module declares through Lean's kernel
(src/LeanChecker.lean). It compares no statement and accepts `sorry`, and it cannot know that a program in the solution
has not written another module in place of what was compiled: a judge of scope "replay". As compiling untrusted text
natively runs whatever program is in it, this judge exists only where there is `bwrap` to do it in.

elan's proxies download toolchains as they see fit, and no setting keeps them from it (elan 4.2.3, src/elan/config.rs;
leanprover/elan#188, #210). They are never started: where one is found, the toolchains that it has installed are.
"""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proofagent.lean.program import Ended, run, shown
from proofagent.lean.project import is_elans

Outcome = Literal["accepted", "rejected", "undecided"]
Scope = Literal["statement", "replay"]

ASK_SECONDS = 10.0

_COMMANDS = ("comparator", "challenge")
_NO_MODULE = "ProofagentAsksForAModuleThatIsNotThere"
_LAKE_VERSION = re.compile(r"\(Lean version ([^\s,()]+)")
_LEAN_VERSION = re.compile(r"Lean \(version ([^\s,()]+)")
_READABLE_VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[\w.-]+)?", re.ASCII)

# What the comparator prints, from src/lake/Lake/CLI/Check.lean and src/lake/Lake/Check/{Compare,Axioms}.lean.
_OKAY = re.compile(r"^Your solution is okay!$", re.MULTILINE)
_VERDICT = re.compile(
    r"^(?:error: (?:Challenge and solution (?:constant kind|theorem statement) do|Const does not match between "
    r"|Const(?:ant)? not found in solution|Solution constant is not |Illegal axiom detected: "
    r"|Solution\.lean:\d+:\d+: )"
    r"|Lean default kernel rejected the solution$).*",
    re.MULTILINE,
)
_SANDBOX_FAILED = re.compile(r"^bwrap: .*", re.MULTILINE)
_COMPILE_ERROR = re.compile(r"^Solution\.lean:\d+:\d+: error.*", re.MULTILINE)
_REPLAY_FAILED = re.compile(r"^leanchecker found a problem in Solution$", re.MULTILINE)

_CLAIM: dict[int, Outcome] = {0: "accepted", 1: "rejected"}
"""What an exit code says at most; every other code, and no code at all, is undecided."""

_LAKEFILE = 'name = "judged"\n\n[[lean_lib]]\nname = "Challenge"\n\n[[lean_lib]]\nname = "Solution"\n'
_MANIFEST = {"version": "1.1.0", "packagesDir": ".lake/packages", "packages": [], "name": "judged", "lakeDir": ".lake"}
_PRIVATE = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108  (covered, not written to)


@dataclass(frozen=True, slots=True)
class Judge:
    """A program that answered as a judge does. `version` is that of its Lean, as reported.

    A judge of scope "statement" says that the solution proves the challenge's statements from the permitted axioms; one
    of scope "replay" says only that the kernel accepts what the solution declares. `path` is where it finds helpers.
    """

    name: str
    program: Path
    version: str
    scope: Scope
    arguments: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """What a judge said. `detail` is the reason, for people: a line, or the end of what the program printed."""

    outcome: Outcome
    detail: str
    seconds: float


async def find_judges(path: str | None = None) -> tuple[Judge, ...]:
    """The judges on `path` (PATH by default), each program asked within 10 s; of elan's toolchains the newest one."""
    path = os.environ.get("PATH", os.defpath) if path is None else path
    found = []
    for name, ask in (("lake", _comparator), ("leanchecker", _replayer)):
        judges = [judge for program in _programs(name, path) if (judge := await ask(program, path))]
        if judges:
            found.append(max(judges, key=lambda judge: _newness(judge.version)))
    return tuple(found)


async def run_judge(
    judge: Judge, challenge: str, solution: str, targets: Sequence[str], axioms: Sequence[str], *, deadline: float
) -> JudgeAnswer:
    """Have `judge` say whether `solution` proves `targets` as `challenge` states them, from `axioms`.

    Both texts are whole files with their import lines, of Lean's own library. Everything happens in a temporary
    folder and within `deadline` seconds; whatever is not a judgement that the judge is known to give is undecided.
    """
    began = time.monotonic()
    if not targets:
        return JudgeAnswer("undecided", "there is nothing to judge: no target was named", 0.0)
    try:
        with tempfile.TemporaryDirectory(prefix="proofagent-judge-", ignore_cleanup_errors=True) as name:
            folder = _project(name, challenge, solution, targets, axioms)
            judging = _compare if judge.scope == "statement" else _replay
            outcome, detail = await judging(judge, folder, began + deadline)
    except (OSError, ValueError) as error:
        outcome, detail = "undecided", f"the project to judge cannot be written: {error}"
    return JudgeAnswer(outcome, detail, time.monotonic() - began)


def _programs(name: str, path: str) -> list[Path]:
    """The program that `path` has under this name; where that is elan's proxy, those of the installed toolchains."""
    found = shutil.which(name, path=path)
    if found is None:
        return []
    program = Path(found).absolute()
    real = program.resolve()
    if not is_elans(program):
        # Lean programs look for each other beside themselves, not beside a link to them.
        return [real if real.name == name else program]
    homes = {program.parent.parent, real.parent.parent}
    homes |= {Path(home) for home in (os.environ.get("ELAN_HOME"), os.environ.get("HOME", "") + "/.elan") if home}
    inside = {tool.resolve() for home in homes for tool in home.glob(f"toolchains/*/bin/{name}")}
    return sorted(tool for tool in inside if tool.is_file())


async def _comparator(lake: Path, path: str) -> Judge | None:
    """A Lake without the command prints its general help and exits with 0, so the text decides."""
    path = f"{lake.parent}{os.pathsep}{path}"
    version = await _version([str(lake), "--version"], _LAKE_VERSION, path)
    if version is None:
        return None
    for command in _COMMANDS:
        said = await _ask([str(lake), command, "--help"], path)
        if said.code == 0 and re.search(rf"^\s*lake {command}\b", said.text, re.MULTILINE) and "challenge" in said.text:
            options = ("--paranoid",) if "--paranoid" in said.text else ()
            name = " ".join(("lake", command, *options))
            return Judge(name, lake, version, "statement", (command, *options), path)
    return None


async def _replayer(leanchecker: Path, path: str) -> Judge | None:
    """`leanchecker` has no `--help`; that it says what it misses about a module that is not there tells what it is."""
    path = f"{leanchecker.parent}{os.pathsep}{path}"
    lean = leanchecker.parent / "lean"
    if shutil.which("bwrap", path=path) is None or not lean.is_file():
        return None
    version = await _version([str(lean), "--version"], _LEAN_VERSION, path)
    if version is None:
        return None
    said = await _ask([str(leanchecker), _NO_MODULE], path)
    if said.code != 1 or f"Could not find any oleans for: {_NO_MODULE}" not in said.text:
        return None
    return Judge("leanchecker", leanchecker, version, "replay", (), path)


async def _version(command: Sequence[str], pattern: re.Pattern[str], path: str) -> str | None:
    said = await _ask(command, path)
    match = pattern.search(said.text) if said.code == 0 else None
    return match.group(1) if match and _READABLE_VERSION.fullmatch(match.group(1)) else None


async def _ask(command: Sequence[str], path: str) -> Ended:
    """Run a question in an empty folder, so that no project's configuration is read or run."""
    with tempfile.TemporaryDirectory(prefix="proofagent-ask-", ignore_cleanup_errors=True) as folder:
        return await run(command, folder=Path(folder), environment=_environment(folder, path), deadline=ASK_SECONDS)


def _environment(folder: str, path: str) -> dict[str, str]:
    """All that a judge gets to see: no variable of ours may change how it judges, no file at home either.

    `LAKE_CHECK_EXPORT`, for one, makes `lake check` do something else (src/lake/Lake/CLI/Check.lean), and a variable
    of con-leche makes it exit with 0 unchecked (leanprover/con-leche#8).
    """
    return {"PATH": path, "HOME": folder, "LC_ALL": "C.UTF-8", "LEAN_ABORT_ON_PANIC": "1"}


def _project(name: str, challenge: str, solution: str, targets: Sequence[str], axioms: Sequence[str]) -> Path:
    """No `lean-toolchain`: the toolchain is the one that the judge belongs to. The manifest spares `lake update`."""
    config = {
        "challenge_module": "Challenge",
        "solution_module": "Solution",
        "theorem_names": list(targets),
        "permitted_axioms": list(axioms),
    }
    texts = {
        "Challenge.lean": challenge,
        "Solution.lean": solution,
        "lakefile.toml": _LAKEFILE,
        "lake-manifest.json": json.dumps(_MANIFEST),
        "comparator.json": json.dumps(config),
    }
    folder = Path(name).resolve()
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder


async def _compare(judge: Judge, folder: Path, end: float) -> tuple[Outcome, str]:
    command = [str(judge.program), *judge.arguments, "--config", "comparator.json"]
    said = await run(
        command, folder=folder, environment=_environment(str(folder), judge.path), deadline=end - time.monotonic()
    )
    claim = _claim(said)
    verdict = _VERDICT.search(said.text)
    if claim == "accepted" and _OKAY.search(said.text) and not verdict:
        return "accepted", f"{judge.name} accepts"
    if claim == "rejected" and verdict and not _SANDBOX_FAILED.search(said.text):
        return "rejected", shown(verdict.group())
    return "undecided", f"{judge.name} {said.how}: {shown(said.text)}"


async def _replay(judge: Judge, folder: Path, end: float) -> tuple[Outcome, str]:
    """Compile both modules in the sandbox, the trusted one first to see that this works here, then replay."""
    for module in ("Challenge", "Solution"):
        lean = str(judge.program.parent / "lean")
        said = await _in_sandbox(judge, [lean, "-o", f"{module}.olean", f"{module}.lean"], folder, end)
        error = _COMPILE_ERROR.search(said.text)
        if module == "Solution" and _claim(said) == "rejected" and error:
            return "rejected", shown(error.group())
        if said.code != 0:
            return "undecided", f"compiling the {module.lower()} {said.how}: {shown(said.text)}"
    said = await _in_sandbox(judge, [str(judge.program), "Solution"], folder, end)
    claim = _claim(said)
    failed = _REPLAY_FAILED.search(said.text)
    if claim == "accepted" and not failed:
        return "accepted", f"{judge.name} accepts what the solution declares"
    if claim == "rejected" and failed:
        return "rejected", shown(said.text)
    return "undecided", f"{judge.name} {said.how}: {shown(said.text)}"


async def _in_sandbox(judge: Judge, command: Sequence[str], folder: Path, end: float) -> Ended:
    environment = _environment(str(folder), judge.path) | {"LEAN_PATH": str(folder)}
    return await run(
        [*_sandbox(judge, folder, environment), *command],
        folder=folder,
        environment=environment,
        deadline=end - time.monotonic(),
    )


def _sandbox(judge: Judge, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """The machine read-only, homes and temporary folders covered, no network, and `folder` to write to."""
    toolchain = judge.program.parent.parent
    covers = [word for place in _PRIVATE if Path(place).is_dir() for word in ("--tmpfs", place)]
    uncovers = ["--ro-bind", str(toolchain), str(toolchain)] if toolchain.name else []
    sets = [word for name, value in environment.items() for word in ("--setenv", name, value)]
    return [
        *(shutil.which("bwrap", path=judge.path) or "bwrap", "--ro-bind", "/", "/", *covers, *uncovers),
        *("--bind", str(folder), str(folder), "--dev", "/dev", "--proc", "/proc", "--unshare-all"),
        *("--die-with-parent", "--new-session", "--clearenv", *sets, "--chdir", str(folder), "--"),
    ]


def _claim(said: Ended) -> Outcome:
    return "undecided" if said.code is None else _CLAIM.get(said.code, "undecided")


def _newness(version: str) -> tuple[tuple[int, ...], bool, tuple[int, ...]]:
    numbers = tuple(map(int, re.findall(r"\d+", version)))
    return numbers[:3], "-" not in version, numbers[3:]
