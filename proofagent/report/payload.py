"""The data of the page: a row for each goal of each run, the curves, and what filters need; details in chunks."""

import base64
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofagent.report.curves import curves
from proofagent.report.models import BatchReports, Comparison, RowModel
from proofagent.report.reading import Detail, Run
from proofagent.report.telling import PREFIX, labels, names
from proofagent.report.texts import Plain, json_of, line_of
from proofagent.score.metrics import METRICS

_MOST_NAME, _MOST_WHY = 300, 160
_CHUNK_CHARACTERS, _CHUNK_GOALS = 400_000, 64
_LEVEL = 6

MOST_SEARCH_BYTES = 48 << 20
"""Of all searches, compressed: what is more is left out of the page, the largest first."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The details of some goals that follow each other, as base64 of gzip of a JSON list."""

    first: int
    count: int
    text: str


def packed(text: str) -> str:
    """Base64 of gzip, the same each time."""
    return base64.b64encode(gzip.compress(text.encode(), _LEVEL, mtime=0)).decode()


def data(report: BatchReports, runs: Sequence[Run]) -> str:
    """What the page needs at once, packed."""
    kinds, failures = _Numbered(), _Numbered()
    rows: list[Plain] = [
        _row(row, detail, place, kinds, failures)
        for place, run in enumerate(runs)
        for row, detail in zip(run.model.rows, run.details, strict=True)
    ]
    whole: dict[str, Plain] = {
        "runs": [
            {"label": label, "name": name, "of": run.proved.of}
            for label, name, run in zip(labels(len(runs)), names(report.runs), report.runs, strict=True)
        ],
        "rows": rows,
        "kinds": kinds.texts,
        "failures": failures.texts,
        "curves": [curve.model_dump(mode="json") for curve in curves(report.runs)],
        "sets": [each for pair in report.comparisons for each in _sets(pair, report)],
        "metrics": {metric.name: {"unit": metric.unit, "better": metric.better} for metric in METRICS},
        "prefix": PREFIX,
    }
    return packed(json_of(whole))


def chunks(runs: Sequence[Run], most_search: int = MOST_SEARCH_BYTES) -> Iterator[Chunk]:
    """The details of all goals, in the order of the rows."""
    details = [detail for run in runs for detail in run.details]
    left_out = _left_out(details, most_search)
    texts, first, size = list[str](), 0, 0
    for place, detail in enumerate(details):
        if texts and (size > _CHUNK_CHARACTERS or len(texts) == _CHUNK_GOALS):
            yield Chunk(first, len(texts), packed(f"[{','.join(texts)}]"))
            texts, first, size = [], place, 0
        texts.append(detail.json(search=place not in left_out))
        size += len(texts[-1])
    if texts:
        yield Chunk(first, len(texts), packed(f"[{','.join(texts)}]"))


def _left_out(details: Sequence[Detail], most: int) -> set[int]:
    """The places of the largest searches, so that the others together are within `most`."""
    left_out, total = set[int](), sum(len(detail.search) for detail in details)
    for place in sorted(range(len(details)), key=lambda i: -len(details[i].search)):
        if total <= most:
            break
        total -= len(details[place].search)
        left_out.add(place)
    return left_out


class _Numbered:
    """Texts that repeat, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def texts(self) -> list[Plain]:
        return list(self._numbers)


def _row(row: RowModel, detail: Detail, place: int, kinds: _Numbered, failures: _Numbered) -> Plain:
    """In the order that `rows.js` reads."""
    return [
        place,
        row.digest[:PREFIX],
        line_of(row.name, _MOST_NAME),
        row.outcome,
        row.seconds,
        row.needed,
        row.candidates,
        row.attempts,
        round(row.dollars, 6),
        row.tokens,
        row.proof_length,
        line_of(row.why, _MOST_WHY),
        kinds(row.kind),
        [[failures(kind), count] for kind, count in row.failures.items()],
        detail.statement,
    ]


def _sets(pair: Comparison, report: BatchReports) -> list[Plain]:
    first, second = (labels(len(report.runs))[place] for place in (pair.first, pair.second))
    return [
        {
            "title": f"proved by {one}, not by {other}",
            "runs": [pair.first, pair.second],
            "digests": [goal.digest[:PREFIX] for goal in goals],
        }
        for one, other, goals in ((first, second, pair.first_only), (second, first, pair.second_only))
    ]
