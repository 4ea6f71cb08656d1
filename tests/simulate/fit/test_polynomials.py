from __future__ import annotations

import numpy as np
import torch

from myoshift.simulate.fit.polynomials import fit
from myoshift.simulate.paths import geometry


def poses(count=600):
    return np.random.default_rng(0).uniform(-0.7, 1.0, (count, 5))


def knee(q):
    """A muscle over hip and knee, with its derivatives."""
    slope = np.zeros((len(q), 5))
    slope[:, 0] = 0.04 - 0.02 * q[:, 0] * q[:, 3]
    slope[:, 3] = -0.01 * q[:, 0] ** 2 - 0.03
    return 0.4 + 0.04 * q[:, 0] - 0.01 * q[:, 0] ** 2 * q[:, 3] - 0.03 * q[:, 3], slope


def test_a_polynomial_is_found_again_where_it_was_not_looked_at():
    length, slope = knee(poses())
    found = fit(poses(), length[:, None], slope[:, :, None])
    elsewhere = 0.9 * poses()[::-1]
    known = knee(elsewhere)
    for mine, theirs in zip(geometry(found, torch.from_numpy(elsewhere.copy())), known, strict=True):
        np.testing.assert_allclose(mine[..., 0].numpy(), theirs, atol=1e-8)


def test_coordinates_that_do_not_move_a_muscle_are_in_none_of_its_terms():
    length, slope = knee(poses())
    found = fit(poses(), length[:, None], slope[:, :, None])
    assert not found.exponents[:, [1, 2, 4]].any()


def test_the_higher_order_is_taken_where_the_lower_one_fits_badly():
    q = poses()
    length, slope = knee(q)
    slope[:, 3] += 6 * q[:, 3] ** 5
    bent = fit(q, (length + q[:, 3] ** 6)[:, None], slope[:, :, None])
    plain = fit(q, *(part[..., None] for part in knee(q)))
    assert bent.exponents.sum(axis=1).max() == 6
    assert plain.exponents.sum(axis=1).max() <= 5
