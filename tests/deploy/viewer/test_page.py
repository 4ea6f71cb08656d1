"""The page that needs no server: what is in it, and what a browser makes of it."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest

from conftest import make_walk
from myoshift.deploy.viewer import scene
from myoshift.deploy.viewer.tracks import Track
from myoshift.errors import ConfigError, DataRefused, MyoshiftError

pytest.importorskip("viser", reason="viser is not installed")

from myoshift.deploy.viewer import page

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
OPTIONS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
EVIL = "</script><img src=x onerror=alert(1)><b>walk"


@pytest.fixture(scope="module")
def shown():
    return scene.of(make_walk(seconds=1.0))


def track(muscles: tuple[str, ...], value: float = 1.0, *, name: str = "pred.csv", start: float = 0.0) -> Track:
    """Right-leg muscles at a value for a second."""
    names = tuple(muscle for muscle in muscles if muscle.endswith("_r"))
    time = start + np.arange(51) / 50
    return Track(name=name, time=time, names=names, values=np.full((51, len(names)), value))


def at_once(muscles: tuple[str, ...]) -> Track:
    """All muscles at 1, at one moment."""
    return Track(name="one", time=np.zeros(1), names=muscles, values=np.ones((1, len(muscles))))


@pytest.fixture(scope="module")
def written(tmp_path_factory, shown):
    path = tmp_path_factory.mktemp("page") / "walk.html"
    flags = page.write(path, shown, [track(shown.muscles, name=EVIL)], title=EVIL)
    return path, flags


def test_text_from_data_stays_text(written):
    html = written[0].read_text()
    assert EVIL not in html
    assert html.count("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;walk") == 2
    assert r"document.title = \"\u003c/script\u003e" in html.replace('"', r"\"")


def test_the_legend(written):
    path, flags = written
    html = path.read_text()
    assert "40 of 80 muscles" in html
    assert "0.00 to 0.96 s" in html
    assert "rgb(0,0,255), " in html
    assert "rgb(255,0,0)" in html
    assert [flag.code for flag in flags] == ["neutral"]
    assert flags[0].where in html


def test_nothing_outside_is_named(written):
    html = written[0].read_text()
    named = set(re.findall(r"""(?:src|href)\s*=\s*["']?(https?:[^"' >]+)|url\((https?:[^)]+)\)""", html))
    assert named == set()


def test_it_is_small(written):
    assert written[0].stat().st_size < 1_300_000  # 0.8 MB of it are the program


def test_two_side_by_side_and_one_who_stands(tmp_path, shown):
    one, two = track(shown.muscles, 0.2), track(shown.muscles, 0.8, name="other.csv", start=0.5)
    flags = page.write(tmp_path / "two.html", scene.of(None), [one, two], title="two", scheme="colour-blind")
    html = (tmp_path / "two.html").read_text()
    assert "left: pred.csv" in html
    assert "right: other.csv" in html
    assert "0.52 to 1.00 s" in html
    assert "rgb(254,232,56)" in html
    assert [flag.code for flag in flags] == ["cut"]
    assert "the picture 0.00..1.00 s, other.csv 0.50..1.50 s; shown is 0.52..1.00 s" in flags[0].message
    assert [file.name for file in tmp_path.iterdir()] == ["two.html"]


def test_a_part_of_the_motion_is_told(tmp_path, shown):
    flags = page.write(tmp_path / "a.html", shown, [track(shown.muscles, start=0.5)], title="part")
    assert [flag.code for flag in flags] == ["neutral", "cut"]
    assert "shown is 0.50..0.98 s" in (tmp_path / "a.html").read_text()


def test_what_is_refused_leaves_the_old_page(tmp_path, shown):
    path = tmp_path / "a.html"
    path.write_text("old")
    with pytest.raises(DataRefused, match="share no time"):
        page.write(path, shown, [track(shown.muscles, start=60.0)], title="late")
    with pytest.raises(ConfigError, match="one source of activation or two, not 3"):
        page.write(path, shown, [track(shown.muscles)] * 3, title="three")
    assert path.read_text() == "old"
    with pytest.raises(MyoshiftError, match="cannot be written") as failed:
        page.write(tmp_path / "nowhere/a.html", shown, [track(shown.muscles)], title="a")
    assert failed.value.exit_code == 1


def test_in_a_browser(tmp_path, shown):
    """One frame, so that a computer without a graphics card has drawn it before long."""
    chromium = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium in PATH")
    page.write(tmp_path / "still.html", shown.frames(slice(0, 1)), [at_once(shown.muscles)], title=EVIL)
    said, asked = [], []
    with chromium.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        opened = browser.new_page(viewport={"width": 320, "height": 320})
        opened.set_default_timeout(120_000)
        opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto((tmp_path / "still.html").as_uri())
        opened.wait_for_selector("canvas")
        opened.evaluate("document.getElementById('legend').hidden = true")
        red = _red_after_a_while(opened)
        title, legend = opened.title(), opened.inner_text("#legend h1") or opened.text_content("#legend h1")
        browser.close()
    assert (title, legend) == (EVIL, EVIL)
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert red > 60  # pixels of the muscles of the right leg


def _red_after_a_while(opened) -> int:
    """How many pixels are red once the picture has faded in, at most 20 s later."""
    import io

    from matplotlib.image import imread

    red = 0
    for _ in range(60):
        opened.wait_for_timeout(300)
        r, g, b = imread(io.BytesIO(opened.screenshot()))[..., :3].transpose(2, 0, 1)
        red = int(((r > 0.8) & (g < 0.3) & (b < 0.3)).sum())
        if red > 60:
            break
    return red
