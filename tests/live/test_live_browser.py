"""The live page in a real browser: what a person sees while a batch works, stops, breaks or goes away."""

import re
import shutil
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from fake_batch import HOSTILE, FakeBatch, digest, hour
from page_clients import TOKEN

from proofagent.runs.journal import NAME

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
CALM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=list(CALM))
        yield browser
        browser.close()


@pytest.fixture
def look(browser):
    """Opens the page; what the browser complains of and which hosts it asks is checked when the context ends."""

    @contextmanager
    def start(served, viewport=DESKTOP, scheme="light", *, complaints=False):
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        page, said, hosts = context.new_page(), [], set()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(served.address)
        expect(page.locator("#state")).not_to_have_text("connecting")
        yield page
        context.close()
        assert hosts == {f"127.0.0.1:{served.port}"}
        assert complaints or said == []

    expect.set_options(timeout=60_000)
    return start


@pytest.fixture
def batch(folder):
    batch = FakeBatch(folder, total=40, at=time.time() - 60)
    for number in range(30):
        batch.known(number)
    batch.begin(0)
    batch.end(0)
    batch.begin(1)
    batch.beat()
    yield batch
    batch.close()


def test_the_page_shows_a_run_and_changes_with_it(batch, folder, serving, look, quick):
    """No reload, no complaint of the browser, no other host; and the token is gone from the address."""
    with serving(folder, token=TOKEN) as served, look(served) as page:
        assert page.url == f"http://127.0.0.1:{served.port}/"
        expect(page.locator("#run")).to_have_text("run")
        expect(page.locator("#about")).to_have_text(f"{folder} · goals.jsonl · embedded · example/prover-7b")
        expect(page.locator("#state")).to_have_text("running")
        expect(page.locator("#solved")).to_have_text("1 of 40")
        expect(page.locator("#round")).to_have_text("1 of 3")
        expect(page.locator("#money")).to_have_text("none")
        expect(page.locator("#legend li")).to_have_text(["1 proved", "29 open", "10 not reached yet"])
        expect(page.locator("#working > li")).to_have_count(1)
        expect(page.locator("#working .way li")).to_have_text(
            ["induction xs", re.compile("case cons"), re.compile("simp only"), re.compile("^⊢ ")]
        )
        expect(page.locator("#engines tbody tr")).to_have_count(2)
        expect(page.locator("#engines tbody tr").nth(1)).to_contain_text("w1 @ box")
        expect(page.locator("#latest > li")).to_have_count(1)
        expect(page.locator("#chart svg")).to_have_attribute("aria-label", re.compile("^1 goal solved"))
        batch.at += 20
        batch.call(1)
        batch.end(1, "refuted")
        batch.begin(2)
        batch.beat()
        expect(page.locator("#solved")).to_have_text("2 of 40")
        expect(page.locator("#money")).to_have_text("$0.0123")
        expect(page.locator("#pace")).not_to_have_text("–")
        expect(page.locator("#latest > li").first).to_contain_text("refutedCore.List.t1")
        expect(page.locator("#latest pre").first).to_contain_text("theorem no")
        expect(page.locator("#working .name")).to_have_text(["Core.List.t2"])
        expect(page.locator("#goals .mark").nth(1)).to_have_text("refuted")
        assert "5% running" in page.title()


@pytest.mark.parametrize(
    ("name", "viewport", "scheme"),
    [("desktop", DESKTOP, "light"), ("phone", PHONE, "light"), ("dark", DESKTOP, "dark")],
)
def test_the_page_fits_and_is_drawn(tmp_path, serving, look, name, viewport, scheme):
    """On a desk, on a phone and in the dark; the pictures are for people to look at."""
    batch = hour(tmp_path / "run", 300)
    for number in range(400, 412):
        batch.known(number, name=f"Core.{'AVeryLongNamespace.' * 8}t{number}")
    batch.beat(total=330)
    with serving(batch.folder) as served, look(served, viewport, scheme) as page:
        expect(page.locator("#goals > li")).to_have_count(20)
        page.locator("#goals button").nth(3).click()
        expect(page.locator("#goals .detail").nth(3)).to_contain_text("theorem")
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert (tmp_path / f"{name}.png").stat().st_size > 20_000
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 3 * 128) == (scheme == "dark")
    batch.close()


@pytest.mark.parametrize(
    ("why", "said"), [("done", "finished"), ("interrupted", "interrupted"), ("out-of-candidates", "out of candidates")]
)
def test_how_a_run_has_ended_is_said(batch, folder, serving, look, quick, why, said):
    """In one word; and when the server is gone with it, that this is how it stood."""
    with serving(folder) as served, look(served, complaints=True) as page:
        batch.end(1)
        batch.stop(why)
        expect(page.locator("#state")).to_have_text(said)
        expect(page.locator("#working-none")).to_be_visible()
        if why != "done":
            expect(page.locator("#notice")).to_contain_text("The same command goes on")
    with serving(folder, token=TOKEN) as served, look(served, complaints=True) as page:
        served.stop()
        expect(page.locator("#notice")).to_contain_text("its server with it")
        expect(page.locator("#state")).to_have_text(said)


def test_a_batch_that_is_gone_is_said_to_be(batch, folder, serving, look, quick):
    """It was killed, or its machine: when it was heard of last is said, too."""
    batch.beat(at=time.time() - 30)
    with serving(folder) as served, look(served) as page:
        expect(page.locator("#state")).to_have_text("gone")
        expect(page.locator("#notice")).to_contain_text("its last sign of life was at")


