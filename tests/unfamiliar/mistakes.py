"""What goes wrong with files of joint angles: mistakes on motion (T, C) of hip, knee and ankle, in rad."""

from __future__ import annotations

import numpy as np

MILD = 50  # frames; a motion that would become shorter is left as long as it is


def paced(motion, factor):
    """The motion `factor` times as slow, in frames of the same length."""
    at = np.arange(0, len(motion) - 1, 1 / factor)
    frames = np.arange(len(motion))
    return np.stack([np.interp(at, frames, column) for column in motion.T], axis=1)


def late(motion, column, frames):
    """One column that many frames late; ends that have no partner are cut off where the motion is long enough."""
    moved = np.array(motion)
    moved[:, column] = np.roll(moved[:, column], frames)
    cut = abs(frames)
    return moved[cut : len(motion) - cut] if len(motion) - 2 * cut >= MILD else moved


def about_mean(gain):
    return lambda motion: motion.mean(axis=0) + np.asarray(gain) * (motion - motion.mean(axis=0))


def noise(motion):
    return motion.mean(axis=0) + motion.std(axis=0) * np.random.default_rng(len(motion)).standard_normal(motion.shape)


def still(motion):
    return motion.mean(axis=0) + 0.01 * np.random.default_rng(len(motion)).standard_normal(motion.shape)


def shaken(motion):
    return motion + np.deg2rad(2) * np.random.default_rng(len(motion)).standard_normal(motion.shape)


GROSS = {
    "wrong unit": {"degrees as radians": np.rad2deg, "radians as degrees": np.deg2rad},
    "mirrored": {
        "all signs": lambda m: -m,
        "sign of hip": lambda m: m * [-1, 1, 1],
        "sign of knee": lambda m: m * [1, -1, 1],
        "sign of ankle": lambda m: m * [1, 1, -1],
    },
    "scrambled channels": {
        "hip and knee exchanged": lambda m: m[:, [1, 0, 2]],
        "knee and ankle exchanged": lambda m: m[:, [0, 2, 1]],
        "hip and ankle exchanged": lambda m: m[:, [2, 1, 0]],
        "each one on": lambda m: m[:, [1, 2, 0]],
        "each one back": lambda m: m[:, [2, 0, 1]],
    },
    "other rate": {"half as fast": lambda m: paced(m, 2.0), "twice as fast": lambda m: m[::2]},
    "time reversed": {"time reversed": lambda m: m[::-1]},
    "constant or noise": {
        "constant": lambda m: np.repeat(m[:1], len(m), axis=0),
        "constant knee": lambda m: np.where([False, True, False], m[:1], m),
        "constant, noise of 0.01 rad": still,
        "white noise of its own size": noise,
    },
}
"""Mistakes that no user would let pass, by kind."""
SHORT = {"level walking cut short": {"the first second": lambda m: m[:50]}}
"""No mistake: recordings as short as the step-downs, which must not be flagged for that."""
MILDER = {
    "mild": {
        "offset of the hip 25 deg": lambda m: m + np.deg2rad([25, 0, 0]),
        "offset of the knee 20 deg": lambda m: m + np.deg2rad([0, 20, 0]),
        "offset of the ankle 15 deg": lambda m: m + np.deg2rad([0, 0, 15]),
        "gain 0.6": about_mean(0.6),
        "gain 1.5": about_mean(1.5),
        "gain of the ankle 0.4": about_mean([1, 1, 0.4]),
        "1.3 times as slow": lambda m: paced(m, 1.3),
        "1.3 times as fast": lambda m: paced(m, 1 / 1.3),
        "1.5 times as slow": lambda m: paced(m, 1.5),
        "1.5 times as fast": lambda m: paced(m, 1 / 1.5),
        "hip 0.1 s late": lambda m: late(m, 0, 5),
        "knee 0.1 s early": lambda m: late(m, 1, -5),
        "ankle 0.1 s late": lambda m: late(m, 2, 5),
        "noise of 2 deg": shaken,
    }
}
"""What may as well be a person's own way; the distance was chosen by them."""
