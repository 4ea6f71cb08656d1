"""A model with a calibration on top."""

from __future__ import annotations

import numpy as np

from conftest import make_walk
from myoshift.calibration.chain import Chain, steps
from myoshift.calibration.gain import Affine
from myoshift.calibration.model import CalibratedModel, calibrated
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0
)
WALK = make_walk()
LEG = PROBLEM.legs([WALK])[0]
MODEL = Ridge(PROBLEM).fit(Split(name="toy", source=(WALK,))).model


def on_top(chain, trained=PROBLEM.outputs):
    return calibrated(MODEL, PROBLEM.outputs, trained, PROBLEM.rate, chain)


def test_without_calibration_it_is_the_model():
    np.testing.assert_allclose(on_top(Chain(()))(LEG.motion), MODEL(LEG.motion))


def test_corrections_stay_within_the_bounds_of_an_activation():
    wild = Chain((("gain", Affine(np.array([50.0, 1.0, 0.0]), np.array([0.0, -9.0, 0.5]))),))
    values = on_top(wild)(LEG.motion)
    assert values.min() == 0.0
    assert values.max() == np.float32(1.2)


def test_outputs_that_were_never_trained_are_not_looked_at():
    seen = on_top(Chain(()), trained=("soleus",)).seen(MODEL(LEG.motion), LEG.motion)
    assert np.isnan(seen.prediction[:, :2]).all()
    assert np.isfinite(seen.prediction[:, 2]).all()


def test_a_model_without_a_head_has_its_outputs_as_features():
    np.testing.assert_array_equal(on_top(Chain(())).features(LEG.motion), MODEL(LEG.motion))


def test_it_is_the_same_from_its_state():
    seen = on_top(Chain(())).seen(MODEL(LEG.motion), LEG.motion)
    chain = steps("delay+last_layer").fit([seen], [LEG.activation.astype(np.float64)], PROBLEM.rate)
    model = on_top(chain)
    again = CalibratedModel.restore(model.config(), model.arrays())
    np.testing.assert_array_equal(again(LEG.motion), model(LEG.motion))
    np.testing.assert_array_equal(again.muscles(LEG.motion), model.muscles(LEG.motion))
