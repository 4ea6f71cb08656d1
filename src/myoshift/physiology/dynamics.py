"""Activation dynamics as an alternative to a pure shift: a muscle is let go more slowly than it is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from myoshift import signal
from myoshift.physiology.activation import excite
from myoshift.physiology.fits import scan
from myoshift.types import Array

RISES = (0.005, 0.010, 0.015, 0.025, 0.040, 0.060)
"""s; 7 to 35 ms are used for activation (Meyer et al. 2016), 10 to 20 ms for the on-delay (Hof 2005)."""
RATIOS = (1.0, 2.0, 4.0, 6.0)
"""Fall over rise; 4 is usual, and the off-delay is 100 to 200 ms (Hof 2005)."""
CUTOFF = 6.0
"""Hz; the low-pass of envelopes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dynamics:
    """What rise and fall explain of M muscles, beside a shift: all (M,), NaN where there is nothing to compare.

    Parameters
    ----------
    rise, fall : s, the constants that fit best
    r_dynamics : correlation of the measurement with the excitation that these constants give
    delay : s, the shift that fits best
    r_shift : correlation of the measurement with the shifted prediction
    """

    rise: Array
    fall: Array
    r_dynamics: Array
    delay: Array
    r_shift: Array

    @property
    def better(self) -> tuple[str, ...]:
        """`dynamics` or `shift`, whichever explains more; "" where neither can be told."""
        pairs = zip(self.r_dynamics, self.r_shift, strict=True)
        return tuple("" if np.isnan(a + b) else "dynamics" if a > b else "shift" for a, b in pairs)


def dynamics_or_shift(
    predicted: Sequence[Array], measured: Sequence[Array], rate: float, bound: float = 0.150
) -> Dynamics:
    """Fit the dynamics that turn excitation into activation, and a shift, to the same frames.

    The excitation behind the prediction (`excite`), low-passed as envelopes are, is compared with the measurement for
    each pair of `RISES` and `RATIOS`, by least squares with gain and offset. Two numbers against one: where both
    explain alike, the shift is the simpler account.

    Parameters
    ----------
    predicted : pieces (T_i, M) of activation, 0 to 1 (the dynamics depend on the level), NaN where there is none
    measured : pieces (T_i, M) of envelopes, NaN where not measured
    rate : Hz, more than twice `CUTOFF`
    bound : s
    """
    shift = scan(predicted, measured, rate, bound)
    pairs = [(rise, rise * ratio) for rise, ratio in product(RISES, RATIOS)]
    r = np.stack([_r([_excited(p, rate, *pair) for p in predicted], measured, rate, bound) for pair in pairs])
    best = np.where(np.isfinite(r), r, -np.inf).argmax(axis=0)
    void = np.isnan(shift.r_best)
    rise, fall = np.array(pairs)[best].T
    return Dynamics(
        rise=np.where(void, np.nan, rise),
        fall=np.where(void, np.nan, fall),
        r_dynamics=np.where(void, np.nan, r.max(axis=0)),
        delay=np.where(void, np.nan, shift.lags[shift.log_likelihood.argmax(axis=0)]),
        r_shift=shift.r_best,
    )


def _r(predicted: Sequence[Array], measured: Sequence[Array], rate: float, bound: float) -> Array:
    return scan(predicted, measured, rate, bound).r0


def _excited(activation: Array, rate: float, rise: float, fall: float) -> Array:
    """Excitation (T, M), NaN where the activation is."""
    there = np.isfinite(activation)
    whole = torch.from_numpy(np.clip(np.where(there, activation, 0.0), 0.0, 1.0))[None]
    return signal.lowpass(np.where(there, excite(whole, rate, rise=rise, fall=fall)[0].numpy(), np.nan), rate, CUTOFF)
