"""Draws lie in their declared ranges, and change of a model what they say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from myoshift import physiology
from myoshift.formats.settings import Strict
from myoshift.simulate import randomise
from myoshift.simulate.randomise import Anatomy, Body, Config, Control, Range, Sensor
from simulate.worlds import model

PAGE = Path(__file__).parents[2] / "docs" / "virtual_labs.md"
STILL = Range(low=0.0, high=0.0)
SAME = Anatomy(**dict.fromkeys(Anatomy.model_fields, STILL))


def random(seed=0):
    return np.random.default_rng(seed)


def ranges(settings, found):
    """Every range inside nested settings, with its place."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Range):
            found[name] = value
        elif isinstance(value, Strict):
            ranges(value, found)
    return found


@pytest.mark.parametrize(("name", "spread"), ranges(Config(), {}).items())
def test_every_declared_range_is_drawn_from_within(name, spread):
    values = spread.draw(random(), 500)
    assert ((spread.low <= values) & (values <= spread.high)).all()
    assert values.std() > 0.1 * (spread.high - spread.low)
    assert spread.basis in "DM" or spread.source


@given(st.floats(-5, 5), st.floats(0, 5), st.booleans())
@settings(deadline=None)
def test_a_range_without_width_gives_its_value(low, width, normal):
    more = {"mean": low, "sd": 1.0} if normal else {}
    values = Range(low=low, high=low, **more).draw(random(), 5)
    assert np.allclose(values, low)
    wide = Range(low=low, high=low + width).draw(random(), 50)
    assert ((low <= wide) & (wide <= low + width)).all()


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"low": 2, "high": 1}, "above high"),
        ({"low": 0, "high": 1, "mean": 0.5}, "both mean and sd"),
        ({"low": 0, "high": 1, "mean": 2, "sd": 1}, "not between"),
        ({"low": 0, "high": 1, "mean": 0.5, "sd": 0}, "greater than 0"),
        ({"low": 0, "high": 1, "hight": 3}, "not permitted"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(keys, why):
    with pytest.raises(ValidationError, match=why):
        Range(**keys)


def test_a_sensor_beyond_the_bounds_of_its_priors_is_refused():
    with pytest.raises(ValidationError, match=r"delay lies between -0\.025 and 0\.085"):
        Sensor(delay=Range(low=0.0, high=0.2))


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"movements": ["wlk"]}, "unknown movement 'wlk', there are walk, run"),
        ({"sites": ["soleus", "soleus"]}, "a site is named twice"),
        ({"sites": ["hamstrings"]}, "unknown site 'hamstrings'"),
        ({"rate": 10}, "greater than or equal to 50"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(keys, why):
    with pytest.raises(ValidationError, match=why):
        Config(**keys)


def test_the_sensor_declares_every_parameter_of_the_observation():
    assert set(Sensor.model_fields) == set(physiology.PRIORS)


@pytest.mark.parametrize(("age", "height", "mass"), [(6.0, 1.15, 20.3), (10.0, 1.38, 32.0), (20.0, 1.70, 64.7)])
def test_bodies_have_the_medians_of_the_growth_charts(age, height, mass):
    bodies = [Body.draw(random(seed), age) for seed in range(800)]
    assert np.median([body.height for body in bodies]) == pytest.approx(height, rel=0.01)
    assert np.median([body.mass for body in bodies]) == pytest.approx(mass, rel=0.03)
    assert all(0.9 < body.height < 2.0 and 12 < body.mass < 130 for body in bodies)


def test_nothing_drawn_changes_nothing():
    plain, same = model(), randomise.varied(model(), SAME, random())
    for leg, other in zip(plain.legs.values(), same.legs.values(), strict=True):
        assert np.allclose(leg.paths.coefficients, other.paths.coefficients)
        assert np.allclose(leg.muscles.maximum_force, other.muscles.maximum_force)
    assert [s.mass for s in same.segments] == pytest.approx([s.mass for s in plain.segments])


def test_strength_is_common_to_all_muscles_and_both_legs():
    strong = SAME.model_copy(update={"log_strength": Range(low=0.3, high=0.3)})
    varied = randomise.varied(model(), strong, random())
    for side in "rl":
        ratio = varied.legs[side].muscles.maximum_force / model().legs[side].muscles.maximum_force
        assert np.allclose(ratio, math.exp(0.3))


def test_moment_arms_are_scaled_and_the_length_at_the_zero_posture_stays():
    longer = SAME.model_copy(update={"log_moment_arm": Range(low=0.2, high=0.2)})
    ratio = (
        randomise.varied(model(), longer, random()).legs["r"].paths.coefficients
        / model().legs["r"].paths.coefficients
    )
    assert np.allclose(ratio[0], 1.0)
    assert np.allclose(ratio[1:], math.exp(0.2))


def test_segments_change_and_the_body_keeps_its_mass():
    varied, plain = randomise.varied(model(), Anatomy(), random()), model()
    assert sum(s.mass for s in varied.segments) == pytest.approx(75.0)
    for new, old in zip(varied.segments, plain.segments, strict=True):
        assert new.mass != old.mass
        assert np.allclose(new.inertia / old.inertia[0, 0], np.eye(3) * new.mass / old.mass)
        assert not np.allclose(new.centre, old.centre)


def test_weights_have_the_mean_one_with_and_without_volumes():
    for share in (0.0, 1.0):
        chosen = randomise.objective(model(), Control(volume_weighted=share), random())
        assert chosen.weights.mean().item() == pytest.approx(1.0)
        assert 1.5 <= chosen.exponent <= 4.0
        assert 0.01 <= chosen.floor <= 0.05
    flat = Control(volume_weighted=1.0, log_weight=STILL)
    muscles, weights = model().legs["r"].muscles, randomise.objective(model(), flat, random()).weights
    volume = muscles.maximum_force * muscles.optimal_length
    assert np.allclose(weights, volume / volume.mean())


def test_moment_noise_is_smooth_and_grows_with_the_body():
    control = Control(moment_noise=Range(low=5.0, high=5.0), noise_cutoff=Range(low=3.0, high=3.0))
    grown, small = Body(mass=75.0, height=1.75, age=20.0), Body(mass=20.0, height=1.15, age=6.0)
    noise = randomise.moment_noise(2000, 100.0, grown, control, random())
    assert noise.shape == (2000, 10)
    assert noise.std() == pytest.approx(5.0)
    power = np.abs(np.fft.rfft(noise, axis=0)) ** 2
    frequency = np.fft.rfftfreq(2000, 0.01)
    assert power[frequency > 6.0].sum() < 0.01 * power.sum()
    less = randomise.moment_noise(2000, 100.0, small, control, random())
    assert less.std() == pytest.approx(5.0 * 20 * 1.15 / (75 * 1.75))


@given(st.floats(0.0, 0.5))
@settings(deadline=None)
def test_co_activation_raises_every_muscle_and_none_above_one(share):
    activation = random().uniform(0.0, 1.0, (50, 40))
    together = randomise.co_activated(activation, share)
    assert ((activation <= together) & (together <= 1.0)).all()


def test_angle_errors_name_the_coordinates_of_both_legs():
    errors = randomise.angle_errors(Config(), random())
    assert len(errors) == 10
    assert all(abs(error) <= math.radians(9.0) for error in errors.values())


def documented(settings, place=""):
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Range):
            spread = "" if value.mean is None else f"{value.mean:g} +- {value.sd:.3g}"
            bounds = f"{value.low:.3g} | {value.high:.3g}"
            yield f"| `{place}{name}` | {bounds} | {spread} | {value.basis} | {value.source} |"
        elif isinstance(value, Strict):
            yield from documented(value, f"{place}{name}.")


def table():
    head = ["| range | low | high | mean +- SD | basis | source |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *documented(Config())])


def test_the_table_of_ranges_in_the_documents_is_the_one_that_is_drawn_from():
    text = PAGE.read_text()
    shown = text.partition("<!-- ranges -->\n")[2].partition("\n<!-- end of ranges -->")[0]
    assert shown == table(), f"put this table into {PAGE.name}:\n{table()}"
