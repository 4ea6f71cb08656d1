"""Amplitude: the reference that scales a channel, and how strongly a channel is modulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
from scipy.ndimage import uniform_filter1d

from myoshift.errors import DataRefused
from myoshift.signal.blocks import per_block
from myoshift.types import Array, Flag, Normalisation, Recording

MVC = "mvc"
"""The task of a trial of maximal voluntary contraction."""

IMPLAUSIBLE = 1.2  # activation above which a contraction was not maximal

Cede = Literal["task MVC", "standardised isometric MVC", "submaximal", "peak/mean in task", "none", "M-wave"]
"""The classes of the CEDE amplitude-normalisation matrix (2020)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AmplitudeReference:
    """What one person's channels are divided by, and where it comes from.

    Parameters
    ----------
    names : M channels
    values : (M,) in the unit of the source, NaN for a channel that no trial measured
    normalisation, cede : what a `Recording` calls it, and what the CEDE matrix calls it
    trials : the trials it was taken from
    above : (M,) samples of the other trials that exceed it (100 %); zeros where there were none
    flags : what has to reach the report
    """

    names: tuple[str, ...]
    values: Array
    normalisation: Normalisation
    cede: Cede
    trials: tuple[str, ...]
    above: Array
    flags: tuple[Flag, ...] = field(default=())

    def scale(self, recording: Recording) -> Recording:
        """The recording in shares of the reference, with a flag that says where it comes from.

        Raises
        ------
        DataRefused
            When the recording has other channels or is scaled already.
        """
        if recording.activation_names != self.names or recording.normalisation != "none":
            raise DataRefused(
                "this amplitude reference does not fit",
                where=recording.id,
                why=f"channels {', '.join(recording.activation_names)}, normalisation {recording.normalisation}; "
                f"the reference has {', '.join(self.names)}",
                mend="scale recordings of the same channels, once",
            )
        says = f"{self.cede}, from {', '.join(self.trials)}; {int(self.above.sum())} samples above 100 %"
        return replace(
            recording,
            activation=(recording.activation / self.values).astype(np.float32),
            normalisation=self.normalisation,
            reference=tuple(map(float, self.values)),
            flags=(*recording.flags, Flag("amplitude", says), *self.flags),
        )


def percentile_reference(blocks: Sequence[Array], percentile: float = 95.0) -> Array:
    """One amplitude reference per channel over all recordings of a person: a percentile of the envelopes.

    Parameters
    ----------
    blocks : recordings (T_i, M) of the reference task, with the same channels. NaN is left out.
    percentile : 95 unless given

    Returns
    -------
    (M,) NaN for a channel that was never measured or is silent (reference 0), so that what is divided by it is NaN.

    Raises
    ------
    DataRefused
        When there is no recording.
    """
    if not blocks:
        raise DataRefused("no recording to take the amplitude reference from", mend="name another reference task")
    together = np.concatenate([np.asarray(block, float) for block in blocks])
    out = np.full(together.shape[1], np.nan)
    measured = np.isfinite(together).any(axis=0)
    out[measured] = np.nanpercentile(together[:, measured], percentile, axis=0)
    return np.where(out > 0, out, np.nan)


def mvc_reference(
    recordings: Sequence[Recording], *, window: float = 0.5, cede: Cede = "standardised isometric MVC"
) -> AmplitudeReference:
    """Reference from maximal voluntary contractions: the largest moving average of the envelope in any MVC trial.

    Parameters
    ----------
    recordings : one person's, unscaled; those with the task "mvc" are the contractions, the others are held
        against them
    window : s of the moving average

    Returns
    -------
    Flags `mvc_small` where the task reaches more than 1.2 of the reference (the contraction was not maximal), and
    `mvc_exceeded` where it is above 1; `mvc_day` when a session has no MVC trial of its own.

    Raises
    ------
    DataRefused
        When there is no MVC trial, or a channel that the task measured has none, or 0, as its reference.
    """
    contractions = [each for each in recordings if each.task == MVC]
    tasks = [each for each in recordings if each.task != MVC]
    if not contractions:
        raise DataRefused(
            "no MVC trial",
            where=_whose(recordings),
            why="no recording has the task 'mvc'",
            mend="name the task of the contractions 'mvc', or use the peak of the task",
        )
    names = _channels(recordings)
    values, peaks = _largest(contractions, names, window), _largest(tasks, names, 0.0)
    for name, value, peak in zip(names, values, peaks, strict=True):
        if value == 0 or (not value > 0 and (peak > 0 or not tasks)):
            raise DataRefused(
                "MVC of 0" if value == 0 else "MVC missing",
                where=f"{_whose(recordings)}, {name}",
                why=f"largest {window:g} s average {value:g}, task peak {peak:g}",
                mend="leave the channel out, or use the peak of the task",
            )
    return AmplitudeReference(
        names=names,
        values=values,
        normalisation="mvc",
        cede=cede,
        trials=tuple(each.trial for each in contractions),
        above=_above(tasks, values),
        flags=(*_exceeded(names, values, peaks), *_other_days(contractions, tasks)),
    )


