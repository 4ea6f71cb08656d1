"""Facts about dymnz-wrist."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import medfilt, welch

from myoshift import signal
from myoshift.datasets.dymnz_wrist import ANGLES, SITES
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import Measure, count, flagged
from myoshift.types import Array, Trial

ROWS = {"FLX_1": 12007, "EXT_1": 12984, "FLXEXT_2": 22132, "SUP_5": 7871}
OFFSETS = dict(zip(SITES, (2030, 2006, 2052, 2039), strict=True))
STARTS = 6  # samples
SLOW = 3.0  # Hz of the low-pass of the envelopes that are correlated with angles
# movement: the angle that moves, in which direction, and the range over recordings of how far it goes, in deg
REACH = {"FLX": ("angle1", 1, 32, 38), "EXT": ("angle1", -1, 36, 40), "PRO": ("angle2", 1, 34, 45),
         "SUP": ("angle2", -1, 63, 74)}  # fmt: skip
# correlation of envelope and moving angle: least and greatest over the five recordings
FOLLOWS = {
    ("FLX", "ch1"): (0.65, 0.83),
    ("FLX", "ch3"): (0.66, 0.82),
    ("FLX", "ch2"): (-0.51, -0.05),
    ("FLX", "ch4"): (-0.48, -0.01),
    ("EXT", "ch4"): (0.70, 0.79),
    ("EXT", "ch2"): (0.67, 0.78),
    ("PRO", "ch1"): (0.72, 0.82),
    ("SUP", "ch2"): (0.47, 0.70),
}
STRENGTH = {"EXT": (37.6, 52.7), "FLX": (14.0, 17.8)}  # counts, mean envelope of ch4


def parts(trial: Trial) -> tuple[Array, Array]:
    """EMG (T, 4) and angles (T, 2) without the start."""
    if trial.emg is None or trial.motion is None:
        raise ValueError(f"{trial.name} has no EMG or no motion")
    return trial.emg.values[STARTS:], trial.motion.values[STARTS:]


def rows(name: str) -> Measure:
    """Finished rows of a recording, start-up values included."""

    def measure(evidence: Evidence) -> int:
        cut: int = flagged(f"*/{name}", "start_up")(evidence)
        return cut + sum(len(t.emg.time) for t in evidence.trials(f"*/{name}") if t.emg)

    return measure


def unfinished(evidence: Evidence) -> int:
    """Recordings whose last row was cut."""
    flags = [t.emg.flags for t in evidence.all if t.emg]
    return len([each for each in flags if "short_rows" in {flag.code for flag in each}])


def offset(channel: str) -> Measure:
    """Mean of a channel over all recordings, counts."""
    return lambda evidence: float(np.mean([t.emg.column(channel).mean() for t in evidence.all if t.emg]))


def counts(reduce: Callable[[list[float]], float], inner: Callable[[Array], float]) -> Measure:
    """Least or greatest sample of all channels."""
    return lambda evidence: reduce([float(inner(t.emg.values)) for t in evidence.all if t.emg])


def mains(evidence: Evidence) -> float:
    """Median over recordings of the mains line, in cycles per sample: what stands out most in the spectra."""

    def line(trial: Trial) -> float:
        emg, _ = parts(trial)
        frequency, power = welch((emg - emg.mean(axis=0)) / emg.std(axis=0), 1.0, nperseg=4096, axis=0)
        level = np.log(power).mean(axis=1)
        near = (frequency > 0.11) & (frequency < 0.15)
        return float(frequency[near][np.argmax((level - medfilt(level, 101))[near])])

    return float(np.median([line(trial) for trial in evidence.all]))


def whole(evidence: Evidence) -> str:
    """Whether all angles are whole numbers, as a word."""
    return "yes" if all((angles == np.round(angles)).all() for _, angles in map(parts, evidence.all)) else "no"


def held(reduce: Callable[[list[float]], float]) -> Measure:
    """Fewest or most rows, in the median of a recording, before an angle changes; pauses of 20 rows left out."""

    def rows_held(trial: Trial) -> float:
        changes = np.flatnonzero((np.diff(parts(trial)[1], axis=0) != 0).any(axis=1))
        lengths = np.diff(changes)
        return float(np.median(lengths[lengths < 20]))

    return lambda evidence: reduce([rows_held(trial) for trial in evidence.all])


def reach(movement: str, column: str, direction: int, reduce: Callable[[list[float]], float]) -> Measure:
    """How far an angle goes in a direction: the least or the greatest of the recordings, deg."""
    return lambda evidence: reduce(
        [float((direction * parts(t)[1][:, ANGLES.index(column)]).max()) for t in evidence.trials(f"*/{movement}_*")]
    )


def follows(movement: str, channel: str, reduce: Callable[[list[float]], float]) -> Measure:
    """Correlation of a channel's envelope with the angle that moves, in its direction."""
    column, direction, *_ = REACH[movement]

    def correlation(trial: Trial) -> float:
        emg, angles = parts(trial)
        envelope = signal.envelope(emg, 460.0, cutoff=SLOW)[:, list(SITES).index(channel)]
        return float(np.corrcoef(envelope, direction * angles[:, ANGLES.index(column)])[0, 1])

    return lambda evidence: reduce([correlation(trial) for trial in evidence.trials(f"*/{movement}_*")])


