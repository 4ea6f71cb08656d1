"""The live viewer: its state without a browser, and what headless Chromium makes of it."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace

import pytest

from deploy.viewer.desk import START, write_desk
from myoshift.deploy.pairs import Stated
from myoshift.deploy.viewer import content
from myoshift.deploy.viewer.app import Viewer

pytest.importorskip("viser", reason="the extra `viewer` is not installed")

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
OPTIONS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE = 30.0  # s that a busy machine may take to draw


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = write_desk(tmp_path_factory.mktemp("desk"))
    return content.read(
        folder / "activation.sto",
        motion=folder / "walk.mot",
        emg=folder / "emg.sto",
        compare=folder / "other.sto",
        stated=Stated(emg_kind="envelope"),
    )


@pytest.fixture(scope="module")
def viewer(desk):
    shown = Viewer(replace(desk, tracks=desk.tracks[:1]))  # one body: software draws slowly
    yield shown
    shown.close()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium in PATH")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


def open_page(browser, viewer, width=1000, height=420):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.complaints, page.asked = [], []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(viewer.address)
    page.get_by_role("button", name="Play").wait_for()
    page.locator("canvas").first.wait_for()
    return page


@pytest.fixture(scope="module")
def opened(browser, viewer):
    return open_page(browser, viewer)


@pytest.fixture
def page(opened, viewer):
    """The page at the beginning, as it was opened, nobody's keyboard."""
    first = replace(viewer.shown.playback, playing=False, time=START, speed=1.0, loop=True)
    viewer.change(
        lambda shown: replace(shown, playback=first, muscle="soleus", sides="both", scheme="blue-red", delay=0.0)
    )
    opened.evaluate("document.activeElement.blur()")
    return opened


