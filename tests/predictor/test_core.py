from dataclasses import replace

import numpy as np
import pytest

from myoshift import anatomy, registry
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor, spread
from myoshift.types import Split
from predictor.fakes import PROBLEM, Linear


def predictor(trained=None) -> Predictor:
    slope = np.array([[1, 0, 2], [0, 1, 0], [0, 0, 0]], np.float32)
    return Predictor(PROBLEM, Linear(slope), {"estimator": "linear"}, trained)


def test_both_legs_are_predicted_each_from_its_own_motion(walk):
    values, names = predictor().predict_recording(walk)
    assert names[:4] == ("tibialis_anterior_r", "gastrocnemius_r", "gluteus_medius_r", "tibialis_anterior_l")
    for side in "rl":
        hip = walk.motion[:, walk.motion_names.index(f"hip_flexion_{side}")]
        np.testing.assert_allclose(values[:, names.index(f"tibialis_anterior_{side}")], hip)
        np.testing.assert_allclose(values[:, names.index(f"gluteus_medius_{side}")], 2 * hip, rtol=1e-6)


def test_outputs_never_trained_are_nan_not_invented(walk):
    values, names = predictor(trained=("gastrocnemius",)).predict_recording(walk)
    known = np.isfinite(values).all(axis=0)
    assert [n for n, k in zip(names, known, strict=True) if k] == ["gastrocnemius_r", "gastrocnemius_l"]
    assert np.isnan(values[:, ~known]).all()


def test_frames_without_motion_are_nan(walk):
    motion = walk.motion.copy()
    motion[5:9] = np.nan
    motion[20, 0] = np.nan
    values, _ = predictor().predict_recording(replace(walk, motion=motion))
    assert np.flatnonzero(np.isnan(values).all(axis=1)).tolist() == [5, 6, 7, 8]
    assert np.isfinite(values[20]).all()


def test_a_muscle_is_the_mean_of_the_sites_that_see_it(walk):
    made, names = predictor(trained=("tibialis_anterior", "gastrocnemius")).muscles(walk)
    assert set(names) == {f"{m}_{s}" for m in ("tibant", "gasmed", "gaslat") for s in "rl"}
    sites, site_names = predictor().predict_recording(walk)
    for muscle, site in (("tibant_r", "tibialis_anterior_r"), ("gaslat_l", "gastrocnemius_l")):
        np.testing.assert_allclose(made[:, names.index(muscle)], sites[:, site_names.index(site)], rtol=1e-6)


def test_spread_weighs_sites_by_what_they_see_and_leaves_nan_out():
    outputs = ("hamstrings", "hamstrings_lateral")
    values = np.array([[0.2, 0.8], [np.nan, 0.8], [np.nan, np.nan]], np.float32)
    muscles = spread(values, outputs)
    weights = anatomy.montage(outputs)[:, anatomy.IPSILATERAL.index("bflh")]
    column = muscles[:, anatomy.IPSILATERAL.index("bflh")]
    assert column[0] == pytest.approx((0.2 * weights[0] + 0.8 * weights[1]) / weights.sum())
    assert column[1] == pytest.approx(0.8)
    assert np.isnan(column[2])
    assert np.isnan(muscles[:, anatomy.IPSILATERAL.index("soleus")]).all()


def without(recording, *gone):
    keep = [k for k, name in enumerate(recording.motion_names) if not name.startswith(gone)]
    names = tuple(recording.motion_names[k] for k in keep)
    return replace(recording, motion=recording.motion[:, keep], motion_names=names)


def test_recording_without_any_of_the_coordinates_says_which(walk):
    names = tuple(f"arm_flex_{name[-1]}" if "hip" in name else name for name in walk.motion_names)
    poor = without(replace(walk, motion_names=names), "knee", "ankle")
    with pytest.raises(DataRefused, match=r"toy-a/s1.*no leg with any .*needs .*ankle_angle.*has .*arm_flex_r"):
        predictor().predict_recording(poor)


def test_a_missing_coordinate_is_masked_and_flagged(walk):
    poor = without(walk, "ankle_angle_l", "knee")
    values, _ = predictor().predict_recording(poor)
    whole, names = predictor().predict_recording(walk)
    hip = [names.index(f"tibialis_anterior_{side}") for side in "rl"]
    np.testing.assert_array_equal(values[:, hip], whole[:, hip])  # of the hip alone
    flags = predictor().unfamiliar(poor)
    assert {flag.code for flag in flags} == {"missing_coordinate"}
    assert [flag.where for flag in flags] == ["leg r", "leg l", "leg l"]
    assert "knee_angle is missing" in flags[0].message
    assert predictor().unfamiliar(walk) == ()


@pytest.mark.parametrize("gone", ["hip", "knee", "ankle"])
@pytest.mark.parametrize("name", ["knn", "ridge", "template"])
def test_estimators_do_without_a_coordinate(walk, name, gone):
    fitted = registry.load("estimators", name)(PROBLEM).fit(Split(name="toy", source=(walk,)))
    values, _ = fitted.predict_recording(without(walk, gone))
    assert np.isfinite(values).any(axis=0).tolist() == np.isfinite(fitted.predict_recording(walk)[0]).any(0).tolist()


def test_a_model_of_the_whole_recording_needs_every_coordinate(walk):
    class Whole(Linear):
        def recording(self, recording, names):
            return {leg.side: self(leg.motion) for leg in PROBLEM.legs([recording])}

    whole = replace(predictor(), model=Whole(np.ones((3, 3), np.float32)))
    assert whole.legs(walk).keys() == {"r", "l"}
    assert whole.legs(without(walk, "knee_angle_l")).keys() == {"r"}
    with pytest.raises(DataRefused, match="no leg with all"):
        whole.legs(without(walk, "knee"))


def test_what_a_recording_declares_is_among_the_flags(walk):
    known = replace(predictor(), card={"segment_orientations": ["thigh vertical"]})
    (flag,) = known.unfamiliar(replace(walk, segment_orientation="thigh horizontal"))
    assert flag.code == "unfamiliar_posture"


@pytest.mark.parametrize("shape", [(10,), (10, 2), (0, 3)])
def test_motion_of_another_shape_is_refused(shape):
    with pytest.raises(DataRefused, match=r"\(frames, 3\).*hip_flexion"):
        predictor().predict(np.zeros(shape, np.float32))


def test_wrong_rate_is_refused(walk):
    with pytest.raises(DataRefused, match=r"100 Hz.*50 Hz"):
        predictor().legs(replace(walk, rate=100.0))


class Whole(Linear):
    """Knows the recording: every named column is the recording's mass, from the first frame on."""

    def recording(self, recording, names):
        assert np.isnan(recording.activation).all()
        sides = {name[-1] for name in recording.motion_names}
        return {side: np.full((len(recording.motion), len(names)), recording.mass) for side in sides}


def test_a_model_that_looks_at_recordings_is_shown_them_without_activations(walk):
    whole = replace(predictor(trained=("gastrocnemius",)), model=Whole(np.zeros((3, 3), np.float32)))
    motion = walk.motion.copy()
    motion[7] = np.nan
    heavy = replace(walk, mass=81.0, motion=motion)
    values, names = whole.predict_recording(heavy)
    known = [name.startswith("gastrocnemius") for name in names]
    assert (values[:7, known] == 81).all()
    assert np.isnan(values[:, np.invert(known)]).all()
    assert np.isnan(values[7]).all()
    muscles, seen = whole.muscles(heavy)
    assert set(seen) == {"gasmed_r", "gaslat_r", "gasmed_l", "gaslat_l"}
    assert (muscles == 81).all()
