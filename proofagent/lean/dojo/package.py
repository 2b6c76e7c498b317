"""What is used of lean-dojo, the package: its types as far as they are needed, and the only import of it.

lean-dojo has no types of its own that could be relied on, and its import does much (see `load`): nobody else imports
it, and nobody before it is needed.
"""

import gc
import importlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from proofagent.errors import SetupError, UsageError

_NO_DOWNLOADS = "DISABLE_REMOTE_CACHE"
_DETAIL_CHARACTERS = 2_000
_importing = threading.Lock()


class Declared(Protocol):
    """A declaration of a local context (interaction/parse_goals.py)."""

    ident: str
    lean_type: str


class ParsedGoal(Protocol):
    """A goal as lean-dojo parses it."""

    assumptions: Sequence[Declared]
    conclusion: str


class TacticState(Protocol):
    """A state that is kept by the REPL under a number (interaction/dojo.py)."""

    pp: str
    id: int
    message: str | None
    goals: Sequence[ParsedGoal]


class Finished(Protocol):
    message: str | None


class LeanError(Protocol):
    error: str


class Terminal(Protocol):
    """The `pexpect.spawn` that holds the REPL; it leads a session and so a process group."""

    pid: int
    before: object
    exitstatus: int | None
    maxread: int

    def isalive(self) -> bool: ...
    def close(self, force: bool = ...) -> None: ...


class Dojo(Protocol):
    """`proc` and `modified_file` exist only from the middle of `__enter__` on."""

    proc: Terminal
    modified_file: IO[str]

    def __enter__(self) -> tuple["Dojo", TacticState]: ...
    def __exit__(self, kind: object, value: object, trace: object, /) -> None: ...
    def run_tac(self, state: TacticState, tactic: str) -> object: ...


class GitRepo(Protocol):
    """GitPython's `Repo`, which keeps `git cat-file` running between two questions."""

    def close(self) -> None: ...


class Repository(Protocol):
    """A `LeanGitRepo`."""

    name: str

    def get_cache_dirname(self) -> Path: ...


class Package(Protocol):
    """The module `lean_dojo`."""

    Dojo: Callable[..., Dojo]
    LeanGitRepo: Callable[[str, str], Repository]
    Theorem: Callable[[Repository, str, str], object]
    TacticState: type[TacticState]
    ProofFinished: type[Finished]
    ProofGivenUp: type[object]
    LeanError: type[LeanError]
    DojoCrashError: type[Exception]
    DojoTacticTimeoutError: type[Exception]
    DojoInitError: type[Exception]
    parse_goals: Callable[[str], Sequence[ParsedGoal]]


@dataclass(frozen=True, slots=True)
class TracedTheorem:
    """A theorem of a repository that lean-dojo has traced."""

    repository: str
    """The folder of a git repository, or its URL."""

    commit: str
    file: str
    """Relative to the repository: `Mathlib/Algebra/Order.lean`."""

    name: str
    """Full name."""


@dataclass(frozen=True, slots=True)
class DojoGoal:
    """A goal as lean-dojo parses it: a type may have line breaks, and that of a `let` variable ends in its value."""

    hypotheses: tuple[tuple[str, str], ...]
    """Names and types."""

    target: str


def load() -> Package:
    """lean-dojo; the first call imports it, which takes a second and brings Ray.

    On import lean-dojo runs `git --version`, makes its cache folder, reads a `.env` file, takes over the handlers of
    loguru and, where GITHUB_ACCESS_TOKEN is set, asks GitHub whose it is (constants.py, data_extraction/cache.py and
    lean.py). It is told not to download what others have traced, unless it was imported before. Raises `SetupError`.
    """
    with _importing:
        before = os.environ.get(_NO_DOWNLOADS)
        os.environ[_NO_DOWNLOADS] = "1"
        try:
            module = importlib.import_module("lean_dojo")
        except ImportError as error:
            raise SetupError(f'lean-dojo is not installed ({error}); run `pip install "proofagent[dojo]"`') from error
        except Exception as error:  # its import runs programs and may ask a server
            raise SetupError(f"lean-dojo cannot be imported: {named(error)}") from error
        finally:
            if before is None:
                del os.environ[_NO_DOWNLOADS]
            else:
                os.environ[_NO_DOWNLOADS] = before
    return cast(Package, module)


def _git_repos() -> list[GitRepo]:
    kind = importlib.import_module("git").Repo
    return [cast(GitRepo, thing) for thing in gc.get_objects() if issubclass(type(thing), kind)]


@contextmanager
def closing_git() -> Iterator[None]:
    """End the `git cat-file` processes that start meanwhile.

    lean-dojo remembers the repositories that it copies, and forgets others without closing them. Those cannot be left
    to the garbage collector: it may let a running process go before the repository that would have ended it.
    """
    before = _git_repos()
    try:
        yield
    finally:
        for repo in _git_repos():
            if not any(repo is other for other in before):
                repo.close()
        lean = importlib.import_module("lean_dojo.data_extraction.lean")
        for remembered in (lean.url_to_repo, lean._to_commit_hash):  # noqa: SLF001  there is no public way
            remembered.cache_clear()


def parse_goals(text: str) -> tuple[DojoGoal, ...]:
    """Goals as Lean prints them, read by lean-dojo. Raises `SetupError`, and `ValueError` where it cannot read them."""
    package = load()
    try:
        return goals_of(package.parse_goals(text))
    except AssertionError as error:
        raise ValueError("lean-dojo cannot read these goals") from error


def goals_of(goals: Sequence[ParsedGoal]) -> tuple[DojoGoal, ...]:
    """Goals of lean-dojo as values of ours."""
    return tuple(DojoGoal(tuple((d.ident, d.lean_type) for d in g.assumptions), g.conclusion) for g in goals)


def repository_of(package: Package, theorem: TracedTheorem) -> Repository:
    """The theorem's repository, which lean-dojo copies to its cache or asks GitHub about.

    Raises `UsageError` where there is none, and `SetupError` where that cannot be found out.
    """
    place = theorem.repository
    if not theorem.file.endswith(".lean"):
        raise UsageError(f"{theorem.file} is no Lean file")
    # lean-dojo makes the folder where there is none (`working_directory` in utils.py).
    if "://" not in place and not place.startswith("git@") and not Path(place).is_dir():
        raise UsageError(f"there is no folder {place}")
    try:
        with closing_git():
            return package.LeanGitRepo(place, theorem.commit)
    except (ValueError, AssertionError, FileNotFoundError) as error:
        raise UsageError(f"{place} is no repository of a Lean project: {named(error)}") from error
    except Exception as error:  # GitPython's, PyGithub's, urllib's
        raise SetupError(f"{place} cannot be looked up: {named(error)}; check the network and the commit") from error


def require_trace(repository: Repository) -> None:
    """Raise `SetupError` unless lean-dojo has the repository's trace (`CACHE_DIR` of its data_extraction/cache.py)."""
    cached = Path(importlib.import_module("lean_dojo.data_extraction.cache").cache.cache_dir)
    folder = cached / repository.get_cache_dirname() / repository.name
    if not (folder / "Lean4Repl.lean").is_file():
        raise SetupError(
            f"{repository.name} is not traced in {cached}; trace it once, which takes hours for a large one:"
            ' python -c \'from lean_dojo import *; trace(LeanGitRepo("<repository>", "<commit>"))\''
        )


def named(error: Exception) -> str:
    """An exception for people: many of lean-dojo's have no text."""
    text = str(error).strip()
    return f"{type(error).__name__}: {text[:_DETAIL_CHARACTERS]}" if text else type(error).__name__