def test_the_page_goes_on_when_the_server_is_there_again(batch, folder, serving, look, quick):
    """It says that the connection is lost, tries again, and shows what has happened meanwhile."""
    with serving(folder, token=TOKEN) as served, look(served, complaints=True) as page:
        expect(page.locator("#solved")).to_have_text("1 of 40")
        served.stop()
        expect(page.locator("#state")).to_have_text("no connection")
        expect(page.locator("#notice")).to_contain_text("The connection is lost")
        batch.end(1)
        batch.beat()
        with serving(folder, served.port, token=TOKEN):
            expect(page.locator("#solved")).to_have_text("2 of 40")
            expect(page.locator("#state")).to_have_text("running")
            expect(page.locator("#notice")).to_be_hidden()


def test_a_server_with_another_token_is_known_for_that(batch, folder, serving, look, quick):
    """The page says what to do, and does not try for ever."""
    with serving(folder) as served, look(served, complaints=True) as page:
        served.stop()
        with serving(folder, served.port):
            expect(page.locator("#notice")).to_contain_text("open the address that it has printed")


def test_a_journal_that_breaks_is_said_to_be_broken(batch, folder, serving, look, quick):
    """What was read before is still shown; when it is mended, all is well."""
    path = folder / NAME
    before = path.read_bytes()
    with serving(folder) as served, look(served) as page:
        with path.open("ab") as file:
            file.write(b"garbage\n")
        expect(page.locator("#notice")).to_contain_text("no event of version 1")
        expect(page.locator("#solved")).to_have_text("1 of 40")
        path.write_bytes(before)
        expect(page.locator("#notice")).to_be_hidden()


def test_text_that_is_hostile_is_shown_as_text(batch, folder, serving, look, quick):
    """In names, ways, targets, proofs, reasons, workers and models: markup is letters, and nothing runs."""
    batch.known(50, name=HOSTILE)
    batch.begin(50)
    batch.end(50, proof=HOSTILE)
    batch.begin(2)
    batch.end(2, "unproved", why=HOSTILE)
    batch.begin(3)
    pulse = batch.pulse(3, name=HOSTILE, worker=HOSTILE, path=(HOSTILE,), target=HOSTILE)
    batch.beat(pulses=(pulse,))
    with serving(folder) as served, look(served) as page:
        expect(page.locator("#latest .name").first).to_contain_text("<img src=x")
        expect(page.locator("#latest pre").first).to_contain_text("</script><b>")
        expect(page.locator("#working .name")).to_contain_text("<img src=x")
        expect(page.locator("#working .target")).to_contain_text("<img src=x")
        page.locator("#text").fill("img src")
        expect(page.locator("#goals > li")).to_have_count(1)
        page.locator("#goals button").click()
        expect(page.locator("#goals pre")).to_contain_text("<img src=x")
        page.locator("#text").fill("List.t2")
        page.locator("#goals button").first.click()
        expect(page.locator("#goals pre").last).to_contain_text("<img src=x")
        assert page.locator("main img, main b, main script").count() == 0
        assert "owned" not in page.title()


def test_goals_are_filtered_turned_over_and_opened(serving, look, quick, tmp_path):
    """By outcome and by name; what is open stays open while the run goes on; the keyboard is enough."""
    batch = hour(tmp_path / "run", 60)
    with serving(batch.folder) as served, look(served) as page:
        rows, chips = page.locator("#goals > li"), page.locator("#outcomes button")
        expect(rows).to_have_count(20)
        expect(page.locator("#page-said")).to_have_text("1 to 20")
        page.locator("#next").click()
        page.locator("#next").click()
        expect(page.locator("#page-said")).to_have_text("41 to 60")
        expect(page.locator("#next")).to_be_disabled()
        chips.filter(has_text="proved").first.click()
        expect(page.locator("#goals-said")).to_have_text(re.compile(r"^\d+ goals$"))
        expect(page.locator("#goals .mark").first).to_have_text("proved")
        assert set(page.locator("#goals .mark").all_inner_texts()) == {"proved"}
        chips.first.click()
        page.locator("#text").fill("T17")
        expect(rows).to_have_count(1)
        rows.locator("button").focus()
        page.keyboard.press("Enter")
        expect(rows.locator("button")).to_have_attribute("aria-expanded", "true")
        expect(rows.locator("pre").first).to_contain_text("theorem Core.List.t17")
        batch.at = time.time()
        batch.known(70)
        batch.begin(70)
        batch.end(70)
        batch.beat()
        expect(chips.first).to_have_text("all 61")
        expect(rows.locator("button")).to_be_focused()
        expect(rows.locator("pre").first).to_be_visible()
        page.locator("#text").fill("nothing of that name")
        expect(page.locator("#goals-none")).to_be_visible()
    batch.close()


def test_the_chart_tells_how_many_there_were_when(serving, look, tmp_path):
    """Where one points."""
    batch = hour(tmp_path / "run", 60)
    with serving(batch.folder) as served, look(served) as page:
        expect(page.locator("#chart .line")).to_be_attached()
        box = page.locator("#chart").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
        expect(page.locator("#chart-said")).to_have_text(re.compile(r"^after \d+ min: \d+$"))
        page.mouse.move(5, 5)
        expect(page.locator("#chart-said")).to_have_text("")
    batch.close()


def test_without_the_token_a_browser_is_told_where_it_is(batch, folder, serving, browser):
    """As plain text, which is no page of ours."""
    with serving(folder) as served:
        page = browser.new_page()
        answer = page.goto(f"http://127.0.0.1:{served.port}/")
        assert answer.status == 401
        assert "?token=" in page.inner_text("body")
        assert digest(0) not in page.content()
        page.close()
