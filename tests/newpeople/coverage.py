"""Do intervals from the people of other institutions hold for the people of this one?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from myoshift import metrics
from myoshift.bench import stats
from myoshift.calibration.chain import steps
from myoshift.calibration.intervals import fit_intervals

FLOOR = 0.05
"""Added to the SD of the members, where intervals are scaled by it."""
LEVELS = (0.9, 0.8)
BY_MUSCLE = (
    "predictions",
    "level",
    "muscle",
    "people",
    "without enough people",
    "coverage",
    "lowest person",
    "width",
)
COLUMNS = (
    *("predictions", "level", "per", "scaled by", "people", "pairs", "without enough people"),
    *("coverage", "low", "high", "lowest person", "by institution", "width"),
)


def predictions(people, calibrators, rate):
    """Of each person (T, M): predicted, measured and the members' SD; calibrated on the person's own seconds."""
    for one in people:
        if calibrators == "none":
            said = [leg.outputs.prediction for leg in one.test]
        else:
            seen, measured = ([getattr(x, k) for x in one.calibration] for k in ("outputs", "measured"))
            chain = steps(calibrators).fit(seen, measured, rate)
            said = [chain.apply(leg.outputs, rate) for leg in one.test]
        rest = ([getattr(leg, k) for leg in one.test] for k in ("measured", "spread"))
        yield one.key, tuple(np.concatenate(each) for each in (said, *rest))


def covered(known, outputs, level, per, scaled):
    """Share and width of every person's muscle, and whether its half width comes from enough people.

    `known` is a list of (institution, person) and what `predictions` gives of them.
    """
    scale = {key: each[2] + FLOOR if scaled else np.ones_like(each[0]) for key, each in known}
    lines = []
    for place in sorted({key[0] for key, _ in known}):
        others = [(y - p) / scale[key] for key, (p, y, _) in known if key[0] != place]
        found = fit_intervals(others, outputs, level=level, per=per)
        for key, (p, y, _) in known:
            if key[0] == place:
                low, high = (np.where(np.isfinite(y), end, np.nan) for end in found.bounds(p, scale[key]))
                share, wide = metrics.coverage(low, high, y), metrics.width(low, high)
                enough = np.isfinite(found.half_width)
                lines += [(*key, *each) for each in zip(outputs, share, wide, enough, strict=True)]
    names = ["institution", "subject", "muscle", "share", "width", "enough"]
    return pd.DataFrame(lines, columns=names).dropna()


def row(label, known, outputs, level, per, scaled):
    """One line of the table over people: the mean over the muscles of each that have enough people."""
    table = covered(known, outputs, level, per, scaled)
    enough = table[table["enough"]]
    people = enough.groupby(["institution", "subject"])[["share", "width"]].mean()
    about, spread = stats.estimate(people["share"]), "SD of the members" if scaled else ""
    mean = about.by_person
    figures = (mean.value, mean.low, mean.high, people["share"].min(), about.by_institution.value)
    shown = [f"{each:.3f}" for each in (*figures, people["width"].mean())]
    return [label, level, per, spread, about.people, len(table), len(table) - len(enough), *shown]


def muscles(label, people, calibrators, outputs, rate):
    """A line for each muscle, plain intervals per frames; one without enough people has those of all activations."""
    known = list(predictions(people, calibrators, rate))
    for level in LEVELS:
        for muscle, own in covered(known, outputs, level, "frames", False).groupby("muscle", sort=False):
            share, wide = (f"{own[name].mean():.3f}" for name in ("share", "width"))
            yield [
                label,
                level,
                muscle,
                len(own),
                int((~own["enough"]).sum()),
                share,
                f"{own['share'].min():.3f}",
                wide,
            ]


def rows(label, people, calibrators, outputs, rate):
    known = list(predictions(people, calibrators, rate))
    for level in LEVELS:
        for per in ("frames", "people"):
            for scaled in (False, True):
                yield row(label, known, outputs, level, per, scaled)
