"""Synergies of files: columns, gaps between files, raw EMG, rules, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import make_walk
from knowntruth.synergies import planted
from myoshift.deploy.synergies import of_files, of_recordings
from myoshift.deploy.synergy_figure import draw
from myoshift.errors import ConfigError, DataRefused

NAMES = ("soleus_r", "gasmed_r", "tibant_r", "vaslat_r", "recfem_r", "semimem_r", "bflh_r", "glmax1_r")


def write(path, values, names=NAMES, rate=50.0):
    time = np.arange(len(values)) / rate
    rows = ["\t".join(f"{each:.6g}" for each in (t, *row)) for t, row in zip(time, values, strict=True)]
    head = f"synergies\nversion=1\nnRows={len(rows)}\nnColumns={len(names) + 1}\nendheader\n"
    path.write_text(head + "\t".join(("time", *names)) + "\n" + "\n".join(rows) + "\n")
    return path


def envelopes(seed=1, muscles=8):
    return planted(seed)[0][:300, :muscles]


def test_columns_are_known_muscles_where_few_are_and_all_where_most_are(tmp_path):
    values = np.tile(envelopes(), 3)
    few = write(tmp_path / "states.sto", values, (*NAMES, *(f"/jointset/j/q{i}/value" for i in range(16))))
    found = of_files([few], rank=2)
    assert found.muscles == NAMES
    assert "q0" in next(flag.where for flag in found.flags if flag.code == "no_muscle")
    named = write(
        tmp_path / "lab.sto", envelopes(), (*(f"/forceset/{n}/activation" for n in NAMES[:5]), "a", "b", "c")
    )
    assert of_files([named], rank=2).muscles == (*NAMES[:5], "a", "b", "c")
    assert of_files([named], rank=2, columns=["b", "soleus_r", "c"]).muscles == ("b", "soleus_r", "c")
    with pytest.raises(DataRefused, match="no column 'nobody'"):
        of_files([named], columns=["nobody"])


def test_a_muscle_that_one_file_lacks_was_not_measured_there(tmp_path):
    one = write(tmp_path / "a.sto", envelopes())
    two = write(tmp_path / "b.sto", envelopes()[:, 1:], NAMES[1:])
    found = of_files([one, two], rank=2)
    assert found.pieces == (300, 300)
    assert found.muscles == NAMES
    assert len(found.table.values) == 600


def test_amplitudes_are_over_each_muscles_own_unless_as_given(tmp_path):
    loud = envelopes()
    loud[:, 0] *= 1000
    path = write(tmp_path / "a.sto", loud)
    assert of_files([path], rank=1).synergies.weights[0, 0] < 0.8
    assert of_files([path], rank=1, as_given=True).synergies.weights[0, 0] > 0.99


def test_raw_emg_is_refused_until_it_is_stated(tmp_path):
    random = np.random.default_rng(0)
    drive = np.repeat(envelopes(), 20, axis=0)
    path = write(tmp_path / "raw.sto", drive * random.normal(size=drive.shape), rate=1000.0)
    with pytest.raises(DataRefused, match="never negative") as refused:
        of_files([path])
    assert "--kind raw" in refused.value.mend
    found = of_files([path], kind="raw", rank=2)
    assert found.rate == 100.0
    assert found.synergies.vaf > 0.8


def test_a_silent_muscle_is_left_out_and_ringing_is_clipped(tmp_path):
    values = envelopes()
    values[:, 3] = 0.0
    values[10, 0] = -0.01
    found = of_files([write(tmp_path / "a.sto", values)], rank=2)
    assert "vaslat_r" not in found.muscles
    assert {"silent", "negative"} <= {flag.code for flag in found.flags}


def test_which_rule_gave_the_number_is_said(tmp_path):
    path = write(tmp_path / "a.sto", envelopes())
    assert "hidden" in of_files([path]).why
    assert of_files([path], rank=3).why == "as asked"
    short = of_files([write(tmp_path / "b.sto", envelopes()[:40])])
    assert short.hidden is None
    assert "VAF" in short.why


def test_text_needs_a_time(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        ",".join(("time", *NAMES))
        + "\n"
        + "\n".join(",".join(f"{v:.5g}" for v in (i / 50, *row)) for i, row in enumerate(envelopes()))
        + "\n"
    )
    assert of_files([path], rank=2).rate == 50.0
    with pytest.raises(ConfigError, match="tables of text"):
        of_files([write(tmp_path / "a.sto", envelopes())], rate=100.0)


def test_each_person_of_some_recordings():
    walks = [make_walk(subject=f"s{i // 2}", institution="lab", seed=i, seconds=4) for i in range(4)]
    found = list(of_recordings(walks, rank=2))
    assert [each.name for each in found] == list(dict.fromkeys(walk.person for walk in walks))
    assert all(len(each.pieces) == 2 for each in found)


def test_the_drawing_is_the_same_bytes_again_and_holds_the_names(tmp_path):
    found = of_files([write(tmp_path / "a.sto", envelopes())], rank=2)
    drawn = draw(found)
    assert drawn == draw(found)
    assert b"soleus r" in drawn
    assert b"dc:date" not in drawn
    short = of_files([write(tmp_path / "b.sto", envelopes()[:40])], rank=2)
    assert b"too little" in draw(short)
