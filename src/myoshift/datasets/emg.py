"""EMG of a trial as envelopes at sites, channels that are no EMG masked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets.base import place
from myoshift.errors import DataRefused
from myoshift.types import Array, EmgKind, Flag, Mask, Table, Trial

if TYPE_CHECKING:
    from myoshift.datasets.prepare import Preparation

LIMITS = signal.Limits(cv_low=0.0, cv_high=float("inf"))
"""How strongly a channel is modulated masks nothing here: that would be a look at what is to be predicted."""


def envelopes(trial: Trial, preparation: Preparation) -> tuple[Table | None, tuple[Flag, ...]]:
    """Envelopes of the channels that `trial.sites` maps, named by their sites, and the verdicts that speak.

    Raw EMG is filtered by `signal.envelope`, whose first `settle` seconds are then NaN: the low-pass starts at 0
    and shows a third of the envelope. A delivered envelope is clipped at 0. A channel that the verdict masks is NaN
    throughout. None when the trial has no EMG.

    Raises
    ------
    DataRefused
        When two channels are mapped to one site, or raw EMG cannot be filtered.
    UnknownNameError
        When a site is not known.
    """
    if trial.emg is None:
        return None, ()
    where = place(trial)
    channels = tuple(name for name in trial.emg.names if name in trial.sites)
    sites = tuple(trial.sites[name] for name in channels)
    _refuse_unclear(channels, sites, where)
    table = trial.emg.select(channels)
    masked, flags = _judged(table, trial.emg_kind)
    values = np.where(masked, np.nan, table.values)
    if trial.emg_kind == "raw":
        values = _filtered(values, table.rate, preparation, where)
        values[table.time < table.time[0] + preparation.settle] = np.nan
    return replace(table, values=np.clip(values, 0.0, None), names=sites), (*table.flags, *flags)


def _judged(table: Table, kind: EmgKind) -> tuple[Mask, list[Flag]]:
    """Which channels (C,) are masked, and one flag for all channels of which the same is said."""
    unit = table.units[0] if len(set(table.units)) == 1 else ""
    verdicts = signal.verdicts(table.values, table.rate, table.names, kind=kind, unit=unit, limits=LIMITS)
    said: dict[tuple[str, str], list[str]] = {}
    for verdict in verdicts:
        if verdict.status != "pass":
            said.setdefault((verdict.status, "; ".join(verdict.reasons)), []).append(verdict.channel)
    flags = [Flag(f"emg_{status}", why, ", ".join(channels)) for (status, why), channels in said.items()]
    return np.array([verdict.status == "masked" for verdict in verdicts], bool), flags


def _filtered(values: Array, rate: float, preparation: Preparation, where: str) -> Array:
    try:
        return signal.envelope(
            values, rate, low=preparation.emg_low, high=preparation.emg_high, cutoff=preparation.emg_cutoff
        )
    except DataRefused as error:
        place = f"{where}, {error.where}" if error.where else where
        raise DataRefused(error.what, where=place, why=error.why, mend=error.mend) from error


def _refuse_unclear(channels: tuple[str, ...], sites: tuple[str, ...], where: str) -> None:
    for channel, site in zip(channels, sites, strict=True):
        anatomy.site(site)
        if anatomy.split_side(site)[1] is None:
            raise DataRefused(
                f"site {site!r} has no side", where=f"{where}, {channel}", mend="map it to `..._r` or `..._l`"
            )
        if sites.count(site) > 1:
            twice = ", ".join(c for c, s in zip(channels, sites, strict=True) if s == site)
            raise DataRefused(f"two channels at the site {site!r}", where=where, why=twice, mend="map one of them")
