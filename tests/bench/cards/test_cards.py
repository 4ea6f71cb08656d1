"""Cards of a finished benchmark: every method, hostile text, all three forms."""

from __future__ import annotations

import json
import re

import pytest

from myoshift import registry
from myoshift.bench.cards import Card, Section, domain_card, html, markdown, method_card, model_card, write_cards
from myoshift.bench.cards.domain import _use
from myoshift.bench.cards.method import deviations
from myoshift.bench.report import Written
from myoshift.cli import report

HOSTILE = '<script>alert(1)</script> | $x$ =cmd "q" ' + "n" * 300
NAMES = (*registry.names("methods"), *registry.names("estimators"))


def said(card):
    return {name: text for section in card.sections for name, text in section.items}


def test_text_from_data_stays_text():
    card = Card("domain", HOSTILE, HOSTILE, (Section.of("Who", {HOSTILE: HOSTILE, "empty": ""}),))
    page, table = html(card), markdown(card)
    assert "<script" not in page.replace("&lt;script", "")
    assert "<script" not in table
    rows = [line for line in table.split("\n") if line.startswith("| ") and line != "| | |"]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 3]
    assert page.count("not given") == table.count("not given") == 1


def test_a_page_asks_for_nothing_from_outside():
    page = html(domain_card("toy"))
    assert not re.search(r"""(src|href)=|url\(|@import|<script""", page)
    assert len(page) < 100_000


def test_a_domain_card_says_what_the_trials_are():
    card = said(domain_card("toy", units=["own: walk"], masked=["toy/a1//walk, soleus_r: flat"]))
    assert card["institution"] == "toy-a, toy-b, toy-c, toy-d"
    assert card["units of motion"] == "deg"
    assert card["EMG"] == "envelope"
    assert "knee_angle_l" in card["coordinates"]
    assert card["amplitude reference"] == "own: walk"
    assert "soleus_r: flat" in card["not learned from"]
    assert card["who may use it"] == "anybody"
    assert "generated from formulas" in card["notes of the reader"]


@pytest.mark.parametrize("name", sorted({*registry.names("datasets")} - {"virtual-labs"}))
def test_a_domain_card_needs_no_files(name, tmp_path):
    card = domain_card(name, data=tmp_path / "nothing")
    assert card.lead
    assert said(card)["licence, as stated"]
    assert name in html(card)


@pytest.mark.parametrize(
    ("licence", "word"), [("CC BY-NC-SA 4.0", "not commercial"), ("none stated", "no licence"), ("MIT", "whoever")]
)
def test_who_may_use_it(licence, word):
    assert word in _use(licence, generated=False)


@pytest.mark.parametrize("name", NAMES)
def test_every_method_says_how_it_departs_from_its_paper(name):
    card = said(method_card(name, toy="a gain"))
    assert card["family"]
    assert card["deviations from the paper"], name
    assert card["toy shift"] == "a gain"


def test_deviations_are_stated_once():
    assert set(deviations()) <= set(NAMES)
    assert all(deviations().values())


def test_the_formula_is_that_of_the_loss():
    assert "covariance" in said(method_card("coral"))["formula"].lower()


def test_all_cards_of_a_benchmark(finished, tmp_path):
    written = Written(finished)
    pages = write_cards(written, tmp_path / "cards", toy=lambda name: f"{name} was measured")
    kinds = [page.name.partition("-")[0] for page in pages]
    assert (kinds.count("domain"), kinds.count("method"), kinds.count("model")) == (1, 5, 6)
    assert len(list((tmp_path / "cards").iterdir())) == 3 * len(pages)
    method = (tmp_path / "cards" / "method-template.md").read_text()
    row = written.leaderboard.query("method == 'template' and scope == 'person'").iloc[0]
    assert f"r by person {row['r']:.3f}" in method
    assert "template was measured" in method
    model = json.loads(next((tmp_path / "cards").glob("model-ensemble*.json")).read_text())
    items = {name: text for section in model["sections"] for name, text in section["items"]}
    assert items["institutions"] in ("north, south", "north, west", "south, west")
    assert items["people"] == "4"
    assert re.match(r"r -?[01]\.\d{3}$", next(v for k, v in items.items() if k.startswith("leave_one_domain_out")))


def test_the_report_writes_them_anew(finished, tmp_path):
    report.command([finished], page=None, markdown=True, against="", cards=tmp_path / "cards")
    card = json.loads((tmp_path / "cards" / "method-constant.json").read_text())
    said = dict(tuple(item) for section in card["sections"] for item in section["items"])
    assert said["toy shift"].startswith("not measured")


def test_a_model_card_without_scores(finished):
    folder = next(path for path in (finished / "models").iterdir())
    card = model_card(folder)
    assert said(card)["rate"] == "50 Hz"
    assert "No medical device" in html(card)
