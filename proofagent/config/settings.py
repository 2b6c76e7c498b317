"""What a settings file may hold, as models; every mistake in one is a `ConfigError` that names the place."""

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from proofagent.config.prices import Price
from proofagent.config.providers import Wire
from proofagent.errors import ConfigError


class Via(StrEnum):
    """How a model is asked for a proof."""

    WHOLE = "whole"
    """All of it, and then for repairs."""

    SKETCH = "sketch"
    """A skeleton with holes."""

    STEP = "step"
    """The next tactic."""


FILE = "proofagent.toml"
VARIABLE = "PROOFAGENT_CONFIG"
_MOST_BYTES = 1 << 20


def _plain_url(url: str) -> str:
    """An address without secrets in it: it is printed and recorded."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address begins with http:// or https:// and names a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address holds no user, key or query; keys come from environment variables")
    if not url.isprintable() or " " in url or url.endswith(("?", "#")):
        raise ValueError("an address holds no white space, and no mark of a query")
    return url.rstrip("/")


Address = Annotated[str, AfterValidator(_plain_url)]
_ModelId = Annotated[str, Field(pattern=r"^[^/=\s]+/[^=]+$")]
_Environment = Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProviderTable(_Model):
    """A server of models; for one that is known by name, what is different about it."""

    base_url: Address | None = None
    key_env: _Environment | None = None
    """The name of the environment variable with the key, never the key."""

    wire: Wire | None = None
    takes_n: bool | None = None
    newer_limit: bool | None = None


class ModelTable(_Model):
    """How a model is asked. What is None is left to the server."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int = Field(default=16_384, ge=1)
    """Most tokens of an answer, what the model thinks included; a request reserves as many of the spend limit."""

    samples: int = Field(default=1, ge=1, le=64)
    """Answers to each question."""

    seed: int | None = None
    stop: tuple[str, ...] = ()
    structured: bool = False
    """Whether the server is told the form of an answer (a JSON schema) where a prompt has one."""

    timeout: float = Field(default=180.0, gt=0, allow_inf_nan=False)
    """Seconds for one answer."""

    tries: int = Field(default=5, ge=1, le=20)
    """Requests for one answer: what is busy or broken for a moment is asked again."""

    concurrency: int = Field(default=8, ge=1, le=1024)
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """Of its proposals beside those of other models."""

    local: bool | None = None
    """Whether its tokens cost nothing; where not said: whether it is served by this machine."""


class Profile(_Model):
    """Settings of a run under a name; what a flag says counts more."""

    models: tuple[str, ...] = ()
    """`provider/name`, or `provider/name=WEIGHT`."""

    via: tuple[Via, ...] | None = None
    samples: int | None = Field(default=None, ge=1, le=64)
    temperature: float | None = Field(default=None, ge=0, le=2)
    repairs: int | None = Field(default=None, ge=0, le=20)
    """How often a wrong proof goes back with Lean's errors."""

    tokens: int | None = Field(default=None, ge=0)
    dollars: Decimal | None = Field(default=None, ge=0)
    prompts: Path | None = None
    """A folder with prompts of one's own, by the names of the package's."""

    lemmas: int | None = Field(default=None, ge=0, le=100)
    """Lemmas of the library in each prompt, at most."""

    portfolio: bool | None = None
    cascade: bool | None = None
    judge: bool | None = None
    refute: bool | None = None


class CheckerTable(_Model):
    """Another checker of proofs: a program that reads Lean's export format (NDJSON, 3.1) and answers by exit code."""

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    """The program and its arguments; `{export}` stands for the file of declarations, `{config}` for one of `config`."""

    config: str = ""
    """What that file holds; `{export}` stands for the path of the other, `{new}` for a JSON list of the names that the
    proof declares, `{axioms}` for one of all axioms that it rests on and, as the library does not give their proofs, of
    theorems."""

    seconds: float = Field(default=300.0, gt=0, allow_inf_nan=False)
    accepts: tuple[int, ...] = (0,)
    """Exit codes by which it takes all declarations."""

    rejects: tuple[int, ...] = (1,)
    """Exit codes by which it refuses one; every other end is no answer."""

    version: str = ""
    """Of the Lean whose kernel it is, where it is one of Lean's own: `--paranoid` asks for one without known bugs."""

    @model_validator(mode="after")
    def _either(self) -> Self:
        if both := set(self.accepts) & set(self.rejects):
            raise ValueError(f"exit code {min(both)} cannot mean both")
        return self


class Settings(_Model):
    """A settings file."""

    profile: str | None = None
    """The profile that is used where none is named."""

    profiles: dict[str, Profile] = {}
    models: dict[_ModelId, ModelTable] = {}
    """By `provider/name`."""

    providers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")], ProviderTable] = {}
    prices: dict[_ModelId, Price] = {}
    native_kernel: bool = True
    """Whether the native kernel, where it is installed, has to accept a proof too."""

    checkers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")], CheckerTable] = {}
    """Who else has to accept it, by name."""

    def chosen(self, name: str | None) -> Profile:
        """The profile called `name`, or else the default one. Raises `ConfigError` where there is none of the name."""
        name = name or self.profile
        if name is None:
            return Profile()
        if name not in self.profiles:
            known = ", ".join(sorted(self.profiles)) or "none"
            raise ConfigError(f"there is no profile `{name}`; there are: {known}")
        return self.profiles[name]


def default_path() -> Path:
    """Where the user's own settings are looked for."""
    return Path(platformdirs.user_config_dir("proofagent")) / FILE


def load_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `path`, or in `PROOFAGENT_CONFIG`, or in the user's own file if there is one.

    A file in the working directory is not read by itself: settings say where keys are sent to.
    Raises `ConfigError` where a file that was named is missing, or where one is malformed.
    """
    named = path or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    file = named or default_path()
    try:
        if named is None and not file.is_file():
            return Settings()
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{file}: more than {_MOST_BYTES >> 20} MB is no settings file")
    return _parsed(data, str(file))


def _parsed(data: bytes, where: str) -> Settings:
    try:
        return Settings.model_validate(tomllib.loads(data.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{where}: {place}: {_said(first['msg'], first['type'])}") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a number of thousands of digits
        raise ConfigError(f"{where}: {error}") from error


def _said(message: str, kind: str) -> str:
    return "there is no such setting" if kind == "extra_forbidden" else message.removeprefix("Value error, ")
