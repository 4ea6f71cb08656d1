"""The sets of tables as trials and recordings: every stated rule, and what survives the preparation."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import anatomy, datasets
from myoshift.errors import DataRefused

PREPARED = {  # the trials that are prepared here; None for all of them
    "uci-lowerlimb": ("1Nmar", "3Nmar", "1Npie", "2Npie", "2Apie", "2Asen"),
    "missouri-oa-stepdown": None,
    "dymnz-wrist": ("EXT_4", "FLX_1", "PRO_1", "SUP_1"),
    "ceinmsrt-back": None,
    "kul-predictcpgait": None,
    "opensim-so-reference": None,
}
SETS = (*PREPARED, "emg2pose-omen")
ENVELOPES = ("missouri-oa-stepdown", "ceinmsrt-back", "kul-predictcpgait", "opensim-so-reference")


@pytest.fixture(scope="module")
def trials(data_root):
    return {name: {t.name: t for t in datasets.load(name).trials(data_root)} for name in SETS}


@pytest.fixture(scope="module")
def recordings(trials):
    chosen = {name: PREPARED[name] or tuple(trials[name]) for name in PREPARED}
    return {name: {each: datasets.prepare(trials[name][each]) for each in some} for name, some in chosen.items()}


def codes(trial) -> set[str]:
    return {flag.code for flag in trial.flags}


def course(recording, site):
    """Time and activation of one site."""
    values = recording.activation[:, recording.activation_names.index(site)].astype(float)
    return recording.start + np.arange(len(values)) / recording.rate, values


@pytest.mark.parametrize("name", PREPARED)
def test_recordings_follow_the_conventions(recordings, name):
    for r in recordings[name].values():
        assert r.rate == 100.0
        assert r.institution == datasets.load(name).info.institution
        assert r.domain == f"{name}/{r.population}-{r.task}"
        assert set(r.motion_names) <= set(anatomy.COORDINATES)
        assert np.isfinite(r.motion).all()
        assert not np.nanmin(r.activation, initial=0) < 0
        assert r.kind == ("simulated" if name == "opensim-so-reference" else "emg_envelope")
        assert all(source.path.startswith(f"{name}/") for source in r.provenance)


@pytest.mark.parametrize(
    "name", ["missouri-oa-stepdown", "ceinmsrt-back", "kul-predictcpgait", "opensim-so-reference"]
)
def test_courses_survive_the_preparation(trials, recordings, name):
    """A prepared column follows the file's, so its peaks are where they were."""
    for key, r in recordings[name].items():
        trial = trials[name][key]
        table = trial.activation or trial.emg
        for column, values in zip(table.names, table.values.T, strict=True):
            site = trial.sites.get(column, column)
            if site not in r.activation_names:
                continue
            time, found = course(r, site)
            there = np.isfinite(found) & (time >= table.time[0]) & (time <= table.time[-1])
            if there.any():
                stated = np.interp(time[there], table.time, values)
                assert np.corrcoef(found[there], stated)[0, 1] > 0.97, (key, site)


def test_uci_repeats_one_person_and_says_so(trials):
    found = trials["uci-lowerlimb"]
    assert len({t.subject.id for t in found.values()}) == 21
    assert {t.subject.id for name, t in found.items() if name.startswith(("1N", "2N"))} == {"1N"}
    copies = {name for name, t in found.items() if "copy" in codes(t)}
    assert copies == {"2Npie", "2Nsen"} == {name for name, t in found.items() if t.emg is None}
    np.testing.assert_array_equal(found["2Npie"].motion.values, found["1Npie"].motion.values)
    assert found["2Nmar"].emg is not None


def test_uci_exchanges_two_names_of_one_person(trials):
    found = trials["uci-lowerlimb"]
    assert {name for name, t in found.items() if "exchanged" in codes(t)} == {"2Apie", "2Asen"}
    assert (found["2Apie"].task, found["2Asen"].task) == ("sitting_extension", "standing_flexion")
    assert found["2Apie"].segment_orientation == "thigh horizontal"
    assert found["1Apie"].segment_orientation == "thigh vertical"
    assert found["1Amar"].segment_orientation is None


def test_uci_knees_bend_the_same_way_in_every_file(recordings, trials):
    """The reversed files among them, whose angles are negative as they stand."""
    assert trials["uci-lowerlimb"]["3Nmar"].convention == "goniometer_reversed"
    assert trials["uci-lowerlimb"]["3Nmar"].motion.values.min() < -40
    for name in ("1Nmar", "3Nmar", "2Apie", "2Asen"):
        knee = np.degrees(recordings["uci-lowerlimb"][name].motion[:, 0])
        assert 40 < knee.max() < 130, name
        assert knee.min() > -25, name


def test_uci_states_what_is_assumed(trials):
    for t in trials["uci-lowerlimb"].values():
        assert {"side_assumed", "uncalibrated"} <= codes(t)
        assert set(t.sites.values()) <= {
            "rectus_femoris_r",
            "hamstrings_lateral_r",
            "vastus_medialis_r",
            "hamstrings_medial_r",
        }
        assert t.subject.population == ("healthy" if "N" in t.name else "knee_abnormality")


