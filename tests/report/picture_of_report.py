"""Takes the picture of docs/report.md: `picture_of_report.py PAGE.html GOAL PICTURE.png`, GOAL a digest or nothing."""

import sys
from pathlib import Path

from test_report_browser import ARGUMENTS, PROGRAM


def main(page, goal, picture):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        sheet = browser.new_page(viewport={"width": 1280, "height": 960}, color_scheme="light")
        sheet.goto(Path(page).absolute().as_uri() + (f"#goal={goal}" if goal else ""))
        sheet.wait_for_selector("html[data-ready=all]")
        if goal:
            sheet.wait_for_selector("#goal-body[data-goal] .tree")
        sheet.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
