"""Colours of activation."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.deploy.viewer.colours import SCHEMES, UNKNOWN, colours
from myoshift.errors import UnknownNameError


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE lightness of sRGB."""
    linear = np.where(rgb <= 10, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    return 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16


def test_opensim_blue_to_red():
    assert colours([0.0, 0.5, 1.0], "blue-red").tolist() == [[0, 0, 255], [128, 0, 128], [255, 0, 0]]


def test_the_other_map_grows_lighter_evenly_and_ends_yellow():
    ramp = colours(np.linspace(0, 1, 11), "colour-blind").astype(float)
    assert ramp.shape == (11, 3)
    steps = np.diff(lightness(ramp))
    assert steps.min() > 0.6 * steps.mean()
    assert ramp[0, 2] > ramp[0, 0]
    assert ramp[-1, 0] > 200 > 100 > ramp[-1, 2]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_beyond_the_ends_and_unknown(scheme):
    found = colours(np.array([[-3.0, 0.0], [1.0, 9.0], [np.nan, np.inf]]), scheme)
    assert found.shape == (3, 2, 3)
    assert found.dtype == np.uint8
    assert np.array_equal(found[0, 0], found[0, 1])
    assert np.array_equal(found[1, 0], found[1, 1])
    assert found[2, 0].tolist() == list(UNKNOWN)
    assert colours(np.nan, scheme).tolist() == list(UNKNOWN)


def test_a_scheme_nobody_knows():
    with pytest.raises(UnknownNameError, match="blue-red"):
        colours(0.5, "blue-rad")  # type: ignore[arg-type]