def test_missouri_legs_are_trials_of_their_own(trials, recordings):
    found = trials["missouri-oa-stepdown"]
    assert len(found) == 56
    assert len({t.subject.id for t in found.values()}) == 14
    assert found["train03_lead"].subject == found["test03_trail"].subject
    for name, t in found.items():
        side = "r" if name.endswith("lead") else "l"
        assert {anatomy.split_side(site)[1] for site in t.sites.values()} == {side}
        assert {"nominal_time", "side_assumed", "legs_apart", "dropped"} <= codes(t)
        assert t.motion.time[-1] == pytest.approx(1.0)
        assert not t.cyclic
    names = recordings["missouri-oa-stepdown"]["train00_lead"].motion_names
    assert names == ("hip_flexion_r", "knee_angle_r", "ankle_angle_r", "pelvis_tilt")


def test_missouri_vasti_peak_where_the_lead_leg_takes_the_weight(recordings):
    lead = [
        r for name, r in recordings["missouri-oa-stepdown"].items() if name.startswith("train") and "lead" in name
    ]
    for site, percent in (("vastus_lateralis_r", 14), ("vastus_medialis_r", 11), ("gluteus_medius_r", 7)):
        mean = np.mean([course(r, site)[1] for r in lead], axis=0)
        assert abs(int(np.argmax(mean)) - percent) <= 2, site


def test_dymnz_rows_are_cut_where_they_say_so(trials):
    found = trials["dymnz-wrist"]
    assert {name for name, t in found.items() if "start_up" in codes(t)} == {"EXT_4", "PROSUP_3", "PRO_5"}
    assert found["EXT_4"].motion.time[0] == pytest.approx(1 / 460)
    for t in found.values():
        assert {"nominal_rate", "counts", "side_assumed"} <= codes(t)
        assert np.abs(t.motion.column("angle1")).max() <= 100
        assert set(t.emg.units) == {"counts"}
    assert found["FLXEXT_2"].task == "flexion_extension"


@pytest.mark.parametrize(
    ("name", "angle", "site", "direction"),
    [
        ("FLX_1", "wrist_flex_r", "flexor_carpi_radialis_r", 1),
        ("EXT_4", "wrist_flex_r", "extensor_carpi_ulnaris_r", -1),
        ("PRO_1", "pro_sup_r", "pronator_teres_r", 1),
        ("SUP_1", "pro_sup_r", "supinator_r", -1),
    ],
)
def test_dymnz_muscles_follow_the_movement_they_make(recordings, name, angle, site, direction):
    """A turned sign of an angle, or channels in another order, would not pass."""
    r = recordings["dymnz-wrist"][name]
    _, envelope = course(r, site)
    moved = direction * r.motion[:, r.motion_names.index(angle)]
    there = np.isfinite(envelope)
    assert np.corrcoef(envelope[there], moved[there])[0, 1] > 0.35


def test_emg2pose_is_a_fixture_that_no_recording_comes_from(trials):
    (trial,) = trials["emg2pose-omen"].values()
    assert datasets.load("emg2pose-omen").info.fixture
    assert {"side_conflict", "stamps", "unit"} <= codes(trial)
    assert len(trial.motion.names) == 20
    assert all(name.endswith("_r") for name in trial.motion.names)
    assert not any(anatomy.site(site).muscles for site in trial.sites.values())
    with pytest.raises(DataRefused, match="too short"):
        datasets.prepare(trial)


def test_back_declares_its_loads_and_sums_its_spine(trials):
    found = trials["ceinmsrt-back"]
    loads = {name: t.external_load for name, t in found.items()}
    assert loads == {"squat5kg": 5.0, "squat15kg": 15.0, "stoop5kg": 5.0, "stoop15kg": 15.0}
    assert all({"derived", "dropped"} <= codes(t) for t in found.values())
    assert not any("zeroEMG" in t.emg.names for t in found.values())
    assert all(t.motion.time[0] == 0.0 for t in found.values())


def test_back_keeps_its_loads_and_bends_further_in_stoop(recordings):
    found = recordings["ceinmsrt-back"]
    assert [r.external_load for r in found.values()] == [5.0, 15.0, 5.0, 15.0]
    span = {k: np.ptp(r.motion[:, r.motion_names.index("lumbar_extension")]) for k, r in found.items()}
    assert min(span["stoop5kg"], span["stoop15kg"]) > 0.3


def test_crouch_gait_labels_a_leg_in_its_own_cycle_only(trials, recordings):
    assert list(trials["kul-predictcpgait"]) == ["r0", "r1", "r2", "r3", "l0", "l1", "l2"]
    for name, r in recordings["kul-predictcpgait"].items():
        assert {anatomy.split_side(site)[1] for site in r.activation_names} == {name[0]}
        assert {f"knee_angle_{side}" for side in "rl"} <= set(r.motion_names)
        assert {"derived_time", "open_cycle", "dropped"} <= codes(r)
        assert r.population == "cerebral_palsy"
        assert {event.side for event in r.events} == {name[0]}
        knee = np.degrees(r.motion[:, r.motion_names.index(f"knee_angle_{name[0]}")])
        assert knee.min() > 0
    assert "vastus_lateralis_r" not in recordings["kul-predictcpgait"]["r0"].activation_names
    assert "vastus_lateralis_l" in recordings["kul-predictcpgait"]["l0"].activation_names


def test_simulated_activations_belong_to_the_person_of_the_walk(recordings, trials):
    for r in recordings["opensim-so-reference"].values():
        assert r.subject == "opensim-core-moco/walk_subject"
        assert "copy" in codes(r)
        assert len(r.activation_names) == 80
        assert not any("reserve" in name for name in r.activation_names)
    assert not any("BAD" in source.path for t in trials["opensim-so-reference"].values() for source in t.sources)
