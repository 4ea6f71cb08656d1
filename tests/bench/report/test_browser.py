"""The page in headless Chromium, on a desk, on a phone and in print: no request, no complaint."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
OPTIONS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture(scope="module")
def browser():
    chromium = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium in PATH")
    with chromium.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser):
    """Open a page at a width; what it says, asks for, or pops up is kept."""
    pages = []

    def open_at(file: Path, width: int):
        page = browser.new_page(viewport={"width": width, "height": 1000})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: None if request.url.startswith("file:") else said.append(request.url))
        page.goto(file.resolve().as_uri())
        pages.append(page)
        return page, said

    yield open_at
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["finished", "shot", "evil"])
def test_the_page_opens(opened, request, which, width):
    page, said = opened(request.getfixturevalue(which) / "report.html", width)
    sizes = page.evaluate("[...document.querySelectorAll('svg[role=img]')].map(s => s.getBoundingClientRect().width)")
    closed = page.evaluate("document.querySelectorAll('details:not([open]) svg').length")
    assert said == []
    assert sum(size > 200 for size in sizes) >= len(sizes) - closed > 0
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_text_is_large_enough_on_a_phone(opened, finished):
    page, _ = opened(finished / "report.html", 390)
    sizes = page.evaluate(
        "[...document.querySelectorAll('td, th, p, dd, li')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


def test_headings_are_in_order(opened, finished):
    page, _ = opened(finished / "report.html", 1280)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate(
        "[...document.querySelectorAll('svg')].every(s => s.getAttribute('aria-label') || s.ariaHidden)"
    )


def test_print_opens_what_is_folded_and_lets_tables_run(opened, shot):
    page, _ = opened(shot / "report.html", 1280)
    page.emulate_media(media="print")
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every(s => getComputedStyle(s).overflow == 'visible')"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    folded = "[...document.querySelectorAll('details:not(.data) > :not(summary)')].every(e => e.checkVisibility())"
    assert page.evaluate(folded)
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000


def test_a_download_is_the_table(opened, shot, tmp_path):
    page, _ = opened(shot / "report.html", 1280)
    with page.expect_download() as waiting:
        page.locator("a[download$='.csv']").first.click()
    file = tmp_path / "table.csv"
    waiting.value.save_as(file)
    assert file.read_text(encoding="utf-8").startswith("access,method,people")