def strength(movement: str, reduce: Callable[[list[float]], float]) -> Measure:
    """Mean envelope of ch4, the least or the greatest of the recordings, counts."""

    def mean(trial: Trial) -> float:
        return float(signal.envelope(parts(trial)[0], 460.0, cutoff=SLOW)[:, 3].mean())

    return lambda evidence: reduce([mean(trial) for trial in evidence.trials(f"*/{movement}_*")])


ENDS: tuple[tuple[str, Callable[[list[float]], float]], ...] = (("least", min), ("greatest", max))

FACTS = (
    *(Fact(f"rows of {name}", rows(name), expected) for name, expected in ROWS.items()),
    Fact("finished rows", rows("*"), 444878),
    Fact("seconds", lambda e: rows("*")(e) / 460, around(967, 0.5)),
    Fact("recordings that end with an unfinished row", unfinished, 32),
    Fact("start-up values in EXT_4, PROSUP_3, PRO_5", flagged("*/EXT_4 */PROSUP_3 */PRO_5", "start_up"), 3),
    Fact("recordings with start-up values", flagged("*", "start_up"), 3),
    Fact("recordings of one movement", count("*/FLX_* */EXT_* */PRO_* */SUP_*"), 20),
    *(Fact(f"offset of {name}, counts", offset(name), around(value, 3)) for name, value in OFFSETS.items()),
    Fact("least count of 0..4095: no clipping", counts(min, np.min), Between(1, 4094)),
    Fact("greatest count of 0..4095: no clipping", counts(max, np.max), Between(1, 4094)),
    Fact("mains line, cycles per sample", mains, Between(0.129, 0.134)),
    Fact("angles are whole degrees", whole, "yes"),
    Fact("fewest rows of one angle", held(min), Between(2, 4)),
    Fact("most rows of one angle", held(max), Between(2, 4)),
    *(
        Fact(f"{name}: {word} reach, deg", reach(name, column, direction, reduce), float(expected))
        for name, (column, direction, *ends) in REACH.items()
        for (word, reduce), expected in zip(ENDS, ends, strict=True)
    ),
    *(
        Fact(f"{name}: {word} correlation of {channel} and angle", follows(name, channel, reduce), around(r, 0.02))
        for (name, channel), ends in FOLLOWS.items()
        for (word, reduce), r in zip(ENDS, ends, strict=True)
    ),
    *(
        Fact(f"{name}: {word} envelope of ch4, counts", strength(name, reduce), around(value, 0.6))
        for name, ends in STRENGTH.items()
        for (word, reduce), value in zip(ENDS, ends, strict=True)
    ),
)  # fmt: skip
