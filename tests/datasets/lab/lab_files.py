"""A small laboratory on disk: two people, two tasks; motion, EMG and forces in files of their own."""

from __future__ import annotations

import numpy as np

from conftest import make_walk
from myoshift import formats
from myoshift.types import Table

SPEC = """\
name: toylab
institution: Toy University
files:
  motion: "{subject}/{task}_{trial}_ik.sto"
  emg: {path: "{subject}/{task}_{trial}_emg.csv", time: time}
trial: "{task}{trial}"
tables: {task: {slow: walk, fast: run}}
subjects: {s1: {mass: 70, height: 1.75}}
motion: {convention: rajagopal}
emg:
  kind: envelope
  unit: mV
  sites: {"TA_{}": tibialis_anterior, "GM_{}": gastrocnemius_medialis, "SO_{}": soleus}
  letters: [R, L]
"""
EMG = {"tibialis_anterior": "TA", "gastrocnemius_medialis": "GM", "soleus": "SO"}


def trial_files(folder, subject="s1", task="slow", trial="1", *, seconds=6.0, seed=0):
    """One trial: motion in degrees at 100 Hz as .sto, envelopes at 100 Hz as .csv with a column of time."""
    walk = make_walk(subject=subject, rate=100.0, seconds=seconds, seed=seed)
    time = np.arange(len(walk.motion)) / walk.rate
    motion = Table(
        values=np.rad2deg(walk.motion.astype(float)),
        names=walk.motion_names,
        units=("deg",) * 6,
        rate=100.0,
        time=time,
    )
    place = folder / subject
    place.mkdir(parents=True, exist_ok=True)
    formats.write_sto(place / f"{task}_{trial}_ik.sto", motion, in_degrees=True)
    names = [f"{EMG[name[:-2]]}_{name[-1].upper()}" for name in walk.activation_names]
    rows = [",".join(["time", *names])]
    rows += [",".join(f"{x:.6f}" for x in (t, *row)) for t, row in zip(time, walk.activation, strict=True)]
    (place / f"{task}_{trial}_emg.csv").write_text("\n".join(rows) + "\n")
    return walk


def laboratory(folder, *, seconds=6.0, seed=0):
    """Two people, each with a slow and a fast trial; the spec beside them, whose text is given back."""
    for number, subject in enumerate(("s1", "s2")):
        for k, task in enumerate(("slow", "fast")):
            trial_files(folder, subject, task, seconds=seconds, seed=seed + 10 * number + k)
    return SPEC
