"""People who walk by formula, and mishaps that can happen to their recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myoshift.datasets.base import table
from myoshift.types import Event, Subject, Trial

STRIDE = 1.1
SITES = ("tibialis_anterior", "gastrocnemius", "soleus", "hamstrings", "vasti")
BURST = {"tibialis_anterior": 0.05, "gastrocnemius": 0.43, "soleus": 0.47, "hamstrings": 0.97, "vasti": 0.11}
ANGLES = ("hip_flexion", "knee_angle", "ankle_angle")


def bump(phase, centre, width):
    return np.exp(-0.5 * (((phase - centre + 0.5) % 1 - 0.5) / width) ** 2)


def leg(phase):
    """Hip, knee and ankle in deg, (T, 3)."""
    hip = 12 + 22 * np.cos(2 * np.pi * (phase - 0.9))
    knee = 5 + 55 * bump(phase, 0.73, 0.08) + 12 * bump(phase, 0.13, 0.06)
    ankle = 2 + 10 * bump(phase, 0.45, 0.1) - 18 * bump(phase, 0.64, 0.05)
    return np.stack([hip, knee, ankle], axis=1)


def walker(person="p", name="walk", seed=0, **facts) -> Trial:
    """Six seconds of walking, right-leg envelopes, both legs' angles and strikes."""
    random = np.random.default_rng(seed)
    time = np.arange(601) / 100
    right = (time / STRIDE + 0.2) % 1
    left = (right + 0.5) % 1
    angles = np.hstack([leg(right), leg(left)]) + random.normal(0, 0.2, (len(time), 6))
    emg = np.stack([0.05 + bump(right, BURST[site], 0.07) for site in SITES], axis=1)
    events = [Event("foot_strike", k * STRIDE - 0.2 * STRIDE, "r") for k in range(1, 6)]
    events += [Event("foot_strike", k * STRIDE + 0.3 * STRIDE, "l") for k in range(5)]
    settings = {
        "name": name,
        "dataset": "set",
        "institution": "lab",
        "subject": Subject(id=person),
        "task": "walk",
        "motion": table(angles, [f"{joint}_{side}" for side in "rl" for joint in ANGLES], "deg", 100.0),
        "emg": table(emg * random.uniform(0.9, 1.1, emg.shape), SITES, "V", 100.0),
        "emg_kind": "envelope",
        "sites": {site: f"{site}_r" for site in SITES},
        "events": tuple(sorted(events, key=lambda event: event.time)),
    }
    return Trial(**{**settings, **facts})


def with_emg(trial: Trial, values) -> Trial:
    return replace(trial, emg=replace(trial.emg, values=values))


def turned(trial: Trial, name: str) -> Trial:
    """One coordinate with the other sign."""
    signs = np.array([-1.0 if each == name else 1.0 for each in trial.motion.names])
    return replace(trial, motion=replace(trial.motion, values=trial.motion.values * signs))
