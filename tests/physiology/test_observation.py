"""The virtual sensor does what each of its parameters says, and gradients reach all of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from myoshift import anatomy, metrics, signal
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.physiology import PRIORS, Observation, Prior, smooth

RATE = 100.0
SITES = ("tibialis_anterior", "soleus", "gastrocnemius", "vastus_lateralis", "hamstrings_medial")
CLEAN = {"crosstalk": 0.0, "delay": 0.0, "baseline": 0.0}


def activations(seconds=10.0, seed=0, batch=1):
    """Random activations (B, T, 40) of all muscles, below 2 Hz, between .05 and .85."""
    noise = np.random.default_rng(seed).standard_normal((batch, int(seconds * RATE), 40))
    slow = sosfiltfilt(butter(2, 2.0, fs=RATE, output="sos"), noise, axis=1)
    unit = (slow - slow.min(axis=1, keepdims=True)) / np.ptp(slow, axis=1, keepdims=True)
    return torch.tensor(0.05 + 0.8 * unit)


def sensor(sites=SITES, dynamics=False, **values):
    made = Observation(sites, dynamics=dynamics).double()
    made.assign({**CLEAN, **values})
    return made


def at_site(activation, name):
    return activation @ torch.tensor(anatomy.montage([name])[0])


@torch.no_grad()
def seen(observation, activation, noise=None):
    return observation(activation, RATE, noise)


def test_a_plain_sensor_shows_the_low_passed_montage():
    activation = activations()
    out = seen(sensor(), activation)[0].numpy()
    wanted = np.stack([at_site(activation, name)[0].numpy() for name in SITES], axis=1)
    np.testing.assert_allclose(out[30:-30], signal.lowpass(wanted, RATE, 6.0)[30:-30], atol=2e-3)


@pytest.mark.parametrize(("cutoff", "rate"), [(3.0, 50.0), (6.0, 100.0), (10.0, 100.0), (6.0, 1000.0)])
def test_smooth_is_the_low_pass_of_the_pipeline(cutoff, rate):
    values = np.random.default_rng(0).standard_normal((int(6 * rate), 3))
    out = smooth(torch.tensor(values)[None], rate, torch.tensor([cutoff], dtype=torch.float64))[0].numpy()
    inside = slice(int(rate), -int(rate))
    np.testing.assert_allclose(out[inside], signal.lowpass(values, rate, cutoff)[inside], atol=1e-4)


@pytest.mark.parametrize("name", ["delay", "offset"])
@given(seconds=st.floats(-0.02, 0.06))
@settings(deadline=None, max_examples=15)
def test_a_positive_delay_moves_the_emg_earlier(name, seconds):
    plain, moved = seen(sensor(), activations())[0], seen(sensor(**{name: seconds}), activations())[0]
    assert metrics.lag(plain.numpy(), moved.numpy(), RATE) == pytest.approx(seconds, abs=0.002)


def test_undoing_the_dynamics_moves_the_emg_earlier_by_itself():
    plain, undone = seen(sensor(), activations())[0], seen(sensor(dynamics=True), activations())[0]
    lags = metrics.lag(plain.numpy(), undone.numpy(), RATE)
    assert np.mean(lags) == pytest.approx(0.026, abs=0.004)


@given(st.floats(-2.0, 2.0))
@settings(deadline=None, max_examples=15)
def test_the_envelope_is_proportional_to_the_gain(log_gain):
    made = {"exponent": 0.8, "baseline": 0.03, "crosstalk": 0.1}
    plain, scaled = (seen(sensor(**made, log_gain=g), activations()) for g in (0.0, log_gain))
    assert torch.allclose(scaled, math.exp(log_gain) * plain, rtol=1e-4)


@given(st.floats(0.0, 0.25))
@settings(deadline=None, max_examples=15)
def test_rows_of_the_crosstalk_sum_to_one(share):
    made = sensor(crosstalk=share, exponent=1.0)
    still = torch.full((1, 60, 40), 0.4, dtype=torch.float64)
    assert torch.allclose(seen(made, still), torch.full((1, 60, len(SITES)), 0.4, dtype=torch.float64), atol=1e-6)


def test_crosstalk_brings_in_the_neighbours_whether_they_are_measured_or_not():
    only = torch.full((1, 60, 40), 0.0, dtype=torch.float64)
    only[..., anatomy.IPSILATERAL.index("perlong")] = 0.8
    loud, silent = (seen(sensor(crosstalk=share), only)[0, 30] for share in (0.2, 0.0))
    share = 0.2 / 1.2 * 0.8 * torch.tensor(anatomy.surroundings(SITES))[:, anatomy.IPSILATERAL.index("perlong")]
    assert torch.allclose(loud, share, atol=2e-4)
    assert (share > 0).sum() == 3
    assert silent.max() < 1e-3


def test_power_law_and_baseline():
    still = torch.full((1, 60, 40), 0.4, dtype=torch.float64)
    assert torch.allclose(seen(sensor(exponent=0.8, baseline=0.03), still), still[..., :5] ** 0.8 + 0.03, atol=1e-5)


def test_noise_has_the_stated_size_in_the_envelope_and_is_multiplicative():
    still = torch.full((1, 60_000, 40), 0.4, dtype=torch.float64)
    white = torch.randn(1, 60_000, len(SITES), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    noisy = seen(sensor(noise=0.1, log_gain=1.0), still, white)
    assert (noisy.std(dim=1) / noisy.mean(dim=1))[0].numpy() == pytest.approx(np.full(5, 0.1), rel=0.05)


def test_never_negative():
    white = torch.randn(1, 1000, len(SITES), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert seen(sensor(noise=0.2, cutoff=3.0), activations(), 3 * white).min() >= 0


def test_gradients_equal_finite_differences():
    made = Observation(SITES[:2]).double()
    made.assign({"crosstalk": 0.1, "exponent": 0.9, "delay": 0.013})
    activation, names = activations(0.4), list(made.raw)
    white = torch.randn(1, 40, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def run(*raw):
        state = dict(zip((f"raw.{name}" for name in names), raw, strict=True))
        return torch.func.functional_call(made, state, (activation, RATE, white))

    raw = tuple(made.raw[name].detach().clone().requires_grad_() for name in names)
    assert torch.autograd.gradcheck(run, raw, eps=1e-6, atol=1e-6)
    for name, gradient in zip(names, torch.autograd.grad(run(*raw).square().sum(), raw), strict=True):
        assert gradient.abs().sum() > 0, name


def test_log_prior_is_highest_at_the_means_and_flat_where_nothing_is_known():
    made = Observation(SITES)
    assert made.log_prior().item() == pytest.approx(0.0, abs=1e-6)
    made.assign({"cutoff": 7.5})
    assert made.log_prior().item() == pytest.approx(-0.5, abs=1e-3)
    flat = {name: replace(prior, sd=math.inf) for name, prior in PRIORS.items()}
    drawn = Observation(SITES, priors=flat)
    drawn.redraw(np.random.default_rng(0), "session")
    assert drawn.log_prior().item() == 0.0


@given(st.integers(0, 1000), st.floats(0.1, 10.0), st.booleans())
@settings(deadline=None, max_examples=30)
def test_draws_stay_within_the_bounds(seed, sd, flat):
    prior = Prior(mean=0.5, sd=math.inf if flat else sd, low=-1.0, high=1.0, level="lab", per_site=False)
    values = prior.draw(np.random.default_rng(seed), 200)
    assert ((values > -1) & (values < 1)).all()
    assert values.std() > 0.05


def test_a_narrow_prior_is_drawn_as_a_normal_distribution():
    prior = Prior(mean=0.2, sd=0.05, low=-1.0, high=1.0, level="lab", per_site=False)
    values = prior.draw(np.random.default_rng(0), 20_000)
    assert (values.mean(), values.std()) == (pytest.approx(0.2, abs=0.002), pytest.approx(0.05, rel=0.03))


def test_electrodes_put_on_again_change_the_session_and_nothing_else():
    random = np.random.default_rng(0)
    made = Observation.draw(SITES, random)
    before = {name: value.detach().clone() for name, value in made.values().items()}
    made.redraw(random, "session")
    for name, value in made.values().items():
        assert torch.equal(value, before[name]) == (PRIORS[name].level != "session"), name


def test_the_same_seed_draws_the_same_sensor():
    one, other = (Observation.draw(SITES, np.random.default_rng(3)).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_state_dict_restores_a_sensor():
    drawn, fresh = Observation.draw(SITES, np.random.default_rng(1)), Observation(SITES)
    fresh.load_state_dict(drawn.state_dict())
    activation = activations().float()
    assert torch.equal(seen(fresh, activation), seen(drawn, activation))


def test_a_fit_finds_gain_and_delay_again():
    """A posterior mode from 10 s: the parameters that were drawn, within what the priors pull."""
    activation, wanted = activations(), sensor(log_gain=0.6, delay=0.05)
    target = seen(wanted, activation)
    found = sensor(delay=0.03)
    optimiser = torch.optim.Adam([found.raw["delay"], found.raw["log_gain"]], lr=0.05)
    for _ in range(150):
        loss = (found(activation, RATE) - target).square().mean() - 1e-6 * found.log_prior()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert found.values()["delay"].detach().numpy() == pytest.approx(np.full(5, 0.05), abs=0.003)
    assert found.values()["log_gain"].detach().numpy() == pytest.approx(np.full(5, 0.6), abs=0.02)


def test_refusals():
    with pytest.raises(UnknownNameError, match="soleuss"):
        Observation(["soleuss"])
    with pytest.raises(DataRefused, match="sees none"):
        Observation(["deltoid_medius"])
    with pytest.raises(DataRefused, match=r"below 5 Hz"):
        Observation(SITES)(torch.full((1, 20, 40), 0.1), 10.0)