def eventually(page, holds):
    """Let the page go on until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came about"
        page.wait_for_timeout(50)


def labelled(page, label):
    """The input beside a label of the panel."""
    return page.locator(f"xpath=//label[normalize-space()='{label}']/following::input[not(@type='hidden')][1]")


def test_the_page_loads_without_complaint_and_asks_nobody_else(page):
    page.wait_for_timeout(500)
    assert page.complaints == []
    assert page.asked
    assert all(url.startswith(("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:")) for url in page.asked)


def test_space_plays_and_time_goes_on_in_the_page(page, viewer):
    page.keyboard.press("Space")
    eventually(page, lambda: viewer.shown.playback.time > START + 0.3)
    page.get_by_role("button", name="Pause").wait_for()
    eventually(page, lambda: float(labelled(page, "time (s)").input_value()) > START)
    page.keyboard.press("Space")
    eventually(page, lambda: not viewer.shown.playback.playing)


def test_a_clicked_button_leaves_the_keyboard_alone(page, viewer):
    page.get_by_role("button", name="Play").click()
    eventually(page, lambda: viewer.shown.playback.playing)
    page.keyboard.press("Space")
    eventually(page, lambda: not viewer.shown.playback.playing)
    page.wait_for_timeout(200)
    assert not viewer.shown.playback.playing


def test_a_choice_by_mouse_leaves_the_keyboard_alone(page, viewer):
    labelled(page, "side").click()
    page.get_by_role("option", name="left").click()
    eventually(page, lambda: viewer.shown.sides == "l")
    page.keyboard.press("c")
    eventually(page, lambda: viewer.shown.scheme == "colour-blind")


def test_the_slider_scrubs(page, viewer):
    slider = page.locator(".mantine-Slider-track").first
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    eventually(page, lambda: abs(viewer.shown.playback.time - START - 6.0) < 0.5)
    there = viewer.shown.playback.time
    page.keyboard.press("ArrowRight")  # the slider that was clicked does not take it
    eventually(page, lambda: viewer.shown.playback.time > there)
    page.wait_for_timeout(200)
    assert viewer.shown.playback.time == pytest.approx(there + 0.02)


def test_keys_do_what_the_panel_says(page, viewer):
    for key, what, expected in (
        ("ArrowRight", lambda s: s.playback.time, START + 0.02),
        ("ArrowLeft", lambda s: s.playback.time, START),
        ("End", lambda s: s.playback.time, START + 11.98),
        ("Home", lambda s: s.playback.time, START),
        ("]", lambda s: s.playback.speed, 2.0),
        ("[", lambda s: s.playback.speed, 1.0),
        ("ArrowDown", lambda s: s.playback.speed, 0.5),
        ("m", lambda s: s.muscle, "gastrocnemius_medialis"),
        ("n", lambda s: s.muscle, "soleus"),
    ):
        page.keyboard.press(key)
        eventually(page, lambda what=what, expected=expected: what(viewer.shown) == pytest.approx(expected))


def test_colours_and_sides_change_the_picture(page, viewer):
    eventually(page, lambda: labelled(page, "colours").input_value() == "blue-red")
    page.wait_for_timeout(500)
    picture = page.locator("canvas").first
    seen = [picture.screenshot()]
    for key, label, expected in (("c", "colours", "colour-blind"), ("s", "side", "right")):
        page.keyboard.press(key)
        eventually(page, lambda label=label, expected=expected: labelled(page, label).input_value() == expected)
        eventually(page, lambda: picture.screenshot() != seen[-1])
        seen.append(picture.screenshot())
    assert viewer.shown.sides == "r"
    assert viewer.shown.scheme == "colour-blind"
    eventually(page, lambda: page.get_by_text("Left", exact=True).count() == 0)


def test_our_keys_leave_the_camera_and_its_own_move_it(page, viewer):
    (client,) = viewer.server.get_clients().values()
    before = tuple(client.camera.position)
    for key in ("ArrowLeft", "ArrowUp", "s"):
        page.keyboard.down(key)
        page.wait_for_timeout(150)
        page.keyboard.up(key)
    assert tuple(client.camera.position) == before
    page.keyboard.down("w")
    eventually(page, lambda: tuple(client.camera.position) != before)
    page.keyboard.up("w")


def test_the_delay_shifts_the_emg_and_says_r(page, viewer):
    page.get_by_text("the EMG as recorded").first.wait_for()
    labelled(page, "delay (ms)").fill("60")
    page.keyboard.press("Enter")
    page.get_by_text("activation.sto and the EMG 60 ms later: r = 1.00").wait_for()
    assert viewer.shown.delay == pytest.approx(0.06)


def test_what_one_browser_does_another_shows(page, browser, viewer):
    other = open_page(browser, viewer, 700, 300)
    page.keyboard.press("c")
    eventually(page, lambda: labelled(other, "colours").input_value() == "colour-blind")
    other.keyboard.press("c")
    eventually(page, lambda: labelled(page, "colours").input_value() == "blue-red")
    assert other.complaints == page.complaints == []
    other.close()


def test_changes_of_many_threads_are_all_made(viewer):
    count, muscles = 40, len(viewer.shown.muscles)
    viewer.change(lambda shown: replace(shown, muscle=shown.muscles[0]))

    def press():
        for _ in range(count):
            viewer.change(lambda shown: shown.next_muscle())

    threads = [threading.Thread(target=press) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert viewer.shown.muscle == viewer.shown.muscles[7 * count % muscles]


def test_nothing_is_drawn_while_nothing_changes(desk, monkeypatch):
    viewer = Viewer(desk)
    drawn = []
    try:
        time.sleep(0.3)
        monkeypatch.setattr(viewer, "_draw", drawn.append)
        time.sleep(0.3)
        assert drawn == []
        viewer.change(lambda shown: shown.next_side())
        until = time.monotonic() + PATIENCE
        while not drawn and time.monotonic() < until:
            time.sleep(0.01)
        assert [shown.sides for shown in drawn] == ["r"]
    finally:
        viewer.close()


def test_what_ends_the_loop_reaches_who_waits(desk, monkeypatch):
    viewer = Viewer(desk)
    try:
        monkeypatch.setattr(viewer, "_draw", lambda shown: 1 / 0)
        viewer.change(lambda shown: shown.next_side())
        with pytest.raises(ZeroDivisionError):
            viewer.wait()
    finally:
        viewer.close()
