"""Recordings of people whose units, sides, clocks or channels are wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from badinputs.case import Case
from conftest import make_walk
from datasets.walkers import turned, walker, with_emg
from miniatures.emg import RATE, emg
from myoshift import formats
from myoshift.anatomy import mirror
from myoshift.bench import leakage
from myoshift.bench.protocols import fold
from myoshift.datasets import prepare
from myoshift.datasets.base import table
from myoshift.datasets.inspection import inspect
from myoshift.datasets.plausibility import judge
from myoshift.types import Subject

RAW = {"emg_kind": "raw", "sites": {"ch1": "soleus_r"}}


def given(**facts):
    """A maker of a trial of walking: nothing is written."""
    return lambda folder: walker(**facts)


def raw(values, unit="V", **facts):
    """A walker with one raw channel."""
    return given(emg=table(values, ("ch1",), unit, RATE), **(RAW | facts))


def file(values, unit_in_degrees="yes", names=("emg",)):
    """The values as columns of a .sto file."""

    def make(folder):
        found = formats_table(values, names)
        formats.write_sto(folder / "emg.sto", found)
        return folder / "emg.sto"

    return make


def formats_table(values, names):
    return table(values, names, "", RATE)


def as_raw(path):
    return inspect(path, emg="raw")


def checked(trial):
    return tuple(judge([trial]))


def delayed(seconds, ppm=0.0, length=40.0):
    """A walker of whom EMG comes late, ever later where the clocks differ."""
    one = walker()
    time = np.arange(round(length * 100)) / 100
    names, angles, sites = one.motion.names, _angles(time), one.emg.names
    late = _bursts(time * (1 - 1e-6 * ppm) - seconds)
    strikes = walker_strikes(length)
    return replace(one, motion=table(angles, names, "deg", 100.0), emg=table(late, sites, "V", 100.0), events=strikes)


def _angles(time):
    from datasets.walkers import STRIDE, leg

    right = (time / STRIDE + 0.2) % 1
    return np.hstack([leg(right), leg((right + 0.5) % 1)])


def _bursts(time):
    from datasets.walkers import BURST, SITES, STRIDE, bump

    right = (time / STRIDE + 0.2) % 1
    wobble = np.random.default_rng(1).uniform(0.95, 1.05, (len(time), len(SITES)))
    return np.stack([0.05 + bump(right, BURST[site], 0.07) for site in SITES], axis=1) * wobble


def walker_strikes(length):
    from datasets.walkers import STRIDE
    from myoshift.types import Event

    right = np.arange(0.8 * STRIDE, length, STRIDE)
    return tuple(Event("foot_strike", float(time), "r") for time in right)


def simulated(columns, **names):
    values = np.stack(list(columns.values()), axis=1)
    return given(emg=None, sites={}, activation=table(values, tuple(columns), "1", 100.0))


WAVE = 0.4 + 0.3 * np.sin(np.arange(601) / 20)
CALM = np.full(601, 0.2) + 0.01 * WAVE
ANGLES = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")
GAPS = np.where(((np.arange(4000) % 1000) < 100)[:, None], np.nan, emg())


def angles(values, unit):
    return given(motion=table(values, ANGLES, unit, 100.0))


LEG = _angles(np.arange(601) / 100)[:, :3]


def mvc(level, peak=0.5, **facts):
    """A contraction and a task, unscaled."""
    walk = make_walk(seconds=3.0)
    top = np.nanmax(walk.activation, axis=0)
    hard = np.full_like(walk.activation, 1.0) * level
    return lambda folder: (
        replace(walk, task="mvc", trial="mvc", activation=hard.astype(np.float32)),
        replace(walk, activation=(peak * walk.activation / top).astype(np.float32), **facts),
    )


def leak(**changes):
    test = make_walk(subject="t", institution="south", seed=9)
    other = {"subject": "u", "institution": "east", "dataset": "copy", "trial": "renamed"} | changes
    source = (make_walk(subject="s", institution="north"), replace(test, **other))
    return lambda folder: fold("some", "fold", source=source, test=(test,), held="institution")


def mirrored(folder):
    test = make_walk(subject="t", institution="south", seed=9)
    copy = mirror(replace(test, subject="u", institution="east", dataset="copy", trial="renamed"))
    return fold("some", "fold", source=(copy,), test=(test,), held="institution")


def pieces(folder):
    test = make_walk(subject="t", institution="south", seed=9)
    learned = make_walk(subject="s", institution="north")
    return fold(
        "some", "fold", source=(learned,), test=(test.window(200, 600),), calibration=(test.window(0, 240),),
        held="institution",
    )  # fmt: skip


CASES = [
    Case(
        row=13,
        name="site",
        make=given(sites={"soleus": "soleos_r"}),
        use=prepare,
        tokens=("'soleos_r'", "nearest known names: soleus", "map it to one"),
    ),
    Case(
        row=13,
        name="muscle",
        make=simulated({"glutues": WAVE}),
        use=prepare,
        tokens=("no column is a muscle", "glutues", "myoshift list muscles"),
    ),
    Case(
        row=14,
        name="none",
        make=given(sites={"soleus": "soleus"}),
        use=prepare,
        tokens=("'soleus' has no side", "_r", "_l"),
    ),
    Case(
        row=15,
        name="swap",
        make=lambda folder: delayed(0.55),
        use=checked,
        code="side",
        tokens=("soleus_r", "swap", "own leg", "other one", "margin"),
    ),
    Case(
        row=20,
        name="drift",
        make=lambda folder: delayed(0.0, ppm=2000.0),
        use=checked,
        code="drift",
        tokens=("flag", "ppm", "interval", "s at the end", "200 ppm"),
    ),
    Case(
        row=21,
        name="apart",
        make=lambda folder: replace(walker(), emg=replace(walker().emg, time=walker().emg.time + 100)),
        use=prepare,
        tokens=("motion 0..6 s", "EMG 100..106 s", "offset 100 s", "tolerance"),
    ),
    Case(
        row=25,
        name="uV on angles",
        make=angles(LEG, "uV"),
        use=prepare,
        tokens=("hip_flexion_r", "'uV'", "RMS", "deg or rad"),
    ),
    Case(row=24, name="angle", make=angles(LEG, ""), use=prepare, tokens=("hip_flexion_r", "no unit", "deg or rad")),
    Case(
        row=26,
        name="degrees as radians",
        make=angles(LEG, "rad"),
        use=prepare,
        tokens=("hip_flexion_r", "57.3", ".."),
    ),
    Case(
        row=26,
        name="radians as degrees",
        make=angles(np.radians(LEG), "deg"),
        use=prepare,
        tokens=("57.3", "deg", "_r"),
    ),
    Case(
        row=28,
        name="height",
        make=given(subject=Subject(id="p", height=175.0)),
        use=prepare,
        code="body",
        tokens=("175", "0.5 to 2.3 m", "cm?", "whole body"),
    ),
    Case(
        row=38,
        name="outside",
        make=simulated({"soleus_r": 3 * WAVE}),
        use=prepare,
        tokens=("soleus_r", "min 0.3", "max 2.1", "[0, 1]"),
    ),
    Case(
        row=38,
        name="overshoot",
        make=simulated({"soleus_r": WAVE / WAVE.max() * 1.005}),
        use=prepare,
        code="overshoot",
        tokens=("soleus_r", "max 1.005", "samples clipped"),
    ),
    Case(
        row=38,
        name="zero",
        make=simulated({"soleus_r": 0 * WAVE}),
        use=prepare,
        tokens=("soleus_r", "0 throughout", "min 0, max 0"),
    ),
    Case(
        row=38,
        name="reserve",
        make=simulated({"hip_flexion_r_reserve": WAVE, "residual_FX": WAVE}),
        use=prepare,
        tokens=("no column is a muscle", "hip_flexion_r_reserve", "residual_FX"),
    ),
    Case(
        row=38,
        name="reserve beside a muscle",
        make=simulated({"soleus_r": WAVE, "residual_FX": 5 * WAVE}),
        use=prepare,
        code="no_muscle",
        tokens=("residual_FX", "no single muscle"),
    ),
    Case(
        row=39,
        name="subject",
        make=leak(subject="t", institution="south", dataset="south"),
        use=leakage.check,
        tokens=("subject", "south/t", "learned from in", "tested in"),
    ),
    Case(
        row=39,
        name="copy",
        make=leak(),
        use=leakage.check,
        tokens=("duplicate content", "copy/u//renamed", "south/t", "learned from in", "tested in"),
    ),
    Case(
        row=39,
        name="mirrored",
        make=mirrored,
        use=leakage.check,
        tokens=("mirrored copy", "copy/u//renamed", "south/t"),
    ),
    Case(
        row=39, name="clip", make=pieces, use=leakage.check, tokens=("overlapping window", "from 4.00 s", "south/t")
    ),
    Case(
        row=41,
        name="reversed knee",
        make=lambda folder: turned(walker(), "knee_angle_r"),
        use=checked,
        code="sign",
        tokens=("knee_angle_r", "flexion is the longer way"),
    ),
    Case(
        row=42,
        name="late EMG",
        make=lambda folder: delayed(0.3),
        use=checked,
        code="sync",
        tokens=("flag", "late", "ms (+0.27 of the cycle)", "tolerance"),
    ),
    Case(
        row=43,
        name="another muscle",
        make=lambda folder: with_emg(walker(), _exchanged()),
        use=checked,
        code="phase",
        tokens=("hamstrings_r", "expected at 0.97", "Perry"),
    ),
]


def _exchanged():
    """The hamstrings burst where nobody's do."""
    values = walker().emg.values.copy()
    values[:, 3] = np.roll(values[:, 3], 44)
    return values
