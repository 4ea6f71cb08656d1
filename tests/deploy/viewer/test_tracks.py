"""Activation from files of every kind, on the muscles it belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deploy.viewer.desk import write
from myoshift.anatomy import MUSCLES
from myoshift.deploy.viewer import tracks
from myoshift.deploy.viewer.tracks import Track
from myoshift.errors import DataFormatError, DataRefused

TIME = 2.0 + np.arange(101) / 50
RAMP = np.linspace(0.0, 1.0, 101)
COLUMNS = {
    "soleus_r": RAMP,
    "soleus_r_low": 0.8 * RAMP,
    "soleus_r_high": 1.1 * RAMP,
    "tibialis_anterior_l": 0.5 + 0 * RAMP,
    "hip_flexion_r": RAMP,
}


def save(folder: Path, kind: str, columns: dict[str, np.ndarray]) -> Path:
    path = folder / f"activation.{kind}"
    frame = pd.DataFrame({"time": TIME, **columns})
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        write(path, columns, TIME)
    return path


def made(**columns: float) -> Track:
    values = np.tile(np.array(list(columns.values())), (3, 1))
    return Track(name="made", time=np.array([0.0, 1.0, 2.0]), names=tuple(columns), values=values)


@pytest.mark.parametrize("kind", ["sto", "csv", "parquet"])
def test_read(tmp_path, kind):
    track = tracks.read(save(tmp_path, kind, COLUMNS))
    assert track.name == f"activation.{kind}"
    assert track.names == ("soleus_r", "tibialis_anterior_l")
    assert np.allclose(track.time, TIME)
    assert np.allclose(track.values[:, 0], RAMP, atol=1e-6)
    assert np.allclose(track.low[:, 0], 0.8 * RAMP, atol=1e-6)
    assert np.allclose(track.high[:, 0], 1.1 * RAMP, atol=1e-6)
    assert np.isnan(track.low[:, 1]).all()
    assert [(flag.code, flag.where) for flag in track.flags] == [("left_out", "hip_flexion_r")]


def test_without_an_interval(tmp_path):
    track = tracks.read(save(tmp_path, "csv", {"soleus_r": RAMP, "soleus_r_low": RAMP}), name="mine")
    assert track.name == "mine"
    assert track.low is None
    assert track.high is None
    assert track.interval(3.0) is None


def test_at_a_time_between_samples_and_beyond_them(tmp_path):
    track = tracks.read(save(tmp_path, "csv", COLUMNS))
    assert track.at(2.03) == pytest.approx([0.015, 0.5], abs=1e-6)
    assert track.at(4.0) == pytest.approx([1.0, 0.5], abs=1e-6)
    assert np.isnan(track.at(1.99)).all()
    many = track.at(np.array([2.0, 3.0, 9.0]))
    assert many.shape == (3, 2)
    assert many[1, 0] == pytest.approx(0.5, abs=1e-6)
    assert np.isnan(many[2]).all()
    low, high = track.interval(3.0)
    assert (low[0], high[0]) == pytest.approx((0.4, 0.55), abs=1e-6)


def test_a_missing_sample_is_not_bridged():
    track = Track(
        name="gap", time=np.arange(4.0), names=("soleus_r",), values=np.array([[0.1], [np.nan], [0.3], [0.4]])
    )
    assert np.isnan(track.at(np.array([0.5, 1.0, 1.5]))).all()
    assert track.at(2.5) == pytest.approx([0.35])


def test_a_muscle_takes_its_own_column_before_that_of_a_site():
    track = made(tibialis_anterior_r=0.2, tibant_r=0.7, gastrocnemius_l=0.4)
    found = dict(zip(MUSCLES, track.muscles(MUSCLES, 0.5), strict=True))
    assert found["tibant_r"] == pytest.approx(0.7)
    assert found["gasmed_l"] == found["gaslat_l"] == pytest.approx(0.4)
    assert {name for name, value in found.items() if np.isfinite(value)} == {"tibant_r", "gasmed_l", "gaslat_l"}


def test_two_sites_that_see_a_muscle_are_averaged_by_what_they_see_of_it():
    track = made(gastrocnemius_r=0.2, gastrocnemius_medialis_r=0.8)
    medial, lateral = track.muscles(("gasmed_r", "gaslat_r"), 1.0)
    assert lateral == pytest.approx(0.2)
    assert medial == pytest.approx((0.5 * 0.2 + 1.0 * 0.8) / 1.5)
    half = Track(name="x", time=track.time, names=track.names, values=track.values * [np.nan, 1.0])
    assert half.muscles(("gasmed_r", "gaslat_r"), 1.0) == pytest.approx([0.8, np.nan], nan_ok=True)


def test_names_of_other_models():
    """gait2392 lumps nothing here but names otherwise; gait10dof18musc lumps both heads."""
    track = made(tib_ant_r=0.3, gastroc_l=0.6, LU_recfem_r=0.9)
    found = dict(zip(MUSCLES, track.muscles(MUSCLES, 0.0), strict=True))
    assert (found["tibant_r"], found["gasmed_l"], found["gaslat_l"], found["recfem_r"]) == (0.3, 0.6, 0.6, 0.9)


def test_names_with_the_word_activation(tmp_path):
    path = write(tmp_path / "a.sto", {"soleus_l_activation": RAMP, "/forceset/gasmed_l/activation": RAMP}, TIME)
    assert tracks.read(path).names == ("soleus_l", "gasmed_l")


def test_above_one_is_told(tmp_path):
    (flag,) = tracks.read(save(tmp_path, "csv", {"soleus_r": 3 * RAMP})).flags
    assert (flag.code, flag.message) == ("above_one", "values up to 3: colours end at 1")


@pytest.mark.parametrize("kind", ["sto", "csv", "parquet"])
def test_no_column_is_a_muscle(tmp_path, kind):
    path = save(tmp_path, kind, {"hip_flexion_r": RAMP, "ground_force_vy": RAMP})
    with pytest.raises(DataRefused, match="no column is a muscle or a site of the legs") as refused:
        tracks.read(path)
    assert "hip_flexion_r, ground_force_vy" in refused.value.why
    assert refused.value.where == str(path)


def test_no_column_says_of_which_leg(tmp_path):
    with pytest.raises(DataRefused, match="no column says of which leg it is") as refused:
        tracks.read(save(tmp_path, "csv", {"soleus": RAMP, "tibialis_anterior": RAMP, "x": RAMP}))
    assert refused.value.why == "columns: soleus, tibialis_anterior"


def test_a_raw_emg_is_not_activation(tmp_path):
    with pytest.raises(DataRefused, match="not below zero") as refused:
        tracks.read(save(tmp_path, "csv", {"soleus_r": RAMP - 0.5}))
    assert refused.value.why == "soleus_r; the lowest value is -0.5"


def test_no_table(tmp_path):
    for name, content in (("a.csv", b"nothing, really\n"), ("a.sto", b"\x00\x01"), ("a.parquet", b"PAR1")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataRefused) as refused:
            tracks.read(tmp_path / name)
        assert str(tmp_path / name) in str(refused.value)
    (tmp_path / "a.npy").write_bytes(b"")
    np.save(tmp_path / "a.npy", RAMP)
    with pytest.raises(DataRefused, match="no table of activation"):
        tracks.read(tmp_path / "a.npy")
    with pytest.raises(DataRefused, match="cannot be read"):
        tracks.read(tmp_path / "nobody.csv")


def test_a_table_without_time(tmp_path):
    pd.DataFrame({"soleus_r": RAMP}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataFormatError, match="time"):
        tracks.read(tmp_path / "a.csv")


def test_the_time_that_motion_and_activation_share(tmp_path):
    track = tracks.read(save(tmp_path, "csv", {"soleus_r": RAMP}))  # 2 to 4 s
    frames, flags = tracks.shared(TIME, track)
    assert frames.tolist() == list(range(101))
    assert flags == ()
    longer = np.arange(0, 10, 0.1)
    frames, (flag,) = tracks.shared(longer, track)
    assert longer[frames] == pytest.approx(np.arange(2.0, 4.05, 0.1))
    assert flag.code == "cut"
    assert "the picture 0.00..9.90 s, activation.csv 2.00..4.00 s; shown is 2.00..4.00 s" in flag.message
    frames, (flag,) = tracks.shared(np.arange(2.5, 3.0, 0.1), track)
    assert len(frames) == 5
    assert flag.code == "cut"
    with pytest.raises(DataRefused, match="share no time") as refused:
        tracks.shared(longer + 5, track)
    assert "the picture 5.00..14.90 s, activation.csv 2.00..4.00 s" in refused.value.why


def test_real_files(data_root):
    states = data_root / "stanford-matlabso/TestData/results_SO/results_states.sto"
    emg = data_root / "ceinmsrt-lowerlimb/data/walk36/emgFilt.sto"
    if not (states.is_file() and emg.is_file()):
        pytest.skip("stanford-matlabso or ceinmsrt-lowerlimb is not here")
    assert set(tracks.read(states).names) == set(MUSCLES)
    few = tracks.read(emg)
    shown = few.muscles(MUSCLES, float(few.time[50]))
    assert {MUSCLES[k] for k in np.flatnonzero(np.isfinite(shown))} >= {
        "soleus_r",
        "gasmed_r",
        "gaslat_r",
        "tibant_r",
    }
