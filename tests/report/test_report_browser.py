"""The page of a report in a real browser that has no network: it draws, sorts, filters, opens goals and stays quiet."""

import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from hostile_texts import TAGS, TEXTS
from synthetic_journals import CONFIG, digest_of, synthetic
from test_report_page import hostile_events, html

from proofagent.runs.journal import Started

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium or google-chrome to look at the page with"),
    pytest.mark.xdist_group("report-browser"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MANY = 10_000


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Writes pages, each once."""
    folder = tmp_path_factory.mktemp("pages")

    def write(*journals):
        text = html(*journals)
        path = folder / f"{sha256(text.encode()).hexdigest()[:12]}.html"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def one(written):
    return written(("runs/only", synthetic(60, paid=True)))


@pytest.fixture(scope="module")
def two(written):
    return written(("runs/first", synthetic(60)), ("runs/second", synthetic(70, seed=1, share=0.9, first=5)))


@pytest.fixture(scope="module")
def many(written):
    return written(("runs/many", synthetic(MANY, size=4)))


@pytest.fixture
def opened(browser):
    """Opens a page; at the end nothing was asked for but the file itself, and nobody complained."""
    contexts, asked, said = [], [], []

    def start(path, *, hash_="", viewport=DESKTOP, curves=False, **options):
        context = browser.new_context(viewport=viewport, offline=True, **options)
        contexts.append(context)
        address = path.as_uri()

        def route(route):
            url = route.request.url.partition("#")[0]
            asked.append(url)
            if url == address:
                route.continue_()
            else:
                route.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
        page.goto(address + hash_)
        page.wait_for_selector("html[data-ready=all]" if curves else "html[data-ready]")
        start.allowed.add(address)
        return page

    start.allowed = set()
    yield start
    for context in contexts:
        context.close()
    assert {url for url in asked if not url.startswith(("blob:", "data:"))} <= start.allowed
    assert said == []


def names(page):
    return page.locator("#rows tbody tr[data-at] .name").all_text_contents()


def column(page, field):
    return page.locator(f"#rows tbody tr[data-at] .c-{field}").all_text_contents()


def count(page):
    return int(page.locator("#count").text_content().split()[0].replace(",", ""))


def open_goal(page, name):
    page.fill("#find", name)
    page.locator("#rows tbody tr[data-at]").first.click()
    page.wait_for_selector("#goal[open] #goal-body[data-goal] section")


def test_the_page_draws(opened, one):
    """Curves, a table with every column that there is something for, and no trouble."""
    page = opened(one, curves=True)
    assert page.locator("#plot .scatterlayer .trace").count() >= 3
    assert page.locator("#trouble").is_hidden()
    heads = page.locator("#rows thead th").all_text_contents()
    assert heads == ["goal", "outcome", "seconds", "needed", "candidates", "attempts", "$", "tokens", "length", "why"]
    assert count(page) == 60
    tabs = page.locator("#axes .tabs label")
    assert tabs.all_text_contents() == ["Seconds per goal", "Time of the run", "Dollars", "Tokens"]
    for number in range(4):
        tabs.nth(number).click()
        page.wait_for_function(
            "() => document.querySelector('#plot .xtitle').textContent.length > 3"
            " && !document.querySelector('#plot').textContent.includes('NaN')"
        )
    page.locator("#axes .check input").click()
    assert "in all" in page.locator("#plot .xtitle").text_content()


def test_a_pointer_reads_the_curves_off(opened, two):
    """Both runs at one place, with counts and the band."""
    page = opened(two, curves=True)
    page.locator("#curves").evaluate("section => section.scrollIntoView()")
    box = page.locator("#plot .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    page.wait_for_selector("#plot .hoverlayer .legendtext, #plot .hoverlayer .hovertext")
    said = page.locator("#plot .hoverlayer").text_content()
    assert re.search(r"A first: \d+ of 60, \d+% \(\d+% to \d+%\)", said)
    assert re.search(r"B second: \d+ of 70", said)


def test_rows_are_sorted_by_any_column(opened, one):
    """Down, up, and back to the order of the run; unknown values come last both times."""
    page = opened(one)
    head = page.locator("th[data-field=seconds] button")
    before = names(page)
    head.click()
    values = [float(text) for text in column(page, "seconds")]
    assert values == sorted(values, reverse=True)
    assert page.locator("th[data-field=seconds]").get_attribute("aria-sort") == "descending"
    head.click()
    values = [float(text) for text in column(page, "seconds")]
    assert values == sorted(values)
    head.click()
    assert names(page) == before
    page.locator("th[data-field=needed] button").click()
    first = column(page, "needed")
    assert first[0]
    page.locator("th[data-field=needed] button").click()
    assert column(page, "needed")[0]


def test_rows_are_filtered(opened, two):
    """By words, outcome, reason, failing tactics and run, together, and all of it again."""
    page = opened(two)
    assert count(page) == 130
    page.fill("#find", "synthetic_1")
    assert all("synthetic_1" in name for name in names(page))
    page.select_option("#by-run", "1")
    page.select_option("#by-outcome", "proved")
    assert set(column(page, "run")) == {"B"}
    assert all("proved" in text for text in column(page, "outcome"))
    page.fill("#find", "no goal is called that")
    assert page.locator("#rows .none").text_content() == "No goal is like that."
    page.click("#clear")
    assert count(page) == 130
    page.select_option("#by-failure", "took too long")
    assert 0 < count(page) < 130
    page.fill("#find", digest_of(9)[:10])
    page.select_option("#by-failure", "")
    assert set(names(page)) == {"synthetic_9"}


def test_bars_and_comparisons_filter_the_table(opened, two):
    """A click on a reason, on a kind of failure, on an outcome or on what one run proves alone shows those goals."""
    page = opened(two)
    button = page.locator("button[data-kind]").first
    button.click()
    assert set(column(page, "why")) == {button.text_content()}
    page.locator("button[data-failure='does not unify']").click()
    assert page.locator("#by-failure").input_value() == "does not unify"
    page.locator(".runs button[data-outcome=proved]").last.click()
    assert (page.locator("#by-run").input_value(), page.locator("#by-outcome").input_value()) == ("1", "proved")
    shown = page.locator("button[data-set]").last
    alone = shown.locator("xpath=..").locator("a").all_text_contents()
    shown.click()
    assert set(alone) <= set(names(page))
    assert count(page) % 2 == 0
    assert "proved by B, not by A" in page.locator("#count").text_content()
    assert set(column(page, "run")) == {"A", "B"}


def test_a_goal_is_opened_with_all_there_is(opened, one):
    """Proof, search, quality, receipt, failures, attempts, calls; and closed again, where it was."""
    page = opened(one)
    page.select_option("#by-outcome", "proved")
    page.locator("#rows tbody tr[data-at]").first.click()
    page.wait_for_selector("#goal-body[data-goal]")
    heads = page.locator("#goal-body h3").all_text_contents()
    assert [head for head in heads if "other proof" not in head and "calls" not in head and "call of" not in head] == [
        "Proof",
        "Search",
        "Quality",
        "Receipt",
        "How tactics failed here",
        "Attempts",
    ]
    body = page.locator("#goal-body")
    assert "theorem synthetic_" in body.locator(".lean").first.text_content()
    assert body.locator(".lean .lean-keyword").first.text_content() == "theorem"
    assert "propext" in body.text_content()
    assert re.search(r"left out here: \d+ goals", body.text_content())
    assert body.locator("svg .node.goal.taken").count() >= 1
    assert body.locator("svg .edge.taken").count() >= 1
    page.keyboard.press("Escape")
    assert not page.locator("#goal").is_visible()
    assert page.evaluate("document.activeElement.id") == "rows"


def test_nodes_of_the_search_tell_of_themselves(opened, one):
    """Under a pointer as a tooltip, by focus below the picture: the goal with its hypotheses, and what failed there."""
    page = opened(one)
    open_goal(page, "synthetic_3")
    node = page.locator("#goal-body .node.goal").nth(1)
    node.scroll_into_view_if_needed()
    node.hover()
    tip = page.locator("#tip")
    assert tip.is_visible()
    assert "ih : ∀ k < n" in tip.text_content()
    box, view = tip.bounding_box(), page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= view["width"]
    assert box["y"] + box["height"] <= view["height"]
    page.locator("#goal-name").hover()
    assert tip.is_hidden()
    with_examples = page.locator("#goal-body .node.goal", has_text="failed").first
    with_examples.click()
    about = page.locator("#goal-body .about")
    assert "⊢" in about.text_content()
    page.locator("#goal-body .node.step").first.click()
    assert "Tactic" in about.text_content()


def test_a_picture_is_walked_with_keys_and_zoomed(opened, one):
    """To the right a step, to the left back, up and down in a column; the arrows do not leave the goal meanwhile."""
    page = opened(one)
    open_goal(page, "synthetic_3")
    name = page.locator("#goal-name").text_content()
    page.locator("#goal-body .node[tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    root = page.evaluate(label)
    assert root.startswith("goal:")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(label).startswith("tactic:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(label) == root
    width = "Number(document.querySelector('.pane svg').getAttribute('width'))"
    before = page.evaluate(width)
    page.keyboard.press("+")
    assert page.evaluate(width) > before
    page.keyboard.press("0")
    pane = page.locator("#goal-body .pane")
    assert page.evaluate(width) <= pane.evaluate("pane => pane.clientWidth") + 1
    assert page.locator("#goal-name").text_content() == name


def test_no_box_lies_on_another_and_shared_goals_are_drawn_once(opened, written):
    """Whatever the search: pictures of thirty goals, each with as many boxes as goals and steps."""
    page = opened(written(("run", synthetic(30, size=30, seed=5))))
    overlaps = """() => {
      const boxes = Array.from(document.querySelectorAll('#goal-body .pane .node rect'), (rect) => rect.getBBox());
      return boxes.filter((a, i) => boxes.some((b, j) => i < j && a.x < b.x + b.width && b.x < a.x + a.width
        && a.y < b.y + b.height && b.y < a.y + a.height)).length;
    }"""
    page.locator("#rows tbody tr[data-at]").first.click()
    shared = 0
    for number in range(30):
        page.wait_for_function(
            "name => document.querySelector('#goal-name').textContent === name", arg=f"synthetic_{number}"
        )
        page.wait_for_function(
            "digest => document.querySelector('#goal-body').dataset.goal === digest", arg=digest_of(number)[:16]
        )
        assert page.evaluate(overlaps) == 0
        goals, edges = (
            page.locator("#goal-body .tree .pane .node.goal").count(),
            page.locator("#goal-body .edge.again").count(),
        )
        labels = page.locator("#goal-body .tree .pane .node.goal text:nth-of-type(2)").all_text_contents()
        assert len(labels) == len(set(labels)) == goals
        shared += edges
        if number < 29:
            page.keyboard.press("ArrowRight")
    assert shared > 0


def test_the_table_is_used_without_a_mouse(opened, one):
    """`/` searches, arrows choose, Enter opens, arrows go on in the open goal, Escape closes."""
    page = opened(one)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("synthetic_2")
    page.locator("#rows").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#rows tr[aria-selected=true]")
    assert chosen.locator(".name").text_content() == "synthetic_20"
    assert page.locator("#rows").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_selector("#goal[open]")
    page.keyboard.press("ArrowRight")
    assert page.locator("#goal-name").text_content() == "synthetic_21"
    page.keyboard.press("Escape")
    assert chosen.locator(".name").text_content() == "synthetic_21"
    page.keyboard.press("End")
    assert chosen.locator(".name").text_content() == "synthetic_29"
    page.keyboard.press("Home")
    assert chosen.locator(".name").text_content() == "synthetic_2"


def test_an_address_leads_to_a_goal(opened, two):
    """By the beginning of its digest, in the run that is named; one that there is not is said to be none."""
    page = opened(two, hash_=f"#goal={digest_of(30)[:12]}&run=B")
    page.wait_for_selector("#goal-body[data-goal]")
    assert page.locator("#goal-name").text_content() == "synthetic_30"
    assert "second" in page.locator("#goal-body .facts").first.text_content()
    page.locator("#goal-body .other").click()
    page.wait_for_function("document.querySelector('#goal-body .facts').textContent.includes('first')")
    assert "run=A" in page.url
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#goal=ffff'")
    page.wait_for_selector("#trouble:visible")
    assert "no goal ffff" in page.locator("#trouble").text_content()


def test_ten_thousand_goals_are_a_page(opened, many):
    """Few of them are in the document; the last is reached, a filter answers, and any one opens."""
    page = opened(many)
    assert count(page) == MANY
    rows = page.locator("#rows tbody tr[data-at]")
    assert rows.count() < 100
    page.locator("#frame").evaluate("frame => { frame.scrollTop = frame.scrollHeight; }")
    page.wait_for_selector(f"#row-{MANY - 1}")
    assert names(page)[-1] == f"synthetic_{MANY - 1}"
    assert rows.count() < 100
    page.fill("#find", "synthetic_777")
    assert count(page) == 11
    page.fill("#find", "")
    page.locator("th[data-field=name] button").click()
    page.locator("th[data-field=name] button").click()
    assert names(page)[0] == f"synthetic_{MANY - 1}"
    rows.first.click()
    page.wait_for_selector("#goal-body[data-goal] section")
    assert f"theorem synthetic_{MANY - 1} " in page.locator("#goal-body .lean").first.text_content()


@pytest.mark.parametrize("text", [TAGS, *TEXTS[3:10]], ids=range(8))
def test_hostile_texts_do_nothing(opened, written, text):
    """In tables, sheets, pictures, tooltips and legends they are letters; nothing runs, nothing is asked for."""
    page = opened(written((f"runs/{text[:20]}", hostile_events(text)), ("b", hostile_events(text))))
    page.locator("#rows tbody tr[data-at]").first.click()
    page.wait_for_selector("#goal-body[data-goal] .tree")
    page.locator("#goal-body .node").first.hover()
    assert page.locator("#tip").is_visible()
    assert page.locator("img, iframe, [onerror], [onload], [onfocus], [onmouseover]").count() == 0
    if text == TAGS:
        assert TAGS in page.locator("#goal-body .lean").first.text_content()
        assert TAGS in page.locator("#tip").text_content()


def test_an_empty_run_is_a_page(opened, written):
    """No goals, no curves that mean anything, and no error."""
    page = opened(written(("run", [Started(config=CONFIG, at=1)])), curves=True)
    assert count(page) == 0
    assert page.locator("#rows .none").is_visible()


def test_a_page_that_was_cut_off_says_so(opened, one, tmp_path):
    """A copy that lost its end still has its table, and does not show another goal's details."""
    cut = tmp_path / "cut.html"
    text = one.read_text(encoding="utf-8")
    cut.write_text(text[: text.index('<script type="text/plain" class="details"')], encoding="utf-8")
    page = opened(cut)
    assert count(page) == 60
    page.locator("#rows tbody tr[data-at]").first.click()
    page.wait_for_selector("#goal-body .note")
    assert "cut off" in page.locator("#goal-body .note").text_content()


@pytest.mark.parametrize(
    ("name", "viewport", "scheme"),
    [("desktop", DESKTOP, "light"), ("dark", DESKTOP, "dark"), ("phone", PHONE, "light")],
)
def test_the_page_fits(opened, two, tmp_path, name, viewport, scheme):
    """On a desk and on a phone, light and dark: nothing is wider than the screen; pictures for people to look at."""
    page = opened(two, viewport=viewport, color_scheme=scheme, curves=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 22)"
    assert dark == (scheme == "dark")
    page.select_option("#by-outcome", "proved")
    page.locator("#rows tbody tr[data-at]").first.click()
    page.wait_for_selector("#goal-body[data-goal] .tree")
    assert page.locator(".sheet").evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
    page.screenshot(path=tmp_path / f"{name}-goal.png")
    assert all(Path(tmp_path / f"{each}.png").stat().st_size > 10_000 for each in (name, f"{name}-goal"))


def test_the_page_is_printed(opened, one):
    """With the rows on paper, and without what only a screen has use for."""
    page = opened(one, curves=True)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tbody tr[data-at]").count() == 60
    assert page.locator("#filters").is_hidden()
    assert page.locator("#frame").evaluate("frame => frame.scrollHeight <= frame.clientHeight + 2")
