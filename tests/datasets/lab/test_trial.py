from __future__ import annotations

import numpy as np
import pytest

from anatomy.walker import bent
from datasets.lab.lab_files import trial_files
from formats.c3d_writer import c3d_bytes
from miniatures.bids import ENDS, write_emg, write_motion
from myoshift import formats
from myoshift.datasets.lab.find import entries
from myoshift.datasets.lab.spec import LabSpec
from myoshift.datasets.lab.trial import sources, trials
from myoshift.errors import ConfigError, DataRefused
from myoshift.types import Table

BASE = {"name": "a", "institution": "b", "subject": "x", "task": "walk", "trial": "{n}"}
HIP = {"convention": "rajagopal", "unit": "rad"}


def made(folder, **said):
    spec = LabSpec.model_validate({**BASE, **said})
    return [trial for entry in entries(spec, folder) for _, trial in trials(spec, entry, ())]


def cycles(folder, count=3, samples=21):
    """A .npz of cycles whose pelvis advances 0.1 m a sample at 2 m/s, and whose EMG is the number of the cycle."""
    motion = np.zeros((samples, 2, count))
    motion[:, 0] = np.sin(np.linspace(0, 2 * np.pi, samples))[:, None]
    motion[:, 1] = 0.1 * np.arange(samples)[:, None]
    emg = np.ones((samples, 1, count)) * np.arange(count)
    np.savez(folder / "c.npz", q=motion, qd=np.full_like(motion, 2.0), emg=emg)
    axes = ["time", "channel", "cycle"]
    return {
        "files": {
            "motion": {"path": "{file}.npz", "variable": "q", "names": ["hip_flexion", "pelvis_tx"], "axes": axes},
            "emg": {"path": "{file}.npz", "variable": "emg", "names": ["SO"], "axes": axes},
        },
        "trial": "c{cycle:02}",
        "motion": {**HIP, "side": "r"},
        "emg": {"kind": "envelope", "unit": "1", "sites": {"SO": "soleus_r"}},
    }


def test_cycles_of_an_array_with_a_derived_duration(tmp_path):
    said = cycles(tmp_path)
    found = made(tmp_path, **said, cycles={"seconds": {"advance": "pelvis_tx", "velocity": "qd"}, "closed": True,
                                           "strike": "r"})  # fmt: skip
    assert [trial.name for trial in found] == ["c00", "c01", "c02"]
    assert found[1].motion.time[-1] == pytest.approx(1.0)
    assert [event.time for event in found[1].events] == [0.0, pytest.approx(1.0)]
    assert (found[2].emg.values == 2).all()
    assert found[0].cyclic
    assert "derived_time" in {flag.code for flag in found[0].flags}
    assert found[0].motion.names == ("hip_flexion_r", "pelvis_tx")


def test_cycles_of_a_table_with_a_nominal_duration(tmp_path):
    rows = "\n".join(f"{k % 11},{k // 11}" for k in range(22))
    (tmp_path / "1.csv").write_text("hip_flexion_r,SO\n" + rows + "\n")
    found = made(
        tmp_path, files={"motion": "{file}.csv", "emg": "{file}.csv"}, trial="{file}-{cycle}",
        motion={**HIP, "columns": ["hip_flexion_r"]}, cycles={"samples": 11, "seconds": 0.5, "closed": False},
        emg={"kind": "envelope", "unit": "1", "sites": {"SO": "soleus_r"}},
    )  # fmt: skip
    assert [(t.name, float(t.emg.values[0, 0]), t.motion.rate) for t in found] == [("1-0", 0, 20), ("1-1", 1, 20)]
    with pytest.raises(DataRefused, match=r"22 rows, `cycles.samples` 10"):
        made(tmp_path, files={"motion": "{file}.csv"}, trial="{cycle}", motion={**HIP, "columns": ["hip_flexion_r"]},
             cycles={"samples": 10, "seconds": 0.5, "closed": False})  # fmt: skip


def test_clocks_may_begin_with_the_motion(tmp_path):
    time = 1.6e9 + np.arange(100) / 100
    for name, column in (("ik", "hip_flexion_r"), ("emg", "SO")):
        table = Table(values=np.ones((100, 1)), names=(column,), units=("",), rate=100.0, time=time + (name == "emg"))
        formats.write_sto(tmp_path / f"1_{name}.sto", table)
    emg = {"kind": "envelope", "unit": "1", "sites": {"SO": "soleus_r"}}
    files = {
        role: {"path": f"{{n}}_{name}.sto", "start": "motion"} for role, name in (("motion", "ik"), ("emg", "emg"))
    }
    (found,) = made(tmp_path, files=files, emg=emg, motion=HIP)
    assert (found.motion.time[0], found.emg.time[0]) == (0.0, pytest.approx(1.0))


def test_strikes_from_forces_and_fields_from_the_path(tmp_path):
    trial_files(tmp_path, "s7", "lift15kg")
    time = np.arange(600) / 100
    loaded = np.where((time % 1.0) < 0.6, 700.0, 0.0)[:, None]
    forces = Table(values=loaded, names=("fz",), units=("",), rate=100.0, time=time)
    formats.write_sto(tmp_path / "s7" / "forces.mot", forces)
    (found,) = made(
        tmp_path,
        files={"motion": "{subject}/lift{load}kg_{n}_ik.sto", "forces": "{subject}/forces.mot"},
        subject="{subject}", external_load="{load}", motion={"convention": "rajagopal"},
        subjects={"*": {"mass": {"value": 70000, "unit": "g"}, "same_as": "other/s1"}},
        events={"force": {"l": "fz", "rise": 20, "rearm": 20}}, session="day1",
    )  # fmt: skip
    assert (found.subject.id, found.subject.mass, found.external_load, found.session) == (
        "other/s1",
        70.0,
        15.0,
        "day1",
    )
    assert {event.side for event in found.events} == {"l"}
    assert len(found.events) == 5


