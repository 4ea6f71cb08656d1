from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from miniatures import mint as miniature
from myoshift import anatomy, datasets
from myoshift.datasets.check import check
from myoshift.datasets.mint import Mint
from myoshift.datasets.prepare import prepare
from myoshift.errors import DataFormatError, DataRefused

pytest.importorskip("pandas")

WALKS = (
    miniature.Walk(seconds=3.0),
    miniature.Walk("KIT/KIT/7/walking_slow02_poses", gaps=(1,), seed=1),
    miniature.Walk("TotalCapture/TotalCapture/s1/running1_poses", seconds=3.0, seed=3, amass_rate=60.0),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return miniature.write_tree(tmp_path_factory.mktemp("data"), WALKS)


def test_motion_and_activations_are_those_of_the_walk(root):
    recording = prepare(next(iter(Mint().trials(root))))
    time = recording.start + np.arange(len(recording.motion)) / recording.rate
    for side, angles in miniature.angles(WALKS[0], time).items():
        columns = [recording.motion_names.index(f"{n}_{side}") for n in ("hip_flexion", "knee_angle", "ankle_angle")]
        np.testing.assert_allclose(recording.motion[:, columns], angles, atol=0.005)
    assert recording.activation_names == tuple(anatomy.muscle(name).name for name in anatomy.mint_names())
    np.testing.assert_allclose(recording.activation, miniature.muscles(WALKS[0], time), atol=0.001)
    assert recording.kind == "simulated"


def test_stretches_people_and_tasks(root):
    trials = list(Mint().trials(root))
    assert [(t.subject.id, t.name, t.task) for t in trials] == [
        ("KIT/3", "walking_slow01_poses-1", "walk"),
        ("KIT/7", "walking_slow02_poses-1", "walk"),
        ("KIT/7", "walking_slow02_poses-2", "walk"),
        ("TotalCapture/s1", "running1_poses-1", "run"),
    ]
    assert trials[1].activation.time[-1] == pytest.approx(1.52)
    assert trials[2].activation.time[0] == pytest.approx(2.94)
    assert {flag.code for flag in trials[2].flags} >= {"gaps", "rows", "solver"}


def test_nothing_is_invented_in_a_gap(root):
    first, second = [prepare(t) for t in Mint().trials(root)][1:3]
    assert first.start + len(first.motion) / first.rate <= 1.53 + 1e-9
    assert second.start >= 2.94 - 1e-9
    assert np.isfinite(first.activation).all()
    assert np.isfinite(second.activation).all()


def test_the_store_knows_every_file(root, tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path))
    listed = list(Mint().paths(root))
    assert len(listed) == 4 * len(WALKS)
    read = {root / source.path for trial in Mint().trials(root) for source in trial.sources}
    assert set(listed) == read
    once, again = (datasets.recordings(("mint",), root) for _ in range(2))
    assert [r.id for r in once] == [r.id for r in again]
    assert {r.person for r in once} == {"KIT/3", "KIT/7", "TotalCapture/s1"}


def test_bad_23_the_duration_decides_between_two_rates(tmp_path):
    walk = replace(WALKS[0], amass_rate=60.0)
    root = miniature.write_tree(tmp_path, (walk,))
    path = next((root / "amass").rglob("*.npz"))
    arrays = dict(np.load(path))
    np.savez(path, **arrays, mocap_frame_rate=np.array(120.0))
    (trial,) = Mint().trials(root)
    assert trial.motion.rate == 60.0
    np.savez(path, **{**arrays, "mocap_framerate": np.array(120.0)})
    with pytest.raises(DataFormatError, match=r"120"):
        list(Mint().trials(root))


def test_the_facts_hold(root):
    found = check("mint", root)
    assert all(finding.ok for finding in found if finding.fact.startswith("screen, copy"))
    stated = [finding for finding in found if "screen" not in finding.fact]
    assert len(stated) == 5
    assert [finding for finding in stated if not finding.ok] == []


def test_an_empty_folder_says_where_the_set_is(tmp_path):
    with pytest.raises(DataRefused, match=r"no metadata of MinT.*doi\.org/10\.35097.*docs/mint\.md"):
        datasets.recordings(("mint",), tmp_path)
