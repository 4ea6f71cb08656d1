"""Names that mean harm break neither the page, nor a csv, nor LaTeX, nor a drawing."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from bench.report.conftest import EVIL
from bench.report.test_page import outline
from myoshift.bench import report
from myoshift.bench.report import figures, tables


@pytest.fixture(scope="module")
def page(evil):
    return (evil / "report.html").read_text(encoding="utf-8")


def downloads(page, kind):
    return [unquote(unescape(uri)) for uri in re.findall(rf'href="data:text/{kind};charset=utf-8,([^"]*)"', page)]


def test_the_page_stays_whole(page):
    found = outline(page)
    assert (found.loads, found.scripts, found.open) == ([], 0, [])
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.attributes = [], []

    def handle_data(self, data):
        self.text.append(data)

    def handle_starttag(self, tag, attributes):
        self.attributes += [name for name, _ in attributes]


def test_names_are_read_as_they_are_and_give_no_attributes(page, evil):
    found = Text()
    found.feed(page)
    text = "".join(found.text)
    assert not [name for name in found.attributes if name.startswith("on")]
    scores = report.Written(evil).results
    for name in {*scores["institution"], *scores["condition"]}:
        assert name in text


def test_no_cell_of_a_csv_is_a_formula(page, evil):
    files = [*downloads(page, "csv"), (evil / "leaderboard.csv").read_text(encoding="utf-8")]
    assert len(files) > 5
    for text in files:
        rows = list(csv.reader(io.StringIO(text)))
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "@", "\t")) or cell == ""
            assert not cell.startswith(("+", "-")) or re.fullmatch(r"-?[\d.e-]+", cell)


def test_latex_has_no_special_sign_of_a_name(page):
    files = downloads(page, "x-tex")
    assert len(files) > 5
    for text in files:
        comment, begin, *rows, end, last = text.split("\n")
        assert comment.startswith("% ")
        assert (begin[:17], end, last) == (r"\begin{tabular}{", r"\end{tabular}", "") or begin.startswith(
            r"\begin{tabular}"
        )
        layout = begin.split("{")[-1].rstrip("}")
        for row in (row for row in rows if row != r"\hline"):
            assert row.endswith(r"\\")
            body = row.removesuffix(r"\\").replace("$-$", "")
            assert len(re.findall(r"(?<!\\)&", body)) == len(layout) - 1
            assert not re.search(r"(?<!\\)[$%#_]", body)
            assert not re.search(r"[~^<>|\"]", re.sub(r"\\text\w+\{\}", "", body))
            assert body.count("{") - body.count("}") in (0, body.count(r"\{") - body.count(r"\}"))


def test_drawings_are_sound(page):
    drawings = re.findall(r"<svg role.*?</svg>", page, re.S)
    assert len(drawings) > 3
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "script" not in re.sub(r"&lt;/?script", "", drawing)


@pytest.mark.parametrize("name", EVIL)
def test_a_name_in_a_drawing_and_in_a_table(name):
    drawing = str(figures.bars([name, "a"], [0.1, 0.2], name))
    ElementTree.fromstring(drawing)
    assert "<script" not in drawing
    assert tables.harmless(name)[0] not in "=+-@"
    assert "\n" not in tables.harmless(name) + tables.latex(name)


def test_the_first_cell_of_a_row_is_no_argument_of_the_row_above():
    import pandas as pd

    frame = pd.DataFrame({"who": ["[1cm]", "*"], "x": [1.0, 2.0]})
    shown = tables.Shown("t", ("q",), frame, ("who",), (tables.Column("x", "x"),))
    assert r"{}[1cm]&1.000\\" in shown.latex
    assert r"{}*&2.000\\" in shown.latex


def test_the_same_bytes_again(evil, page):
    report.write_report([report.Written(evil)])
    assert (evil / "report.html").read_text(encoding="utf-8") == page
