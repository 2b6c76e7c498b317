"""Prompts: Markdown files beside this module, each overridable by a file of the same name in a folder of one's own.

A prompt has sections `# system`, `# user`, `# assistant`, and `${name}` where something is put in. What prompts say
about the library (`core`, `mathlib`) is text without sections.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal, get_args

from proofagent.errors import ConfigError
from proofagent.llm.chat import Message, Role

Name = Literal["whole", "repair", "sketch", "step", "refute", "judge", "shorten"]
Library = Literal["core", "mathlib"]

PLACES: Mapping[str, frozenset[str]] = {
    "whole": frozenset(["library", "theorem", "state", "lemmas"]),
    "repair": frozenset(["errors"]),
    "sketch": frozenset(["library", "theorem", "state", "lemmas"]),
    "step": frozenset(["library", "theorem", "path", "state", "failures", "lemmas", "most"]),
    "refute": frozenset(["library", "theorem", "state"]),
    "judge": frozenset(["library", "theorem", "state"]),
    "shorten": frozenset(["library", "theorem", "proof", "wanted"]),
    "core": frozenset(["imports"]),
    "mathlib": frozenset(["imports"]),
}
"""What may stand in each file."""

_SECTION = re.compile(rf"^# ({'|'.join(get_args(Role))})[ \t]*$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of a run."""

    templates: Mapping[Name, tuple[tuple[Role, Template], ...]]
    libraries: Mapping[Library, Template]

    def fill(self, name: Name, values: Mapping[str, str]) -> tuple[Message, ...]:
        """The messages of the prompt `name` with `values` in their places, all of `PLACES[name]`."""
        return tuple(
            Message(role, _EMPTY_LINES.sub("\n\n", template.substitute(values)).strip())
            for role, template in self.templates[name]
        )

    def library(self, imports: Sequence[str]) -> str:
        """What there is under `imports`: which library, which tactics."""
        mathlib = any(name.partition(".")[0] == "Mathlib" for name in imports)
        return self.libraries["mathlib" if mathlib else "core"].substitute(imports=", ".join(imports)).strip()


def load_prompts(folder: Path | None = None) -> Prompts:
    """The package's prompts, and those of `folder` before them.

    Raises `ConfigError` where a file of the folder cannot be read, has no section, or a place that nothing fills.
    """
    if folder is not None and not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder of prompts")
    own = {path.stem for path in folder.glob("*.md")} if folder else set[str]()
    if unknown := sorted(own - PLACES.keys()):
        raise ConfigError(f"{folder}: there is no prompt `{unknown[0]}`; there are: {', '.join(PLACES)}")
    texts = {name: _read(name, folder if name in own else None) for name in PLACES}
    prompts: dict[Name, tuple[tuple[Role, Template], ...]] = {n: _sections(n, *texts[n]) for n in get_args(Name)}
    libraries: dict[Library, Template] = {n: _template(n, *texts[n]) for n in get_args(Library)}
    return Prompts(prompts, libraries)


def _read(name: str, folder: Path | None) -> tuple[str, str]:
    """The text of a file, and where it is from, for people."""
    if folder is None:
        return files("proofagent.propose").joinpath(f"prompts/{name}.md").read_text("utf-8"), f"{name}.md"
    path = folder / f"{name}.md"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: more than {_MOST_BYTES >> 20} MB is no prompt")
        return path.read_text(encoding="utf-8"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _sections(name: str, text: str, where: str) -> tuple[tuple[Role, Template], ...]:
    found = list(_SECTION.finditer(text))
    if not found or text[: found[0].start()].strip():
        raise ConfigError(f"{where}: a prompt begins with a line `# system` or `# user`")
    ends = [*(section.start() for section in found[1:]), len(text)]
    return tuple(
        (next(role for role in get_args(Role) if role == section[1]), _template(name, text[section.end() : end], where))
        for section, end in zip(found, ends, strict=True)
    )


def _template(name: str, text: str, where: str) -> Template:
    template = Template(text)
    if not template.is_valid():
        raise ConfigError(f"{where}: a `$` that is no place is written `$$`")
    if unknown := sorted(set(template.get_identifiers()) - PLACES[name]):
        places = ", ".join(f"${{{place}}}" for place in sorted(PLACES[name]))
        raise ConfigError(f"{where}: nothing fills ${{{unknown[0]}}}; there are: {places}")
    return template
