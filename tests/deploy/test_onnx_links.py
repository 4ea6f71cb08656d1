"""Calibrations as tensors in, tensors out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import nnls

from myoshift.calibration.base import LARGEST, Outputs
from myoshift.calibration.chain import Chain, steps
from myoshift.calibration.rotation import Turned
from myoshift.calibration.synergy import Projection
from myoshift.deploy.onnx_links import MOST_SYNERGIES, links, looks_ahead
from myoshift.errors import ConfigError

RATE, FRAMES = 50.0, 200
KNOWN = [True, True, False, True, True]
NAMES = ("tibialis_anterior", "soleus", "hamstrings", "gluteus_medius", "vastus_lateralis")


def bursts(seed, frames=FRAMES):
    random, time = np.random.default_rng(seed), np.arange(frames) / RATE
    phase = random.uniform(0, 6, len(NAMES))
    return (np.exp(3 * (np.cos(6 * time[:, None] + phase) - 1)) + 0.1 * random.uniform(size=(frames, 5))).clip(0, 1)


def outputs(seed, frames=FRAMES):
    prediction = bursts(seed, frames)
    prediction[:, ~np.array(KNOWN)] = np.nan
    features = np.random.default_rng(seed).normal(size=(frames, 4))
    return Outputs(NAMES, prediction, features, np.zeros((frames, 3), np.float32))


def measured(seed):
    """Of another person, later; what the model was not trained on was not measured."""
    return np.where(KNOWN, 0.7 * np.roll(bursts(seed), 2, axis=0), np.nan)


def through(chain, seen):
    sites = torch.from_numpy(np.nan_to_num(seen.prediction)).float()[None]
    for link in links(chain, KNOWN, RATE):
        sites = link(sites, torch.from_numpy(seen.features).float()[None]).clamp(0.0, LARGEST)
        sites = sites * torch.tensor(KNOWN)
    return np.where(KNOWN, sites[0].numpy(), np.nan)


@pytest.mark.parametrize(
    "names",
    [
        *("gain", "mixing", "last_layer", "ridge_head", "isotonic", "gaussian_process", "synergy"),
        *("delay", "physiology", "delay+mixing+synergy"),
    ],
)
def test_a_link_corrects_as_the_calibration(names):
    chain = steps(names).fit([outputs(1)], [measured(1)], RATE)
    for seen in (outputs(2), outputs(3, 40), outputs(4, 7), outputs(5, 1)):
        wanted, close = chain.apply(seen, RATE), 5e-5 if "synergy" in names else 2e-6
        np.testing.assert_allclose(through(chain, seen), wanted, atol=close, err_msg=f"{len(wanted)} frames")


def test_a_turned_band_takes_no_place_that_was_not_predicted():
    chain = Chain((("rotation", Turned(np.array([1, 2, 3, 4, 0]), np.ones(5, np.int64))),))
    np.testing.assert_allclose(through(chain, outputs(1)), chain.apply(outputs(1), RATE), atol=1e-6)


def test_the_nearest_synergies_are_those_of_least_squares():
    """Also where a synergy is hardly seen, at which coordinate descent stops early (Lawson and Hanson's in scipy)."""
    weights = np.array([[0.0, 1.0, 0.0], [0.71, 0.01, 0.07], [0.7, 0.7, 0.06], [0.7, 0.01, 0.07], [0.0, 0.07, 0.9]])
    found = through(Chain((("synergy", Projection(weights, 1.0)),)), outputs(2))
    seen, own = outputs(2).prediction[:, KNOWN], weights[KNOWN]
    wanted = np.stack([own @ nnls(own, row)[0] for row in seen]).clip(0.0, LARGEST)
    np.testing.assert_allclose(found[:, KNOWN], wanted, atol=1e-5)


def test_a_chain_within_a_chain_is_followed():
    inner = steps("delay+gain").fit([outputs(1)], [measured(1)], RATE)
    chain = Chain((("chosen", inner),))
    np.testing.assert_allclose(through(chain, outputs(2)), inner.apply(outputs(2), RATE), atol=2e-6)
    assert looks_ahead(chain) == ("delay",)


def test_links_that_look_ahead_are_named():
    chain = steps("delay+gain+physiology").fit([outputs(1)], [bursts(1)], RATE)
    assert looks_ahead(chain) == ("delay", "physiology")


def test_too_many_synergies_are_refused_by_name():
    many = Projection(np.random.default_rng(0).uniform(size=(5, MOST_SYNERGIES + 1)), 0.5)
    with pytest.raises(ConfigError, match=r"'synergy' cannot be exported.*calibrate again"):
        links(Chain((("synergy", many),)), KNOWN, RATE)
