from __future__ import annotations

import json

import numpy as np
import pytest

from datasets.lab.lab_files import SPEC, laboratory, trial_files
from miniatures.edf import edf_bytes, signal
from myoshift import datasets, store
from myoshift import signal as dsp
from myoshift.datasets import lab
from myoshift.errors import ConfigError, DataRefused, IntegrityError, MyoshiftError


@pytest.fixture
def place(tmp_path):
    """A folder of files, and what imports it by a spec that is changed here and there."""
    laboratory(tmp_path / "files")
    return tmp_path


def imported(place, *changes, out="domain", **options):
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (place / "lab.yaml").write_text(text)
    return lab.write(place / "files", place / "lab.yaml", place / out, **options)


def test_a_laboratory_becomes_a_domain(place):
    made = imported(place)
    found = datasets.domain(place / "domain")
    assert sorted(r.id for r in found) == [f"toylab/{s}//{t}1" for s in ("s1", "s2") for t in ("fast", "slow")]
    assert {r.task for r in found} == {"walk", "run"}
    assert {r.mass for r in found if r.subject == "s1"} == {70.0}
    assert set(made.recordings[0].activation_names) == {
        f"{s}_{x}" for s in ("tibialis_anterior", "gastrocnemius_medialis", "soleus") for x in "rl"
    }
    assert datasets.about(place / "domain").emg_rates == (100.0,)


def test_amplitudes_and_angles_are_those_of_the_files(tmp_path):
    walk = trial_files(tmp_path / "files")
    (made,) = imported(tmp_path).recordings
    for name in walk.motion_names:
        ours = made.motion[:, made.motion_names.index(name)]
        np.testing.assert_allclose(ours[50:-50], walk.motion[50:-50, walk.motion_names.index(name)], atol=0.01)
    for name in walk.activation_names:
        ours = made.activation[:, made.activation_names.index(name)]
        np.testing.assert_allclose(ours, walk.activation[:, walk.activation_names.index(name)], atol=2e-6)


def test_the_same_import_is_kept_and_another_refused_unless_it_is_to_replace(place):
    assert imported(place).fresh
    assert not imported(place).fresh
    with pytest.raises(DataRefused, match="something else"):
        imported(place, ("mass: 70", "mass: 71"))
    assert imported(place, ("mass: 70", "mass: 71"), replace=True).fresh
    assert {r.mass for r in datasets.domain(place / "domain")} == {71.0, None}


def test_a_folder_that_is_no_domain_is_never_replaced(place):
    (place / "domain").mkdir()
    (place / "domain" / "thesis.txt").write_text("years of work")
    with pytest.raises(DataRefused, match="something else"):
        imported(place, replace=True)
    assert (place / "domain" / "thesis.txt").read_text() == "years of work"


def test_nothing_is_left_where_an_import_fails(place):
    with pytest.raises(DataRefused):
        imported(place, ("unit: mV", "unit: null"))
    assert not (place / "domain").exists()
    assert sorted(p.name for p in place.iterdir()) == ["files", "lab.yaml"]


def test_the_spec_and_the_sources_are_bound_to_the_recordings(place):
    imported(place)
    sources = json.loads((place / "domain" / "sources.json").read_text())
    assert len(sources["files"]) == 8
    assert all(len(each["sha256"]) == 64 for each in sources["files"])
    (place / "domain" / "lab.yaml").write_text(SPEC + "# later\n")
    with pytest.raises(IntegrityError, match="import it again"):
        datasets.domain(place / "domain")


def test_sync_is_what_is_added_to_the_clock_of_the_emg(tmp_path):
    trial_files(tmp_path / "files")
    (plain,) = imported(tmp_path).recordings
    (later,) = imported(tmp_path, ("motion: {conv", "sync: 0.5\nmotion: {conv"), out="later").recordings
    assert later.start == 0.5
    np.testing.assert_allclose(later.activation[:200], plain.activation[:200], atol=1e-5)


