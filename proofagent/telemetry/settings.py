"""What of logs and traces is asked for, by variables and options; nothing here needs a library."""

import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from proofagent.errors import ConfigError

Level = Literal["debug", "info", "warning"]
LEVELS: tuple[Level, ...] = get_args(Level)

LEVEL, FILE = "PROOFAGENT_LOG", "PROOFAGENT_LOG_FILE"
_OFF = "off"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_EXPORTERS = "OTEL_TRACES_EXPORTER"
_DISABLED = "OTEL_SDK_DISABLED"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`level` is None where no logs are asked for; `exporters` is empty where no traces are."""

    level: Level | None = None
    file: Path | None = None
    """None is standard error."""

    exporters: tuple[str, ...] = ()
    """As `OTEL_TRACES_EXPORTER` calls them."""

    traces_by: str = ""
    """The variable that asks for traces."""

    def __bool__(self) -> bool:
        return self.level is not None or bool(self.exporters)


def wanted(environment: Mapping[str, str], level: str | None = None, file: Path | None = None) -> Wanted:
    """What is asked for; `level` and `file` go before the variables. Raises `ConfigError` for a level that is none."""
    exporters, traces_by = _exporters(environment)
    level = environment.get(LEVEL, "") if level is None else level
    name = environment.get(FILE, "")
    file = file or (Path(name) if name else None)
    return Wanted(_level(level, filed=file is not None), file, exporters, traces_by)


def hand_down(environment: MutableMapping[str, str], asked: Wanted) -> None:
    """Leave what was asked for in the environment, for the processes that this one starts."""
    environment[LEVEL] = asked.level or _OFF
    if asked.file is not None:
        environment[FILE] = str(asked.file.absolute())


def warn(message: str) -> None:
    """Say something to people, if anybody listens."""
    with suppress(Exception):
        print(f"warning: {message}", file=sys.stderr, flush=True)


def _level(text: str, *, filed: bool) -> Level | None:
    name = text.strip().lower()
    if not name and filed:
        return "info"
    if name in ("", _OFF):
        return None
    for level in LEVELS:
        if level == name:
            return level
    raise ConfigError(f"--log and {LEVEL} take {', '.join(LEVELS)} or {_OFF}, not {text!r}")


def _exporters(environment: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    if environment.get(_DISABLED, "").strip().lower() == "true":
        return (), ""
    if names := environment.get(_EXPORTERS, "").strip():
        found = dict.fromkeys(name.strip().lower() for name in names.split(","))
        return tuple(name for name in found if name not in ("", "none")), _EXPORTERS
    by = next((name for name in _ENDPOINTS if environment.get(name)), "")
    return ("otlp",) if by else (), by


def otlp_endpoint(environment: Mapping[str, str]) -> str:
    """Where traces go to; the SDK's own default where no variable says so."""
    return next(filter(None, (environment.get(name) for name in _ENDPOINTS)), "http://localhost:4318")
