"""What a run leaves behind for selectors: no answers, the same bytes every time, no pickles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import benchmark, cohort
from myoshift.bench import build
from myoshift.bench import evidence as records
from myoshift.bench.protocols_selection import selection
from myoshift.errors import DataFormatError
from myoshift.types import Answers

SPEC = benchmark(methods=[{"name": "constant"}, {"name": "knn"}, {"name": "ridge"}])


def fitted(fold, label="ridge"):
    granted = build.grant(fold.split, build.needs(SPEC, label))
    return granted, build.estimator(SPEC, label, 0).fit(granted)


@pytest.fixture(scope="module")
def fold():
    return next(iter(selection(cohort(), seconds=2.0)))


@pytest.fixture(scope="module")
def seen(fold):
    return records.observed(fold, *fitted(fold), SPEC)


def test_every_part_is_there_and_small(seen):
    assert list(seen.target) == ["level walking", "shifted gait"]
    assert len(seen.validation.person) <= records.FRAMES
    assert seen.validation.r.shape == (1, 3)
    assert seen.validation.seconds == 8
    assert seen.calibration.seconds == pytest.approx(4, abs=0.1)
    assert seen.primary == (0, 1)
    assert not seen.learned
    for part in seen.target.values():
        assert len(part.people) == 2
        assert np.bincount(part.person).max() <= records.FRAMES // 2
        assert part.features.shape == (len(part.person), 33)


def test_r_on_held_out_people_is_that_of_every_frame(fold, seen):
    _, predictor = fitted(fold)
    (recording,) = fold.split.validation
    predicted = predictor.legs(recording)["r"][:, 0]
    measured = recording.activation[:, recording.activation_names.index("tibialis_anterior_r")]
    both = np.isfinite(predicted) & np.isfinite(measured)
    right = np.corrcoef(predicted[both], measured[both])[0, 1]
    legs = len(predictor.legs(recording))
    assert legs > 1 or seen.validation.r[0, 0] == pytest.approx(right, abs=1e-6)


def test_answers_do_not_matter(fold, seen):
    wrong = tuple(replace(r, activation=np.full_like(r.activation, 0.5)) for r in fold.test_activation)
    altered = replace(fold, test_activation=Answers(recordings=wrong))
    again = records.observed(altered, *fitted(altered), SPEC)
    assert all(np.array_equal(a.predicted, b.predicted) for a, b in zip(*map(parts, (seen, again)), strict=True))


def parts(evidence):
    return (evidence.validation, evidence.calibration, *evidence.target.values())


def test_candidates_are_compared_on_the_same_frames(fold, seen):
    other = records.observed(fold, *fitted(fold, "knn"), SPEC)
    for one, two in zip(parts(seen), parts(other), strict=True):
        assert np.array_equal(one.motion, two.motion)
        assert np.array_equal(one.person, two.person)


def test_a_prediction_that_does_not_change_has_an_r_of_nothing(fold):
    assert records.observed(fold, *fitted(fold, "constant"), SPEC).validation.r.tolist() == [[0, 0, 0]]


def test_the_same_run_writes_the_same_bytes_and_reads_them(fold, seen, tmp_path):
    for name in ("one", "other"):
        records.write(tmp_path / name, records.observed(fold, *fitted(fold), SPEC))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    (tmp_path / "one").rename(tmp_path / "one.npz")
    back = records.read(tmp_path / "one.npz")
    assert back.validation.people == seen.validation.people
    assert back.calibration.seconds == pytest.approx(seen.calibration.seconds)
    assert np.array_equal(back.target["shifted gait"].predicted, seen.target["shifted gait"].predicted)


def test_without_seconds_there_is_no_calibration(tmp_path):
    fold = next(iter(selection(cohort())))
    records.write(tmp_path / "e.npz", records.observed(fold, *fitted(fold), SPEC))
    assert records.read(tmp_path / "e.npz").calibration is None


def test_objects_are_refused(seen, tmp_path):
    np.savez(tmp_path / "e.npz", outputs=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataFormatError, match="pickle in disguise"):
        records.read(tmp_path / "e.npz")


def test_a_file_that_lacks_an_array_is_refused(seen, tmp_path):
    np.savez(tmp_path / "e.npz", outputs=np.array(["soleus"]))
    with pytest.raises(DataFormatError, match="not the evidence of a run"):
        records.read(tmp_path / "e.npz")