def test_what_was_read_is_named_below_the_lab(tmp_path):
    trial_files(tmp_path)
    spec = LabSpec.model_validate({**BASE, "files": {"motion": "s1/slow_{n}_ik.sto"}})
    (entry,) = entries(spec, tmp_path)
    assert [source.path for source in sources(entry, tmp_path, "a")] == ["a/s1/slow_1_ik.sto"]


@pytest.mark.parametrize(
    ("said", "kind", "match"),
    [
        ({"external_load": "heavy"}, DataRefused, "no number.*heavy"),
        ({"subjects": {"x": {"mass": {"parameter": "A.B"}}}}, DataRefused, "no parameter 'A.B'"),
        ({"task": "{n}", "tables": {"task": {"2": "walk"}}}, ConfigError, "tables.task.*'1'"),
        ({"files": {"markers": "s1/slow_{n}_ik.sto"}, "markers": {"legs": {}}}, DataRefused, "no markers"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, said, kind, match):
    trial_files(tmp_path)
    with pytest.raises(kind, match=match):
        made(tmp_path, **{"files": {"motion": "s1/slow_{n}_ik.sto"}, "motion": {"convention": "rajagopal"}, **said})


def test_markers_behind_the_name_of_a_subject(tmp_path):
    bend = np.radians(20) * np.sin(np.linspace(0, 6, 200))
    names, body = bent((np.degrees(bend), 30 + np.degrees(bend), np.degrees(bend)))
    forwards = np.linspace(0, 2, 200)[:, None, None] * [1.2, 0, 0]
    for prefix in ("", "Ann:"):
        labels = [prefix + name for name in names]
        raw = c3d_bytes(1000 * (body + forwards), None, subframes=1, POINT={"LABELS": labels})
        (tmp_path / f"{prefix[:-1] or 'bare'}.c3d").write_bytes(raw)
    first, second = made(tmp_path, files={"markers": "{n}.c3d"}, markers={"legs": {}})
    np.testing.assert_array_equal(first.motion.values, second.motion.values)


BIDS = {
    "files": {
        "motion": "sub-{subject}/ses-{session}/motion/sub-{subject}_ses-{session}_{n}_tracksys-A_motion.tsv",
        "emg": "sub-{subject}/ses-{session}/emg/sub-{subject}_ses-{session}_{n}_emg.edf",
    },
    "subject": "{subject}",
    "motion": {"columns": {"knee": "knee_angle_r", "hip": "hip_flexion_r"}},
    "emg": {"kind": "raw", "sites": {"EMG0": "tibialis_anterior_r", "EMG1": "soleus_r"}},
}


def bids_set(folder, **changes):
    write_emg(folder, **changes)
    write_motion(folder)
    return folder


def test_bids_says_when_both_began_and_when_a_foot_struck(tmp_path):
    (trial,) = made(
        bids_set(tmp_path), **BIDS, sync="acq_time", events={"strikes": {"heel*": "r", "event": "l"}}
    )  # fmt: skip
    assert (trial.subject.id, trial.session, trial.motion.time[0]) == ("01", "a", 0.0)
    assert trial.emg.time[0] == pytest.approx(-0.5)
    assert [(e.name, e.side) for e in trial.events] == [("foot_strike", "r"), ("foot_strike", "l")]
    assert [e.time for e in trial.events] == pytest.approx([-0.49, -0.45])


def test_the_reason_why_a_channel_is_bad_is_kept_and_what_nobody_uses_is_not_told(tmp_path):
    rows = {**ENDS, "EMG1": "EMG\tuV\tsoleus\tbad\tfell off\tn/a", "ACC": "ACCEL\tg\tn/a\tbad\tn/a\t200"}
    (trial,) = made(bids_set(tmp_path, rows=rows), **BIDS)
    assert [flag.where for flag in trial.flags if flag.code == "masked"] == ["EMG1"]
    assert "fell off" in next(flag.message for flag in trial.flags if flag.code == "masked")


def test_units_that_contradict_each_other_are_decided_by_the_spec(tmp_path):
    rows = {**ENDS, "EMG0": "EMG\tV\ttibialis anterior\tgood\tn/a\tn/a"}
    with pytest.raises(DataRefused, match=r"contradict.*files\.emg\.units"):
        made(bids_set(tmp_path, rows=rows), **BIDS)
    files = {**BIDS["files"], "emg": {"path": BIDS["files"]["emg"], "units": "file"}}
    (trial,) = made(tmp_path, **{**BIDS, "files": files})
    assert trial.emg.units[0] == "uV"


def test_remarks_of_which_none_is_a_foot_strike(tmp_path):
    with pytest.raises(DataRefused, match=r"no remark is a foot strike \(event, heel strike\).*events\.strikes"):
        made(bids_set(tmp_path), **BIDS, events={"strikes": {"HS": "r"}})


def test_what_only_bids_and_files_with_remarks_can_say_is_refused_of_others(tmp_path):
    trial_files(tmp_path)
    said = {
        "files": {"motion": "{subject}/{n}_ik.sto", "emg": {"path": "{subject}/{n}_emg.csv", "time": "time"}},
        "motion": {"convention": "rajagopal"},
        "emg": {"kind": "envelope", "unit": "mV", "sites": {"SO_R": "soleus_r"}},
    }
    with pytest.raises(ConfigError, match=r"acq_time.*seconds"):
        made(tmp_path, **said, sync="acq_time")
    with pytest.raises(ConfigError, match=r"files with remarks"):
        made(tmp_path, **said, events={"strikes": {"HS": "r"}})