def task_peak_reference(
    recordings: Sequence[Recording], *, statistic: Literal["peak", "mean"] = "peak", force: bool = False
) -> AmplitudeReference:
    """Reference from the task itself: the largest (or the mean) envelope over all of a person's trials together.

    Parameters
    ----------
    recordings : every trial of one person and one task, unscaled
    force : allow a single trial, which makes the reference one per trial

    Raises
    ------
    DataRefused
        When there is none, or only one and it is not forced, or tasks are mixed. A reference per trial or per cycle
        takes away what differs between them (CEDE 2020: one value across trials).
    """
    tasks = sorted({each.task for each in recordings})
    if len(tasks) != 1:
        raise DataRefused(
            "a task peak belongs to one task",
            where=_whose(recordings),
            why=f"tasks: {', '.join(tasks) or 'none'}",
            mend="give the recordings of one task",
        )
    if len(recordings) == 1 and not force:
        raise DataRefused(
            "an amplitude reference per trial",
            where=recordings[0].id,
            why="one trial given; a peak per trial hides the differences between trials",
            mend="give all trials of the task, or force it when the person has only this one",
        )
    names, together = _channels(recordings), np.concatenate([each.activation.astype(float) for each in recordings])
    values = np.full(len(names), np.nan)
    measured = np.isfinite(together).any(axis=0)
    values[measured] = (np.nanmax if statistic == "peak" else np.nanmean)(together[:, measured], axis=0)
    values = np.where(values > 0, values, np.nan)
    alone = Flag("per_trial", "the amplitude reference comes from one trial alone, as forced", recordings[0].id)
    return AmplitudeReference(
        names=names,
        values=values,
        normalisation="task_peak",
        cede="peak/mean in task",
        trials=tuple(each.trial for each in recordings),
        above=_above(recordings, values),
        flags=(alone,) if len(recordings) == 1 else (),
    )


def _channels(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """The channels that all share; refused unless they are one person's, unscaled."""
    first = recordings[0]
    for each in recordings:
        if (each.person, each.activation_names, each.normalisation) != (first.person, first.activation_names, "none"):
            raise DataRefused(
                "recordings that share no amplitude reference",
                where=each.id,
                why=f"{each.person}, {each.normalisation}, channels {', '.join(each.activation_names)}; "
                f"{first.id} has {', '.join(first.activation_names)}",
                mend="give one person's unscaled recordings of the same channels",
            )
    return first.activation_names


def _whose(recordings: Sequence[Recording]) -> str:
    return ", ".join(sorted({each.person for each in recordings}))


def _largest(recordings: Sequence[Recording], names: Sequence[str], window: float) -> Array:
    """Largest moving average over `window` seconds in any recording, (M,); NaN where there is none."""
    best = np.full(len(names), -np.inf)
    for each in recordings:
        width = max(1, round(window * each.rate))
        smooth = per_block(each.activation.astype(float), partial(_averages, width=width), shortest=width)
        best = np.maximum(best, np.where(np.isfinite(smooth), smooth, -np.inf).max(axis=0, initial=-np.inf))
    return np.where(np.isfinite(best), best, np.nan)


def _averages(block: Array, width: int) -> Array:
    """Moving averages (n, c); NaN at the ends, where no whole window lies."""
    out = uniform_filter1d(block, width, axis=0)
    out[: width // 2] = np.nan
    out[len(out) - (width - 1) // 2 :] = np.nan
    return np.asarray(out)


def _above(recordings: Sequence[Recording], values: Array) -> Array:
    counts = [(each.activation > values).sum(axis=0) for each in recordings]
    return np.asarray(np.sum([np.zeros(len(values)), *counts], axis=0))


def _exceeded(names: Sequence[str], values: Array, peaks: Array) -> list[Flag]:
    flags = []
    for name, value, peak in zip(names, values, peaks, strict=True):
        if peak > value:
            code = "mvc_small" if peak > IMPLAUSIBLE * value else "mvc_exceeded"
            flags.append(Flag(code, f"MVC {value:.4g}, task peak {peak:.4g}, ratio {peak / value:.2f}", name))
    return flags


def _other_days(contractions: Sequence[Recording], tasks: Sequence[Recording]) -> list[Flag]:
    own = {each.session for each in contractions}
    without = sorted({each.session for each in tasks} - own)
    said = f"MVC trials of session {', '.join(sorted(own))!r} scale another recording day"
    return [Flag("mvc_day", said, session) for session in without]


def coefficient_of_variation(values: Array) -> Array:
    """Standard deviation over mean of each channel of (T, C), NaN left out; NaN for an empty or zero-mean channel.

    Envelopes of gait EMG lie between about 0.4 and 1.5. A constant hum lies below 0.25, a signal that is one single
    artefact above 2.2.
    """
    there = np.isfinite(values)
    count = there.sum(axis=0)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / count
        spread = np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / count)
        return np.where(mean != 0, spread / mean, np.nan)
