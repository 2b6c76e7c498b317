"""The page of a report, read as HTML: it is whole, the same each time, and whatever a journal holds stays text."""

import base64
import gzip
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from hostile_texts import HIDDEN, TAGS, TEXTS
from synthetic_journals import CONFIG, receipt_of, synthetic

import proofagent
from proofagent.report.comparing import compared
from proofagent.report.models import BatchReports
from proofagent.report.page import to_html
from proofagent.report.reading import read_run
from proofagent.report.telling import labels
from proofagent.runs.calls import AnswerModel, CallModel, CostModel, FailureModel
from proofagent.runs.journal import Bad, Began, Called, Ended, Known, Started
from proofagent.runs.results import GoalResult, StepModel
from proofagent.runs.searched import FailedModel, FailureCount, SearchModel, SeenGoal, SeenStep

NUMEROUS = {"pre", "script"}
"""Elements that longer texts have more of: an example's reason, chunks of details."""

VOID = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """The elements of a page with their attributes and texts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts, self.scripts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append([dict(attributes), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1][1] += data
        elif self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def policy(self):
        (policy,) = [meta["content"] for meta in self.all("meta") if meta.get("http-equiv")]
        return dict(part.strip().split(" ", 1) for part in policy.split(";"))

    def data(self):
        (text,) = [text for attributes, text in self.scripts if attributes.get("id") == "data"]
        return json.loads(unpacked(text))

    def details(self):
        chunks = [text for attributes, text in self.scripts if attributes.get("class") == "details"]
        return [detail for chunk in chunks for detail in json.loads(unpacked(chunk))]


def unpacked(text):
    return gzip.decompress(base64.b64decode(text)).decode()


def html(*journals):
    runs = [read_run(Path(name), events) for name, events in journals]
    models = tuple(run.model for run in runs)
    return to_html(BatchReports(runs=models, comparisons=compared(models, labels(len(models)))), runs)


def hostile_events(text):
    """A journal whose every text is `text`."""
    config = CONFIG.model_copy(update=dict.fromkeys(("goals", "engine", "strategy", "means"), text))
    seen = SeenGoal(
        id=0, target=text, text=text, status="proved", depth=0, value=1, failed=1,
        examples=(FailedModel(tactic=text, reason=text),),
    )  # fmt: skip
    step = SeenStep(goal=0, tactic=text, origin=text, status="proved", children=(), taken=True)
    failure = FailureCount(kind="does not unify", count=1, tactic=text, target=text, reason=text)
    search = SearchModel(goals=(seen,), steps=(step,), goals_seen=1, steps_seen=1, failures=(failure,))
    receipt = receipt_of(random.Random(0)).model_copy(update={"engine": text, "axioms": (text,), "targets": (text,)})
    call = CallModel(
        id="c", purpose="step", model=text, prompt=(), answers=(AnswerModel(text=text, end="complete"),),
        failure=FailureModel(kind="refused", detail=text), cost=CostModel(input_tokens=1, dollars=0.1),
    )  # fmt: skip
    yield Started(config=config, at=1)
    yield Bad(line=1, message=text, at=1)
    for digest, outcome in (("0123456789abcdef0123", "proved"), ("123456789abcdef01234", "unproved")):
        yield Known(digest=digest, name=text, origin=text, statement=text, imports=(text,), preamble=text, at=1)
        yield Began(digest=digest, seconds=1, attempt=digest, at=1)
        yield Called(digest=digest, attempt=digest, call=call, at=1)
        proved = outcome == "proved"
        result = GoalResult(
            name=text, origin=text, statement=text, digest=digest, outcome=outcome, end=text, why=text,
            proof=text if proved else None, others=(text,), quality={text: 1.0}, notes=(text,), refused=(text,),
            receipt=receipt if proved else None, refutation=text,
            tree=StepModel(goal=text, tactic=text, origin=text, children=()),
        )  # fmt: skip
        yield Ended(digest=digest, seconds=1, attempt=digest, worker=text, result=result, search=search, at=2)


@pytest.fixture(scope="module")
def three():
    """A page that compares three runs."""
    return html(
        ("runs/a", synthetic(60, paid=True)),
        ("runs/b", synthetic(60, seed=1, share=0.9, first=5)),
        ("runs/c", synthetic(60, seed=2, share=0.2)),
    )


def test_the_page_is_whole(three):
    """Every element is closed, ids are there once, links within the page lead somewhere, labels name things."""
    page = Page(three)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in page.all("a"):
        target = attributes["href"]
        assert target.startswith("#")
        assert target[1:] in ids or target.startswith("#goal=")
    for _, attributes in page.elements:
        assert attributes.get("aria-labelledby", ids[0]) in ids
    assert page.all("html")[0]["lang"] == "en"


def test_the_page_asks_nobody(three):
    """Nothing in it has an address, and its policy permits the two scripts that are in it and no connection."""
    page = Page(three)
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action", "data", "poster"} & attributes.keys(), (tag, attributes)
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
    assert "@import" not in three
    assert "url(" not in re.sub(r"<script.*?</script>", "", three, flags=re.DOTALL)
    policy = page.policy()
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    code = [text for attributes, text in page.scripts if not attributes]
    (plotly,) = [unpacked(text) for attributes, text in page.scripts if attributes.get("id") == "plotly"]
    assert len(code) == 1
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (*code, plotly)]
    assert policy["script-src"].split() == [f"'sha256-{made}'" for made in hashes]
    assert "plotly.js v" in plotly[:200]


def test_the_page_says_what_is_guaranteed_and_what_is_not(three):
    """In words, beside what was found."""
    text = Page(three).text
    for said in (
        "Each proof was accepted by the gate",
        "kernel of a fresh one",
        "Not guaranteed",
        "it checks nothing itself",
        "Wilson",
        "McNemar",
        "Holm",
        "The gate accepted",
    ):
        assert said in text


def test_the_page_has_every_goal_of_every_run(three):
    """Once as a row and once as a detail, in the same order; searches have all goals that their steps name."""
    page = Page(three)
    data, details = page.data(), page.details()
    assert len(data["rows"]) == len(details) == 180
    assert [run["label"] for run in data["runs"]] == ["A", "B", "C"]
    for row, detail in zip(data["rows"], details, strict=True):
        assert detail["goal"]["statement"].startswith("theorem synthetic_")
        assert row[2] in detail["goal"]["statement"]
        assert (detail["result"]["proof"] is not None) == (row[3] == "proved")
        ids = {goal["id"] for goal in (detail["search"] or {"goals": []})["goals"]}
        assert all({step["goal"], *step["children"]} <= ids for step in (detail["search"] or {"steps": []})["steps"])
    assert {set_["title"] for set_ in data["sets"]} == {
        f"proved by {one}, not by {other}" for one in "ABC" for other in "ABC" if one != other
    }


def test_one_run_needs_no_letter_and_no_comparison():
    """A page of one run says how many of how many in its title."""
    text = html(("run", synthetic(10)))
    page = Page(text)
    assert "Runs against each other" not in text
    assert re.search(r"run: \d+ of 10 goals proved", page.text)
    assert not any(attributes.get("class") == "chip" for attributes in page.all("span"))


def test_the_same_journals_make_the_same_page(tmp_path):
    """Byte for byte, in whatever process: nothing depends on the clock or on how Python hashes."""
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from test_report_page import html, synthetic\n"
        "sys.stdout.write(html(('a', synthetic(30, paid=True)), ('b', synthetic(30, seed=1))))"
    )
    folders = str(Path(__file__).parent), str(Path(proofagent.__file__).parent.parent)
    pages = [
        subprocess.run(
            [sys.executable, "-c", program, *folders],
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            check=True,
            cwd=tmp_path,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) > 1_000_000


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_texts_stay_texts(text):
    """Wherever a journal has a text: no element, no attribute, no character that nobody sees, and nothing endless."""
    made = html((f"runs/{text[:50]}".replace("\x00", "?"), hostile_events(text)), ("b", hostile_events(text)))
    plain = html(("runs/x", hostile_events("plain")), ("b", hostile_events("plain")))
    page = Page(made)
    # The style has a line end of its own, and templates too; anything else that is hidden is written out.
    assert not set(HIDDEN) & set(made)
    expected = [tag for tag, _ in Page(plain).elements if tag not in NUMEROUS]
    found = [tag for tag, _ in page.elements if tag not in NUMEROUS]
    assert found == expected or not text.strip()
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert len(made) < len(plain) + 400_000
    for loaded in (unpacked(script) for attributes, script in page.scripts if attributes.get("type") == "text/plain"):
        if "plotly.js v" not in loaded[:200]:
            assert not set(HIDDEN) & set(loaded)
            assert max(map(len, re.findall(r'"(?:[^"\\]|\\.)*"', loaded)), default=0) < 50_000
    page.data()
    page.details()
    if text == TAGS:
        assert TAGS in page.text


def test_half_a_surrogate_pair_is_written_out():
    """No file can hold it, and a journal in memory may."""
    made = html(("\udce9", hostile_events("a\ud800b\udfffc")))
    assert made.encode()
    assert r"a\u{d800}b\u{dfff}c" in Page(made).text


def test_long_texts_say_how_long_they_were():
    """What is cut is not silently something else."""
    details = Page(html(("run", hostile_events("y" * 1_000_000)))).details()
    assert details[0]["result"]["proof"].endswith("… (cut: 1,000,000 characters in all)")


def test_an_empty_run_has_a_page():
    """Nothing was begun, and the page says so."""
    page = Page(html(("run", [Started(config=CONFIG, at=1)])))
    assert page.open == []
    assert "no goal was begun" in page.text
    assert page.data()["rows"] == []


def test_assets_are_short():
    """As other files: at most 400 lines each, and ASCII where the policy's hash depends on it."""
    for asset in (files("proofagent.report") / "assets").iterdir():
        text = asset.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, asset.name
        assert "\r" not in text
        if asset.name.endswith(".js"):
            assert "</script" not in text
            assert "innerHTML" not in text


def test_what_takes_long_to_load_is_loaded_for_a_page_only():
    """The command line starts without plotly and jinja2."""
    program = "import proofagent.cli.report, proofagent.cli.show, sys; print({'plotly', 'jinja2'} & set(sys.modules))"
    env = {**os.environ, "PYTHONPATH": str(Path(proofagent.__file__).parent.parent)}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, env=env, check=True)
    assert ran.stdout.strip() == b"set()"