def test_masks_are_nan_and_say_why(tmp_path):
    trial_files(tmp_path / "files")
    mask = 'mask: [{channel: TA_R, why: loose, window: [1.0, 2.0]}, {channel: "SO_*", why: wet}]\n  sites'
    (made,) = imported(tmp_path, ("sites", mask)).recordings
    tibialis = made.activation[:, made.activation_names.index("tibialis_anterior_r")]
    assert np.isnan(tibialis[100:201]).all()
    assert np.isfinite(tibialis[:100]).all()
    assert np.isnan(made.activation[:, made.activation_names.index("soleus_l")]).all()
    assert {(f.message, f.where) for f in made.flags if f.code == "masked"} == {
        ("loose, 1.00..2.00 s", "TA_R"), ("wet", "SO_R"), ("wet", "SO_L")
    }  # fmt: skip


def test_normalisation_divides_once_and_keeps_the_reference(tmp_path):
    trial_files(tmp_path / "files")
    values = {f"{s}_{x}": 2.0 for s in ("tibialis_anterior", "gastrocnemius_medialis", "soleus") for x in "rl"}
    said = f"normalisation: {{kind: mvc, values: {json.dumps(values)}}}\n  sites"
    (plain,) = imported(tmp_path).recordings
    (made,) = imported(tmp_path, ("sites", said), out="mvc").recordings
    np.testing.assert_allclose(made.activation, plain.activation / 2, rtol=1e-6)
    assert (made.normalisation, made.reference) == ("mvc", (2.0,) * 6)
    said = said.replace("kind: mvc", "kind: mvc, applied: true")
    (applied,) = imported(tmp_path, ("sites", said), out="applied").recordings
    np.testing.assert_array_equal(applied.activation, plain.activation)


