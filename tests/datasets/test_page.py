from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from datasets.test_emg import given_emg, raw
from datasets.test_inspection import WAVE, write
from datasets.walkers import walker
from formats.c3d_writer import c3d_bytes
from miniatures.edf import edf_bytes, signal
from myoshift.datasets import page
from myoshift.datasets.base import load, table
from myoshift.errors import DataRefused
from myoshift.types import Flag

TIME = np.arange(3000) / 1000


def rendered(tmp_path, *sections, title="title"):
    return page.write(tmp_path / "deep" / "qc.html", title, sections).read_text(encoding="utf-8")


def test_raw_emg_has_a_trace_an_envelope_a_spectrum_and_its_verdict():
    hum = raw() + 3e-4 * np.sin(2 * np.pi * 50 * TIME)
    section = page.of_trial(given_emg([raw(1), hum], "raw", "V", ch0="soleus_r"))
    quiet, loud = section.emg
    assert (quiet["site"], quiet["verdict"], quiet["unit"]) == ("soleus_r", "pass", "V")
    assert quiet["trace"]
    assert quiet["envelope"]
    assert [line["loud"] for line in quiet["spectrum"]["lines"]] == [False, False]
    assert [(line["says"], line["loud"]) for line in loud["spectrum"]["lines"]] == [("50", True), ("60", False)]
    assert loud["spectrum"]["lines"][0]["at"] == pytest.approx(100)
    assert loud["spectrum"]["harmonics"][:2] == pytest.approx([200, 300])
    assert any("50 Hz stands" in reason for reason in loud["reasons"])
    assert section.counts == {"pass": 1, loud["verdict"]: 1}


def test_what_cannot_be_filtered_is_drawn_without_an_envelope():
    holes = raw()
    holes[100:400] = np.nan
    channel = page.of_trial(given_emg([holes], "raw")).emg[0]
    assert channel["envelope"] == ""
    assert channel["verdict"] == "masked"
    assert channel["trace"].count("M") == 2
    never = page.of_trial(given_emg([np.full(3000, np.nan)], "raw")).emg[0]
    assert (never["trace"], never["spectrum"], never["reasons"]) == ("", None, ("never measured",))


def test_an_envelope_is_drawn_from_the_ground():
    channel = page.of_trial(given_emg([1.001 + np.sin(2 * np.pi * TIME)])).emg[0]
    assert channel["ticks"][1] == "0"
    assert channel["spectrum"] is None


def test_angles_are_in_degrees_before_the_range_of_the_body(tmp_path):
    path = write(tmp_path / "a.mot", {"knee_angle_r": WAVE, "odd": WAVE})
    _, section = page.of_file(path)
    knee, odd = section.others
    assert (knee["unit"], odd["band"]) == ("deg", None)
    assert knee["band"] is not None
    assert "body" in knee["body"]


def test_what_leaves_the_range_of_the_body_is_said():
    motion = table(np.deg2rad(np.linspace(-100, 100, 50))[:, None], ("knee_angle_r",), "rad", 100.0)
    section = page.of_trial(replace(given_emg([raw()], "raw"), motion=motion))
    (knee,) = section.others or ({"verdict": "flag", "reasons": tuple(f.message for f in section.flags)},)
    assert knee["verdict"] == "flag"
    assert knee["reasons"]


def test_a_c3d_file_has_strips_and_emg(tmp_path):
    points = np.ones((20, 2, 3))
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(points, POINT={"LABELS": ["<b>seen", "also"]}))
    _, section = page.of_file(path)
    assert [strip["name"] for strip in section.markers] == ["<b>seen", "also"]
    assert section.markers[0]["seen"] == "100.0%"
    text = rendered(tmp_path, section, title="<script>x</script>")
    assert "&lt;b&gt;seen" in text
    assert "<b>seen" not in text
    assert "<script" not in text


def test_the_page_is_one_offline_file(tmp_path):
    sections = page.of_trials(load("toy").trials(tmp_path))
    assert 1 < len(sections) <= page.SHOWN_TRIALS
    text = rendered(tmp_path, *sections)
    assert not re.search(r"(src|href)=|url\(|@import|https?://", text)
    assert "prefers-color-scheme: dark" in text
    assert all(path.count("L") <= 1002 for path in re.findall(r' d="([^"]*)"', text))
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["qc.html"]
    assert text.count("<details") == len(sections)


def test_one_trial_for_each_person_and_task():
    trial = given_emg([raw()], "raw")
    assert len(page.of_trials([trial, replace(trial, name="u"), replace(trial, task="run")])) == 2


def test_motion_that_is_refused_is_a_flag(tmp_path):
    motion = table(np.ones((50, 1)), ("knee_angle_r",), "", 100.0)
    section = page.of_trial(replace(given_emg([raw()], "raw"), motion=motion, flags=(Flag("told", "by <reader>"),)))
    assert [flag.code for flag in section.flags] == ["told", "motion_refused"]
    assert "by &lt;reader&gt;" in rendered(tmp_path, section)


def test_a_file_without_time_has_nothing_to_draw(tmp_path):
    np.savez(tmp_path / "a.npz", emg=np.ones(9))
    _, section = page.of_file(tmp_path / "a.npz")
    assert "there is nothing to draw" in rendered(tmp_path, section)


def test_a_file_that_cannot_be_read_leaves_no_page(tmp_path):
    (tmp_path / "a.sto").write_bytes(b"")
    with pytest.raises(DataRefused, match="empty"):
        page.of_file(tmp_path / "a.sto")


def test_signals_of_several_rates_are_drawn_each_at_its_own(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(edf_bytes([signal(0, samples=2000), signal(1, samples=100, unit="g", label="ACC")]))
    _, section = page.of_file(path)
    assert [picture["name"] for picture in section.emg] == ["EMG0"]
    assert [picture["name"] for picture in section.others] == ["ACC"]


def test_mean_cycles_stand_over_the_bursts_that_are_expected(tmp_path):
    section = page.of_trial(walker())
    assert {each["name"] for each in section.cycles} == set(walker().sites.values())
    assert all(each["expected"].endswith("Z") for each in section.cycles)
    text = page.write(tmp_path / "a.html", "a", [section], verdicts=[Flag("sync", "flag: late", "here")]).read_text()
    assert text.count('aria-label="mean cycle of') == len(section.cycles)
    assert "<b>sync</b> flag: late" in text
