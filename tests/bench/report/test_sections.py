from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from myoshift.bench import report
from myoshift.bench.report import (
    extras,
    figures,
    lags,
    learning,
    limits,
    overlays,
    provenance,
    shots,
    summary,
    synergies,
)


def test_the_summary_judges_by_the_tables(shot):
    written = report.Written(shot)
    found = summary.summary(written)
    said = " ".join([*found.transfers, *found.fails])
    assert "level walking" in said
    assert "descriptive: too few to generalise from" in said
    assert any("labelled seconds" in each and "Difference person by person" in each for each in found.advice)


def test_a_few_shot_series_has_its_people_below_each_amount(shot):
    found = shots.shots(report.Written(shot))
    assert {each.along for each in found} == {"seconds"}
    assert "n = 6" in str(found[0].drawings[0])
    assert set(found[0].table.frame["protocol"]) == {"few_shot(seconds=1.0)", "few_shot(seconds=2.0)"}


def test_amounts_with_other_people_are_not_joined():
    nothing = np.full(3, np.nan)
    at, y = np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.2, 0.3])
    ticks = figures.Ticks(at, ("1", "2", "4"), "seconds")
    count = [
        str(figures.curves([figures.Curve("m", at, y, nothing, nothing, joined)], ticks, "t")).count(
            "stroke-width: 1.2"
        )
        for joined in ((False, True, True), (False, False, True), (False, False, False))
    ]
    assert count == [2, 1, 0]


def test_lags_are_means_over_people(shot):
    written = report.Written(shot)
    part = written.results[written.results["protocol"] == "leave_one_domain_out"]
    part = part[part["condition"] == "level walking"]
    people = lags.by_person(part, "template")
    rows = part[(part["metric"] == "lag") & (part["method"] == "template")]
    assert len(people) == len(rows.dropna(subset="value").groupby(["subject", "muscle"]))
    assert people["lag"].abs().max() <= 151


def test_phases_are_drawn_where_they_were_scored(shot):
    written = report.Written(shot)
    plain = written.results[~written.results["metric"].isin(learning.PHASES)]
    written.__dict__["results"] = plain
    assert learning.phases(written, ["template"]) == []
    rmse = plain[plain["metric"] == "rmse"]
    tenths = [rmse.assign(metric=f"rmse_phase_{k}", value=0.1 * k) for k in range(10)]
    written.__dict__["results"] = pd.concat([plain, *tenths], ignore_index=True)
    found = learning.phases(written, ["template"])
    table = found[0].table.frame
    np.testing.assert_allclose(table["rmse"], 0.1 * np.arange(10))


def test_synergies_need_four_muscles(shot, monkeypatch):
    written = report.Written(shot)
    assert synergies.synergies(written) == []
    random = np.random.default_rng(0)
    values = random.random((200, 2)) @ random.random((2, 4))
    names = ("soleus", "tibialis_anterior", "gastrocnemius", "hamstrings")
    monkeypatch.setattr(synergies, "_curves", lambda written: {"walk": {"someone": (names, values)}})
    found = synergies.synergies(written)
    assert found[0].rank <= 2
    assert found[0].table.frame["vaf"].iloc[-1] > 0.999


def test_what_is_not_known_is_not_given(shot):
    found = provenance.provenance(report.Written(shot), {})
    assert {"CMRR", "ADC bits", "skin preparation", "sex"} <= set(found.unknown)
    said = dict(found.processing)
    assert "effective order 4" in said["envelope"]
    assert "−3 dB at 4.8" in said["envelope"].replace("effective −3 dB", "−3 dB")


def test_limits_say_what_is_missing(shot):
    written = report.Written(shot)
    written.__dict__["plan"] = {**written.plan, "left_out": [{"protocol": "p", "method": "m", "why": "w"}]}
    said = " ".join(limits.limits(written, {}))
    assert "descriptive" in said
    assert "left out" in said
    assert "folders of the runs are not here" in said


def test_the_band_spans_the_seeds():
    curves = pd.DataFrame({"predicted": [[0.0, 1.0], [1.0, 0.5]]})
    low, high = overlays._band(curves)
    np.testing.assert_array_equal(low, [0.0, 0.5])
    np.testing.assert_array_equal(high, [1.0, 1.0])
    assert overlays._band(curves[:1]) is None
    panel = figures.Panel("m", 50.0, np.ones(2), (low,), (low, high))
    assert len(str(figures.overlay([panel]))) > len(str(figures.overlay([replace(panel, band=None)])))


def test_columns_of_any_table_are_told_apart_by_their_values():
    table = pd.DataFrame({"who": ["a"], "r": [0.5], "n": [3], "said": ["x"]})
    found = extras.shown("t", ("q",), table, ("who",))
    assert [column.style for column in found.columns] == ["r", "count", "text"]
