"""Choosing between proofs: hard regressions, a Pareto front, and profiles that are orderings."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from proofagent.errors import ConfigError, UsageError
from proofagent.goals.files import read_text
from proofagent.score.metric import Metric
from proofagent.score.metrics import BY_NAME, METRICS

_SUFFIX = ".toml"

Vector = Mapping[str, float | None]
"""Values by name of metric."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An ordering: the first metric that tells two proofs apart decides."""

    name: str
    about: str
    order: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of two proofs is better: 1 the second, -1 the first, 0 neither; and why, in words."""

    better: int
    why: str
    metric: str = ""


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles that come with the project, by name."""
    return read_profiles(files("proofagent.score").joinpath("profiles.toml").read_text(encoding="utf-8"))


def profile_named(name: str) -> Profile:
    """One of them; or one of a file of yours, `FILE.toml` or `FILE.toml:NAME`. `UsageError` where there is none."""
    path, suffix, rest = name.partition(_SUFFIX)
    if suffix and (not rest or rest[0] == ":"):
        return _of_file(path + suffix, rest[1:])
    if (found := profiles().get(name)) is None:
        raise UsageError(f"there is no profile `{name}`; there are: {', '.join(profiles())}")
    return found


def _of_file(path: str, name: str) -> Profile:
    try:
        found = read_profiles(read_text(Path(path)))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    if name not in found and (name or len(found) != 1):
        missing = f"there is no profile `{name}`" if name else "say which profile"
        raise UsageError(f"{path}: {missing}; there are: {', '.join(f'{path}:{each}' for each in found)}")
    return found[name] if name else next(iter(found.values()))


def read_profiles(text: str) -> dict[str, Profile]:
    """Profiles in TOML. Raises `ConfigError` where it is none, or names a metric that is unknown or may not select."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"profiles: {error}") from error
    if not tables:
        raise ConfigError("profiles: there is none")
    return {name: _profile(name, table) for name, table in tables.items()}


def _profile(name: str, table: object) -> Profile:
    if not isinstance(table, dict) or not isinstance(table.get("order"), list) or not table["order"]:
        raise ConfigError(f"profile {name}: `order` has to be a list of metrics")
    order = []
    for item in table["order"]:
        metric = BY_NAME.get(item) if isinstance(item, str) else None
        if metric is None:
            raise ConfigError(f"profile {name}: there is no metric {item!r}; there are: {', '.join(BY_NAME)}")
        if not metric.selects:
            raise ConfigError(
                f"profile {name}: `{item}` may be shown but not decide: it is fooled by {metric.fooled_by}"
            )
        order.append(metric)
    return Profile(name, str(table.get("about", "")), tuple(order))


class Regression(NamedTuple):
    """A metric that got so much worse that nothing makes up for it."""

    metric: str
    before: float
    after: float

    def __str__(self) -> str:
        return f"{self.metric} {self.before:g} -> {self.after:g}"


def regressions(old: Vector, new: Vector) -> list[Regression]:
    """What keeps `new` from winning over `old`, whatever else is better: an axiom, a warning, twice the time."""
    found = []
    for metric in METRICS:
        before, after = old.get(metric.name), new.get(metric.name)
        if metric.hard is None or before is None or after is None:
            continue
        if after > before * max(1.0, metric.hard):
            found.append(Regression(metric.name, before, after))
    return found


def choose(profile: Profile, first: Vector, second: Vector) -> Choice:
    """Which is better under `profile`. Symmetric: swapped, the answer changes its sign and nothing else."""
    worse, better = regressions(first, second), regressions(second, first)
    if worse and better:
        return Choice(0, f"each is worse in what nothing makes up for: {worse[0]}; the other way round {better[0]}")
    if worse or better:
        said = (worse or better)[0]
        return Choice(1 if better else -1, f"the other one has a hard regression: {said}", said.metric)
    for metric in profile.order:
        gain = metric.gain(first.get(metric.name), second.get(metric.name))
        if gain:
            values = f"{first[metric.name]:g} and {second[metric.name]:g} {metric.unit}"
            return Choice(1 if gain > 0 else -1, f"{metric.name}: {values}", metric.name)
    return Choice(0, "they are equal in all that this profile asks")


def dominates(first: Vector, second: Vector, metrics: Iterable[Metric]) -> bool:
    """Whether `first` is nowhere worse and somewhere better than `second`.

    A strict order: what is not known counts as worse than anything, and no difference is too small. Otherwise three
    proofs could beat each other in a circle.
    """
    pairs = [(metric.cost(first.get(metric.name)), metric.cost(second.get(metric.name))) for metric in metrics]
    return all(one <= other for one, other in pairs) and any(one < other for one, other in pairs)


def front(vectors: Sequence[Vector]) -> list[int]:
    """The Pareto front by the metrics that may select: the places of those that nobody dominates."""
    metrics = [metric for metric in METRICS if metric.selects]
    return [
        place for place, vector in enumerate(vectors) if not any(dominates(other, vector, metrics) for other in vectors)
    ]
