import numpy as np
import pytest

from conftest import make_walk
from estimators.laboratories import PROBLEM, toy_split
from myoshift.estimators.knn import Knn
from myoshift.predictor import Problem
from myoshift.types import Split


def test_a_known_motion_gives_back_what_was_measured_there():
    problem = Problem(PROBLEM.inputs, ("soleus",), 50.0)
    walk = make_walk(seconds=6)
    predictor = Knn(problem, neighbours=1, samples=20_000).fit(Split(name="x", source=(walk,)))
    values, names = predictor.predict_recording(walk)
    measured = walk.activation[:, [walk.activation_names.index(n) for n in names]]
    np.testing.assert_allclose(values, measured, atol=1e-6)


def test_institutions_give_equal_numbers_of_samples_however_little_they_have():
    problem = Problem(PROBLEM.inputs, ("soleus",), 50.0)
    long, short = make_walk(institution="A", seconds=60), make_walk(institution="B", seconds=2, seed=1)
    model = Knn(problem, samples=1000).fit(Split(name="x", source=(long, short))).model
    windows, values = model.samples[0]
    assert len(windows) == len(values) == 1000
    of_short = np.isin(values, short.activation)
    assert of_short.sum() == 500


def test_seed_and_neighbours_have_an_effect():
    split, test = toy_split()
    values = [
        Knn(PROBLEM, seed=seed, neighbours=k).fit(split).predict_recording(test[0])[0]
        for seed, k in ((0, 60), (1, 60), (0, 5))
    ]
    assert np.nanmax(np.abs(values[0] - values[1])) > 0
    assert np.nanmax(np.abs(values[0] - values[2])) > 0.02


def test_fewer_samples_than_neighbours_is_their_mean():
    problem = Problem(PROBLEM.inputs, ("soleus",), 50.0)
    model = Knn(problem, samples=2).fit(Split(name="x", source=(make_walk(),))).model
    values = model(make_walk(seed=3).motion[:, :3])
    low, high = sorted(model.samples[0][1])
    assert low <= values.min() <= values.max() <= high
    assert values.dtype == np.float32


@pytest.mark.parametrize("neighbours", [60])
def test_the_defaults_are_those_of_the_recipe(neighbours):
    assert (Knn(PROBLEM).neighbours, Knn(PROBLEM).samples) == (neighbours, 4000)
