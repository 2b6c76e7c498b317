"""Every exception that the project raises.

    ProofAgentError              anything below
    ├── UsageError               what the caller gave cannot be used (exit code 64)
    │   ├── GoalError            a goal, statement or file cannot be read; has a position
    │   └── ConfigError          a setting is unknown or out of range
    ├── SetupError               Lean, Node or the library is missing or broken; says what mends it (exit code 2)
    ├── OleanError               an .olean file cannot be read: malformed, truncated, hostile or of an unknown version
    └── EngineError              a Lean process did not do its work (exit code 2)
        ├── EngineLost           it died, spoke garbage or could not be started
        ├── EngineRefused        it answered that the request cannot be carried out
        └── WorkerLost           a whole worker of a batch is gone, with its engines

A tactic that fails, a deadline that passes, a goal that stays open are values, not exceptions.
"""


class ProofAgentError(Exception):
    """Base of all errors; `str` is one line for people, ready to print."""


class UsageError(ProofAgentError):
    """The caller's input cannot be used; nothing was started."""


class GoalError(UsageError):
    """A statement or a file of goals cannot be read; `where` names file, line and column as far as known."""

    def __init__(self, message: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


class ConfigError(UsageError):
    """A setting is unknown, malformed or out of range."""


class SetupError(ProofAgentError):
    """Something that proving needs is not on this machine; the message names the command that mends it."""


class OleanError(ProofAgentError):
    """An .olean file cannot be read: malformed, truncated, hostile or of an unknown version."""


class EngineError(ProofAgentError):
    """A Lean process failed as a process; `detail` is the tail of what it printed."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class EngineLost(EngineError):
    """The process died, could not be started, or answered what nobody can read."""


class EngineRefused(EngineError):
    """The process is well and says that the request cannot be carried out (a missing import, say)."""


class WorkerLost(EngineError):
    """A worker of a batch is gone: killed, cut off, or its machine lost; what it worked on can be tried elsewhere."""


def first_of(error: BaseException) -> BaseException:
    """The first error of a group of tasks, however deep it lies in groups; one that is no group is itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
