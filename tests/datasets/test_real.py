"""The five real sets as recordings: every stated rule, and the phases that survive the preparation."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import anatomy, datasets, signal

REAL = ("mcgill-biomechzoo", "ceinmsrt-lowerlimb", "stanford-matlabso", "kul-3dpredictsim", "opensim-core-moco")
FLEXION = ("hip_flexion", "knee_angle", "ankle_angle")


@pytest.fixture(scope="module")
def recordings(data_root, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYOSHIFT_CACHE", str(tmp_path_factory.mktemp("cache")))
        return {name: datasets.recordings([name], data_root) for name in REAL}


@pytest.fixture(scope="module")
def trials(data_root):
    return {name: list(datasets.load(name).trials(data_root)) for name in REAL}


def peak_of(recordings, site: str, task="walk") -> float:
    """Gait phase at which the mean envelope of a group of recordings peaks, each stride over its maximum."""
    found = []
    for r in recordings:
        for side in "rl":
            if r.task != task or f"{site}_{side}" not in r.activation_names:
                continue
            values = r.activation[:, [r.activation_names.index(f"{site}_{side}")]].astype(float)
            strikes = np.array([e.time for e in r.events if (e.name, e.side) == ("foot_strike", side)])
            time = r.start + np.arange(len(values)) / r.rate
            found += list(signal.cycles(values, time, strikes)[:, :, 0])
    whole = [cycle for cycle in found if np.isfinite(cycle[2:-2]).all()]
    mean = np.mean([(cycle / np.nanmax(cycle))[2:-2] for cycle in whole], axis=0)
    return float(np.argmax(mean) + 2) / 100


@pytest.mark.parametrize("name", REAL)
def test_recordings_follow_the_conventions(recordings, name):
    for r in recordings[name]:
        assert r.rate == 100.0
        assert r.institution == datasets.load(name).info.institution
        assert r.domain == f"{name}/healthy-{r.task}"
        assert set(r.motion_names) <= set(anatomy.COORDINATES)
        assert all(anatomy.split_side(site)[1] and anatomy.site(site) for site in r.activation_names)
        assert not np.nanmin(r.activation, initial=0) < 0
        assert r.provenance
        assert all(len(bytes.fromhex(source.sha256)) == 32 for source in r.provenance)
        assert all(source.path.startswith(f"{name}/") for source in r.provenance)
        assert anatomy.legs(r, FLEXION, ("soleus",))


@pytest.mark.parametrize("name", REAL)
def test_angles_are_flexion_positive_radians(recordings, name):
    for r in recordings[name]:
        for leg in anatomy.legs(r, FLEXION, ()):
            assert np.isfinite(leg.motion).all()
            hip, knee, ankle = np.degrees(leg.motion).T
            assert knee.max() > 40, r.id
            assert knee.min() > -16, r.id
            assert 25 < np.ptp(hip) < 80, r.id
            assert 15 < np.ptp(ankle) < 75, r.id
            assert np.argmax(knee[50:-50]) != np.argmax(-knee[50:-50])


@pytest.mark.parametrize(
    ("name", "site", "low", "high"),
    [
        ("mcgill-biomechzoo", "gastrocnemius", 0.40, 0.47),
        ("mcgill-biomechzoo", "hamstrings", 0.90, 0.98),
        ("mcgill-biomechzoo", "tibialis_anterior", 0.02, 0.08),
        ("ceinmsrt-lowerlimb", "gastrocnemius_medialis", 0.36, 0.42),
        ("ceinmsrt-lowerlimb", "soleus", 0.36, 0.42),
        ("stanford-matlabso", "gastrocnemius_lateralis", 0.43, 0.48),
        ("stanford-matlabso", "soleus", 0.50, 0.55),
        ("kul-3dpredictsim", "gastrocnemius_medialis", 0.39, 0.44),
        ("kul-3dpredictsim", "tibialis_anterior", 0.06, 0.10),
        ("opensim-core-moco", "gastrocnemius", 0.42, 0.47),
        ("opensim-core-moco", "soleus", 0.48, 0.53),
    ],
)
def test_phases_survive_the_preparation(recordings, name, site, low, high):
    """A reader that gives gastrocnemius near 0.9 has swapped the sides."""
    assert low <= peak_of(recordings[name], site) <= high


def test_mcgill_people_without_emg_still_move(recordings, trials):
    walkers = {r.subject: r for r in recordings["mcgill-biomechzoo"] if r.task == "walk"}
    assert len(walkers) == 12
    assert {subject for subject, r in walkers.items() if not r.activation_names} == {"HC040A", "HC055A"}
    assert [t.emg for t in trials["mcgill-biomechzoo"] if t.subject.id == "HC055A"] == [None, None]


def test_mcgill_untrusted_channels_never_come_through(recordings):
    turn = {r.subject: r for r in recordings["mcgill-biomechzoo"] if r.task == "turn"}
    assert "hamstrings_l" not in turn["HC033A"].activation_names + turn["HC038A"].activation_names
    assert "hamstrings_r" not in turn["HC050A"].activation_names
    assert "gastrocnemius_r" not in turn["HC030A"].activation_names
    dropped = {flag.where: flag.message for flag in turn["HC033A"].flags if flag.code == "dropped"}
    assert "untrusted" in dropped["Voltage.L Hams"]


def test_mcgill_events_count_frames_from_one(trials):
    """At a foot strike the forward foot lands: strike times match the largest hip flexion of the same leg."""
    trial = next(t for t in trials["mcgill-biomechzoo"] if t.name == "HC002D06")
    assert trial.motion.time[0] == trial.emg.time[0] > 1.0
    index = [(e.time - trial.motion.time[0]) * trial.motion.rate for e in trial.events]
    np.testing.assert_allclose(index, np.round(index), atol=1e-3)


def test_ceinmsrt_says_that_its_emg_leads_and_keeps_it_so(recordings):
    for r in recordings["ceinmsrt-lowerlimb"]:
        assert "emg_lead" in [flag.code for flag in r.flags]
    walk36 = next(r for r in recordings["ceinmsrt-lowerlimb"] if r.trial == "walk36")
    assert "vastus_lateralis_r" not in walk36.activation_names
    others = [r for r in recordings["ceinmsrt-lowerlimb"] if r.trial != "walk36"]
    assert all("vastus_lateralis_r" in r.activation_names for r in others)
    assert peak_of(recordings["ceinmsrt-lowerlimb"], "tibialis_anterior") > 0.9


def test_stanford_has_six_left_channels_and_no_frozen_start(recordings):
    (walk,) = recordings["stanford-matlabso"]
    assert {anatomy.split_side(site)[1] for site in walk.activation_names} == {"l"}
    assert len(walk.activation_names) == 6
    assert walk.start == pytest.approx(0.06)
    assert not any(name.endswith("beta") for name in walk.motion_names)
    assert "rows" in [flag.code for flag in walk.flags]


def test_kul_cycles_have_context_without_labels(recordings):
    for r in recordings["kul-3dpredictsim"]:
        time = r.start + np.arange(len(r.motion)) / r.rate
        strikes = [e.time for e in r.events]
        assert strikes[0] == 0.0
        assert 1.0 < strikes[1] < 1.09
        outside = (time < -1e-6) | (time > strikes[1] + 1e-6)
        assert 90 < outside.sum() < 110
        assert np.isnan(r.activation[outside]).all()
        soleus = r.activation[~outside, r.activation_names.index("soleus_r")]
        assert np.isfinite(soleus).all()
        assert np.isfinite(r.motion).all()
        assert "derived_time" in [flag.code for flag in r.flags]


def test_kul_missing_cycles_stay_missing(recordings):
    missing = [
        k
        for k, r in enumerate(recordings["kul-3dpredictsim"])
        if np.isnan(r.activation[:, r.activation_names.index("tibialis_anterior_r")]).all()
    ]
    assert missing == [1, 3, 5, 8, 10]


def test_kul_wrapping_leaves_no_jump(recordings):
    """The hip moves no faster where a cycle meets itself than in the cycle."""
    for r in recordings["kul-3dpredictsim"]:
        hip = r.motion[:, r.motion_names.index("hip_flexion_r")]
        assert np.abs(np.diff(hip)).max() < np.radians(4.5)


def test_moco_leaves_the_odd_biceps_out(recordings):
    (walk,) = recordings["opensim-core-moco"]
    assert not [site for site in walk.activation_names if site.startswith("hamstrings_lateral")]
    assert "gluteus_maximus_r" in walk.activation_names
    assert np.isfinite(walk.activation).all()
    assert "coordinates.mot" in walk.provenance[0].path
    assert not any(source.path.endswith("/emg.sto") for source in walk.provenance)


def test_a_copy_of_the_data_elsewhere_gives_the_same_recordings(recordings, data_root, tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "elsewhere").symlink_to(data_root)
    (again,) = datasets.recordings(["opensim-core-moco"], tmp_path / "elsewhere")
    (first,) = recordings["opensim-core-moco"]
    np.testing.assert_array_equal(first.activation, again.activation)
    assert first.provenance == again.provenance