REFUSED = {
    "no match": ([('"{subject}/{task}_{trial}_ik.sto"', '"{subject}/{task}_{trial}_kinematics.sto"')],
                 ["files.motion", "s1/fast_1_emg.csv"]),
    "unit": ([("  unit: mV\n", "")], ["emg.unit", "_emg.csv", "no unit"]),
    "kind": ([("  kind: envelope\n", "")], ["emg.kind", "_emg.csv"]),
    "rate": ([(", time: time", "")], ["files.emg", "rate", "_emg.csv"]),
    "signs": ([("{convention: rajagopal}", "{}")], ["motion.convention", "_ik.sto"]),
    "site": ([("tibialis_anterior", "tibialis_anteriro")], ["tibialis_anterior", "emg.sites", "nearest"]),
    "channel": ([("TA_{}", "TIB_{}")], ["TIB_{}", "TA_R", "emg.sites"]),
    "side": ([('"TA_{}": tibialis', '"TA_R": tibialis')], ["no side", "emg.side"]),
    "convention": ([("rajagopal", "rajagopale")], ["rajagopal", "convention"]),
    "coordinate": ([("{convention: rajagopal}", "{columns: {hip_flexion_r: hip_flexon_r}}")],
                   ["hip_flexion_r", "motion.columns"]),
    "task": ([("slow: walk, ", "")], ["tables.task", "slow"]),
    "overlap": ([("emg:\n  kind", "sync: 100\nemg:\n  kind")], ["do not overlap", "motion 0", "EMG 100"]),
    "twice": ([("subjects:", "subject: everybody\nsubjects:")], ["everybody", "s1/", "s2/", "`trial`"]),
    "mvc": ([("sites", "normalisation: {kind: mvc, values: {soleus_r: 0}}\n  sites")], ["normalisation.values"]),
    "key": ([("  kind: envelope", "  kind: envelope\n  sitse: {}")], ["sitse", "sites"]),
    "placeholder": ([("subjects:", 'session: "{day}"\nsubjects:')], ["session", "day", "placeholders"]),
    "outside": ([('"{subject}/{task}_{trial}_ik.sto"', '"../{trial}.sto"')], ["leaves the folder"]),
    "open": ([("unit: mV", 'unit: "???"')], ["emg.unit", "open"]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_said_or_wrong_is_refused_with_file_and_key(place, case):
    changes, tokens = REFUSED[case]
    with pytest.raises(MyoshiftError) as refused:
        imported(place, *changes)
    for token in tokens:
        assert token in str(refused.value), refused.value
    assert isinstance(refused.value, DataRefused | ConfigError)


def test_a_missing_emg_file_and_a_lonely_one_are_refused(place):
    (place / "files" / "s1" / "slow_1_emg.csv").unlink()
    with pytest.raises(DataRefused, match=r"slow_1_ik.sto: the emg of a trial is missing.*optional"):
        imported(place)
    (place / "files" / "s1" / "slow_1_ik.sto").unlink()
    (place / "files" / "s2" / "slow_1_ik.sto").unlink()
    with pytest.raises(DataRefused, match=r"belong to no trial.*s2/slow_1_emg.csv.*exclude"):
        imported(place)


def test_a_trial_may_lack_an_optional_file(place):
    (place / "files" / "s1" / "slow_1_emg.csv").unlink()
    made = imported(place, ("time: time", "time: time, optional: true"))
    assert [len(r.activation_names) for r in made.recordings].count(0) == 1


def test_two_files_for_one_trial_are_refused(place):
    with pytest.raises(DataRefused, match=r"two files are the motion of one trial.*fast_1_ik.sto.*slow_1_ik.sto"):
        imported(
            place,
            ('"{subject}/{task}_{trial}_ik.sto"', '"{subject}/*_{trial}_ik.sto"'),
            ('path: "{subject}/{task}', 'path: "{subject}/*'),
            ('trial: "{task}{trial}"', "task: walk"),
            ("tables: {task: {slow: walk, fast: run}}\n", ""),
        )


def test_a_link_out_of_the_folder_is_refused(place):
    inside = place / "files" / "s1" / "slow_1_ik.sto"
    inside.rename(place / "elsewhere.sto")
    inside.symlink_to(place / "elsewhere.sto")
    with pytest.raises(DataRefused, match="leads out of the folder"):
        imported(place)


def test_an_override_changes_some_trials_alone(place):
    made = imported(
        place,
        (
            "subjects:",
            'overrides: [{where: {task: fast, subject: "s*"}, say: {emg: {drop: {TA_L: torn off}}}}]\nsubjects:',
        ),
    )
    without = {r.subject + r.task for r in made.recordings if "tibialis_anterior_l" not in r.activation_names}
    assert without == {"s1run", "s2run"}


def test_recordings_may_be_made_without_writing(place):
    (place / "lab.yaml").write_text(SPEC)
    spec, _ = lab.read(place / "lab.yaml")
    told = []
    made = lab.recordings(spec, place / "files", progress=lambda name, of: told.append((name, of)))
    assert len(made.recordings) == 4
    assert told[-1][1] == 4
    assert store.INDEX not in [p.name for p in place.iterdir()]


@pytest.mark.parametrize("width", [2, 3])
def test_emg_in_edf_and_bdf(tmp_path, width):
    walk = trial_files(tmp_path / "files")
    path = tmp_path / "files" / "s1" / ("slow_1_emg." + {2: "edf", 3: "bdf"}[width])
    shared = {"records": 6, "samples": 1000, "width": width, "physical": ("-500", "500")}
    signals = [signal(k, label=label, **shared) for k, label in enumerate(("TA_R", "GM_R", "ACC"))]
    path.write_bytes(edf_bytes(signals, width=width))
    (tmp_path / "files" / "s1" / "slow_1_emg.csv").unlink()
    (made,) = imported(
        tmp_path,
        (
            '{path: "{subject}/{task}_{trial}_emg.csv", time: time}',
            f'"{{subject}}/{{task}}_{{trial}}_emg{path.suffix}"',
        ),
        (
            '"TA_{}": tibialis_anterior, "GM_{}": gastrocnemius_medialis, "SO_{}": soleus',
            "TA_R: soleus_r, GM_R: soleus_l",
        ),
        ("kind: envelope\n  unit: mV", "kind: raw\n  drop: {ACC: an accelerometer}"),
        ("  letters: [R, L]\n", ""),
    ).recordings
    assert made.activation_names == ("soleus_r", "soleus_l")
    expected = dsp.envelope(1e-6 * signals[0].values[:, None], 1000.0)[:, 0]
    there = np.isfinite(made.activation[:, 0])
    np.testing.assert_allclose(made.activation[there, 0], expected[::10][: len(there)][there], rtol=0.05)
    assert len(made.motion) == len(walk.motion)
