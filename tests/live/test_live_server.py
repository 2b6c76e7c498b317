"""What the server of the live page answers, over real sockets."""

import pytest
from fake_batch import HOSTILE, digest
from page_clients import TOKEN, ask, request

from proofagent.live.view import View


def test_the_page_needs_nothing_from_elsewhere(still):
    """No address of another host in any of its files, and each says what it is."""
    for name, kind in [("", "html"), ("page.css", "css"), ("page.js", "javascript"), ("icon.svg", "svg")]:
        answer = still.get(f"/{name}")
        assert kind in answer.headers["content-type"]
        assert "//" not in answer.text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")


@pytest.mark.parametrize(
    "path",
    [
        "/../journal.jsonl",
        "/..%2fjournal.jsonl",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/etc/passwd",
        "/page.js/../../__init__.py",
        "/__init__.py",
        "/.",
        "/%00",
        "/page.html%00.js",
        "/api/goal/..%2f..%2fjournal.jsonl",
        "/api/goal/%ff%fe",
        "/api",
        "/api/view/",
        "http://evil.example/",
        "*",
    ],
)
def test_there_are_no_other_files(still, path):
    """Names are looked up among those of the page, never on the disk."""
    answer = ask(still.port, request(path))
    assert answer.split()[1] == b"404"
    assert b"theorem" not in answer
    assert b"root:" not in answer


def test_the_view_is_that_of_the_follower(served, folder):
    """The model is the same that `watch --json` prints."""
    answer = served.get("/api/view")
    assert answer.headers["content-type"] == "application/json"
    view = View.model_validate_json(answer.text)
    assert (view.run, view.outcomes, view.state) == (str(folder), {"open": 1, "proved": 1}, "running")


def test_events_come_when_there_is_something_new(served, batch, quick, listen):
    """And nothing where nothing has changed; the stream ends with how the run ended."""
    events = listen(served.port)
    assert events.next()["solved"] == 1
    batch.at += 1
    batch.end(1, "refuted")
    assert events.until(lambda view: view["solved"] == 2)["outcomes"] == {"proved": 1, "refuted": 1}
    batch.stop("done")
    view = events.until(lambda view: view["state"] == "stopped")
    assert (view["why"], view["total"]) == ("done", 2), "all are known now"


def test_a_stream_without_news_is_kept_open(batch, folder, serving, monkeypatch, listen):
    """By comments, which also show the server that the client is still there."""
    monkeypatch.setattr("proofagent.live.app._QUIET_SECONDS", 0.05)
    batch.stop("done")
    with serving(folder, token=TOKEN) as served:
        events = listen(served.port)
        lines = events.lines()
        comments = [line for line in (next(lines) for _ in range(40)) if line.startswith(b":")]
        assert len(comments) > 3


def test_whoever_looks_when_the_batch_ends_sees_how(batch, folder, serving, listen):
    """The server goes with the batch at once; what was written last is shown before."""
    with serving(folder, token=TOKEN) as served:
        events = listen(served.port)
        events.next()
        batch.end(1, "error")
        batch.stop("interrupted")
    views = list(iter(events.next, None))
    assert (views[-1]["state"], views[-1]["why"], views[-1]["outcomes"]["error"]) == ("stopped", "interrupted", 1)


def test_goals_come_page_by_page(still):
    """By outcome, by a piece of their name or of where they are from."""
    with still.client() as client:

        def goals(**asked):
            return client.get("/api/goals", params=asked).json()

        whole = goals(limit=500)
        assert whole["total"] == len(whole["goals"]) == 60
        pages = [goals(offset=offset, limit=25) for offset in (0, 25, 50, 75)]
        assert [len(page["goals"]) for page in pages] == [25, 25, 10, 0]
        assert [goal for page in pages for goal in page["goals"]] == whole["goals"]
        proved = goals(outcome="proved", limit=500)
        assert {goal["outcome"] for goal in proved["goals"]} == {"proved"}
        assert proved["total"] == client.get("/api/view").json()["outcomes"]["proved"]
        assert [goal["name"] for goal in goals(text="LIST.T17")["goals"]] == ["Core.List.t17"]
        assert goals(text="jsonl:17")["total"] == 1
        assert goals(outcome="luck")["total"] == goals(text="\ud7ff%\\")["total"] == 0


@pytest.mark.parametrize(
    "query",
    ["offset=-1", "offset=x", "limit=0", "limit=501", "limit=-1", "limit=", "offset=1e9", f"limit={'9' * 5000}"],
)
def test_a_page_that_cannot_be_is_refused(still, query):
    """It says what can."""
    answer = still.get(f"/api/goals?{query}")
    assert answer.status_code == 400
    assert "offset" in answer.json()["error"]


def test_a_goal_comes_with_its_text(served, batch, quick):
    """Statement and proof; of one without a proof the statement; of none a refusal."""
    proved = served.get(f"/api/goal/{digest(0)}").json()
    assert proved["statement"] + proved["proof"] == (
        "theorem Core.List.t0 (xs ys : List Nat) : (xs ++ ys).length = xs.length + ys.length := "
        "by\n  induction xs <;> simp_all [Nat.add_comm]"
    )
    assert proved["goal"]["attempts"] == 1
    assert served.get(f"/api/goal/{digest(1)}").json()["proof"] is None
    assert served.get(f"/api/goal/{digest(7)}").status_code == 404


def test_text_that_is_hostile_stays_text(served, batch, quick, listen):
    """JSON is marked as such, and no answer is taken for a page."""
    batch.known(3, name=HOSTILE)
    events = listen(served.port)
    events.until(lambda view: view["known"] == 3)
    answer = served.get("/api/goals", params={"text": "img"})
    assert answer.json()["goals"][0]["name"] == HOSTILE
    assert answer.headers["content-type"] == "application/json"
