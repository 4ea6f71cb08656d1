from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from bench.toys import benchmark, recordings, with_activation
from myoshift.bench import report
from myoshift.errors import DataFormatError


class Outline(HTMLParser):
    """Tags that load something, and how deep the tags are nested at the end."""

    VOID = ("meta", "link", "br", "img", "input", "hr")

    def __init__(self):
        super().__init__()
        self.loads, self.open, self.scripts = [], [], 0

    def handle_starttag(self, tag, attributes):
        self.loads += [
            v
            for k, v in attributes
            if k in {"src", "href", "xlink:href"} and v and not v.startswith(("#", "data:text/"))
        ]
        self.scripts += tag == "script"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass


def outline(text):
    parser = Outline()
    parser.feed(text)
    return parser


@pytest.fixture(scope="module")
def page(finished):
    return (finished / "report.html").read_text(encoding="utf-8")


def test_the_page_loads_nothing(page):
    found = outline(page)
    assert found.loads == []
    assert found.scripts == 0
    assert "url(http" not in page
    assert "@import" not in page
    assert found.open == []


def test_the_page_shows_every_part(page):
    for text in (
        "A new institution: level walking",
        "A new institution: shifted gait",
        "within trials",
        "across trials",
        "Source and target",
        "Muscle by muscle",
        "Measured and predicted envelopes",
        "How the data were split",
        "oracle unit",
        "calibration: 2 s",
        "few-shot 2 s",
        "descriptive",
        "minus the mean of its members",
    ):
        assert text in page
    for method in ("constant", "template", "scratch_ridge", "source_only", "ensemble"):
        assert f"<th>{method}" in page


def test_the_page_is_the_same_again(finished, page):
    report.write_report([report.Written(finished)])
    assert (finished / "report.html").read_text(encoding="utf-8") == page


def test_several_benchmarks_on_one_page(finished, tmp_path):
    path = report.write_report([report.Written(finished)] * 2, tmp_path / "both.html")
    text = path.read_text(encoding="utf-8")
    assert text.count("<h1>") == 2
    ids = re.findall(r'<section id="([^"]+)"', text)
    assert len(set(ids)) == len(ids)


def test_names_from_data_cannot_become_markup(tmp_path, run_small):
    evil = "<script>alert(1)</script>$x^2$"
    found = tuple(
        replace(r, institution=evil, dataset="<b>set") if r.institution == "north" else r for r in recordings()
    )
    page = run_small(tmp_path, found=found, page=True).report.read_text(encoding="utf-8")
    assert outline(page).scripts == 0
    assert "<b>set" not in page
    assert "&lt;script&gt;" in page


def test_a_folder_without_benchmark_is_refused(tmp_path):
    with pytest.raises(DataFormatError, match=r"benchmark.json.*myoshift bench"):
        report.write_report([report.Written(tmp_path)])


def test_the_leaderboard_is_a_csv(finished):
    lines = (finished / "leaderboard.csv").read_text().splitlines()
    assert lines[0].startswith("protocol,condition,scope,access")
    assert len(lines) == 1 + len(report.Written(finished).leaderboard)


def test_a_benchmark_without_runs_has_a_page(tmp_path, run_small):
    outcome = run_small(tmp_path, benchmark(), mode="read-only", page=True)
    assert ">0</span> / 6" in outcome.report.read_text(encoding="utf-8")


def only_soleus(run):
    there = [name.startswith("soleus") for name in run.activation_names]
    return with_activation(run, np.where(there, run.activation, np.nan))


def silent(run):
    return with_activation(run, np.zeros_like(run.activation))


@pytest.mark.parametrize("change", [only_soleus, silent])
@pytest.mark.parametrize("places", [{"north"}, {"north", "south", "west"}])
def test_a_condition_without_any_score_of_a_person_has_a_page(tmp_path, run_small, change, places):
    found = [change(r) if r.task == "run" and r.institution in places else r for r in recordings()]
    protocols = [{"name": "leave_one_domain_out"}, {"name": "single_real"}]
    outcome = run_small(tmp_path, benchmark(protocols=protocols), tuple(found), page=True)
    assert outcome.failed == ()
    board = outcome.written.leaderboard.set_index(["protocol", "condition", "method"])
    people = 6 - 2 * len(places)
    assert board.loc["leave_one_domain_out", "shifted gait", "template"]["people"] == people
    assert np.isnan(board.loc["leave_one_domain_out", "shifted gait", "template"]["r"]) == (people == 0)
    page = outcome.report.read_text(encoding="utf-8")
    assert "A new institution: shifted gait" in page
    assert (">no score<" in page) == (people == 0)


def test_no_curves_are_drawn_of_a_first_seed_that_failed(tmp_path, run_small):
    methods = [{"name": "template"}, {"name": "source_only"}]
    written = run_small(tmp_path, benchmark(methods=methods, seeds=2)).written
    for _, folder in written.runs(method="source_only", seed=0, fold="north"):
        (folder.path / "DONE").unlink()
    page = report.write_report([report.Written(tmp_path)]).read_text(encoding="utf-8")
    assert page.count('<div class="drawings small"><svg') == 4
