"""The report as one HTML page, which needs nothing else and asks nobody for anything.

Its policy permits the two scripts that are in it, by their hashes, and no connection, so that even a text that got past
the escaping could neither run nor call home. Everything large is compressed: the rows are unpacked when the page opens,
plotly.js after them, the details of a goal when somebody looks at it.
"""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from proofagent.report.models import BatchReports
from proofagent.report.payload import chunks, data, packed
from proofagent.report.reading import Run
from proofagent.report.telling import told

_SCRIPTS = ("base", "lean", "rows", "table", "layout", "tree", "goal", "curves", "main")


def to_html(report: BatchReports, runs: Sequence[Run]) -> str:
    """The page; the same one for the same journals."""
    # Both take long to load, and no other command needs them.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("proofagent.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
    script, plotly = _script(), str(get_plotlyjs())
    return environment.get_template("page.html.j2").render(
        **told(report),
        policy=_policy(script, plotly),
        style=_asset("style.css"),
        script=script,
        plotly=packed(plotly),
        data=data(report, runs),
        chunks=chunks(runs),
    )


def _policy(*scripts: str) -> str:
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    """The page's own scripts as one."""
    parts = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();'


def _asset(name: str) -> str:
    return (files("proofagent.report") / "assets" / name).read_text(encoding="utf-8")
