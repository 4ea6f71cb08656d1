"""Joint angles and EMG of a laboratory's own files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from conftest import write_walk
from myoshift import formats
from myoshift.deploy.pairs import Stated, read_emg, read_pairs
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Table
from simulate.laboratories import write_emg, write_motion

ENVELOPE = Stated(emg_kind="envelope")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    write_motion(folder / "gait.mot")
    write_emg(folder / "emg.sto")
    write_walk(folder / "walk.mot")
    return folder


def test_motion_and_emg_of_two_files_in_either_order(desk):
    ((one, rate),) = read_pairs([desk / "gait.mot", desk / "emg.sto"], ENVELOPE)
    ((other, _),) = read_pairs([desk / "emg.sto", desk / "gait.mot"], ENVELOPE)
    assert rate == pytest.approx(100.0)
    assert one.rate == 100.0
    assert one.activation_names == other.activation_names
    assert "soleus_r" in one.activation_names
    assert "hip_flexion_r" in one.motion_names
    assert [source.path for source in one.provenance] == [str(desk / "gait.mot"), str(desk / "emg.sto")]


def test_one_file_may_hold_both(desk, tmp_path):
    motion, emg = (formats.read_sto(desk / name) for name in ("gait.mot", "emg.sto"))
    both = Table(
        values=np.concatenate([motion.values, emg.values], axis=1),
        names=(*motion.names, *emg.names),
        units=("",) * (len(motion.names) + len(emg.names)),
        rate=motion.rate,
        time=motion.time,
    )
    formats.write_sto(tmp_path / "both.sto", both)
    ((recording, _),) = read_pairs([tmp_path / "both.sto"], ENVELOPE)
    assert {"soleus_r", "vasti_l"} <= set(recording.activation_names)


def test_a_csv_has_a_column_of_time(desk, tmp_path):
    emg = formats.read_sto(desk / "emg.sto")
    rows = [",".join(map(str, (t, *row))) for t, row in zip(emg.time, emg.values, strict=True)]
    (tmp_path / "emg.csv").write_text("\n".join([",".join(("time", *emg.names)), *rows]) + "\n")
    ((recording, rate),) = read_pairs([desk / "gait.mot", tmp_path / "emg.csv"], ENVELOPE)
    assert rate == pytest.approx(100.0, rel=1e-3)
    assert recording.activation_names == emg.names


def test_mass_and_height_are_stated(desk):
    stated = Stated(emg_kind="envelope", mass=70.0, height=1.75)
    ((recording, _),) = read_pairs([desk / "gait.mot", desk / "emg.sto"], stated)
    assert (recording.mass, recording.height) == (70.0, 1.75)


@pytest.mark.parametrize(
    ("names", "stated", "why"),
    [
        (["gait.mot"], ENVELOPE, r"needs motion and EMG.*gait.mot: motion"),
        (["emg.sto"], ENVELOPE, r"needs motion and EMG.*emg.sto: EMG"),
        (["gait.mot", "walk.mot", "emg.sto"], ENVELOPE, "needs motion and EMG"),
        (["gait.mot", "emg.sto"], Stated(), "--emg-kind raw or --emg-kind envelope"),
        (["gait.mot", "none.sto"], ENVELOPE, "none.sto"),
    ],
)
def test_what_is_lacking_is_said_in_one_message(desk, names, stated, why):
    with pytest.raises(DataRefused, match=why):
        read_pairs([desk / name for name in names], stated)


def test_a_format_that_is_no_table_is_refused(desk, tmp_path):
    np.savez(tmp_path / "emg.npz", a=np.zeros(3))
    with pytest.raises(DataRefused, match="tables of joint angles and EMG"):
        read_pairs([desk / "gait.mot", tmp_path / "emg.npz"], ENVELOPE)


def test_an_unknown_convention_is_refused(desk):
    with pytest.raises(UnknownNameError, match="convention"):
        read_pairs([desk / "gait.mot", desk / "emg.sto"], Stated(emg_kind="envelope", convention="gait23"))


def test_emg_without_motion_keeps_its_clock(desk):
    found = read_emg(desk / "emg.sto", ENVELOPE)
    assert found.names == formats.read_sto(desk / "emg.sto").names
    assert found.time[0] == formats.read_sto(desk / "emg.sto").time[0]
    assert set(found.units) == {""}


def test_raw_emg_becomes_envelopes_at_a_rate_that_is_drawn(tmp_path):
    time = 3.0 + np.arange(4000) / 1000
    noise = np.random.default_rng(0).standard_normal((4000, 2))
    muscle = signal.sosfiltfilt(signal.butter(2, (20, 150), "bandpass", fs=1000, output="sos"), noise[:, 0])
    values = np.stack([muscle * (1.2 + np.sin(2 * np.pi * time)), noise[:, 1]], axis=1) * 1e-4
    table = Table(values=values, names=("soleus_r", "soleus_l"), units=("V", "V"), rate=1000.0, time=time)
    formats.write_sto(tmp_path / "raw.sto", table, in_degrees=False)
    found = read_emg(tmp_path / "raw.sto", Stated(emg_kind="raw"))
    assert found.rate == 100.0
    assert found.values.shape == (400, 2)
    assert np.isnan(found.column("soleus_l")).all()  # white noise is no EMG
    assert [flag.where for flag in found.flags if flag.code == "emg_masked"] == ["soleus_l"]
    assert found.time[-1] == pytest.approx(3.0 + 3.99)
    seen = np.isfinite(found.values[:, 0])
    assert np.corrcoef(found.values[seen, 0], np.sin(2 * np.pi * found.time[seen]))[0, 1] > 0.9


@pytest.mark.parametrize(
    ("name", "stated", "why"),
    [
        ("gait.mot", ENVELOPE, "no column is EMG of a known site"),
        ("emg.sto", Stated(), "--emg-kind raw or --emg-kind envelope"),
    ],
)
def test_emg_alone_is_refused_in_one_message(desk, name, stated, why):
    with pytest.raises(DataRefused, match=why):
        read_emg(desk / name, stated)
