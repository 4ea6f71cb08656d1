"""EMG of a trial as envelopes at sites, channels that are no EMG masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets.base import place
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.signal.blocks import per_block
from myoshift.types import Array, EmgKind, Flag, Table, Trial

if TYPE_CHECKING:
    from myoshift.datasets.prepare import Preparation

SHORTEST = 0.25  # s of raw EMG between two gaps that become an envelope; shorter pieces are NaN
LIMITS = signal.Limits(cv_low=0.0, cv_high=float("inf"), snr=0.0)
"""How strongly a channel is modulated masks nothing here: that would be a look at what is to be predicted."""


def envelopes(trial: Trial, preparation: Preparation) -> tuple[Table | None, tuple[Flag, ...]]:
    """Envelopes of the channels that `trial.sites` maps, named by their sites, and the verdicts that speak.

    Raw EMG is filtered by `signal.envelope`, each piece between gaps by itself, whose first `settle` seconds are then
    NaN: the low-pass starts at 0 and shows a third of the envelope. A delivered envelope is clipped at 0. A channel
    that the verdict masks is NaN throughout. Mains are taken out of raw EMG when the preparation asks for it, after
    the verdict, and a flag says so; another says when the recording shows the other line frequency. None when the
    trial has no EMG.

    Raises
    ------
    DataRefused
        When two channels are mapped to one site, raw EMG cannot be filtered or is in counts of a converter, or mains
        of that frequency do not exist.
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
    verdicts = _judged(table, trial.emg_kind)
    _refuse_counts(verdicts, where)
    _refuse_enveloped(verdicts, where)
    values = np.where([verdict.status == "masked" for verdict in verdicts], np.nan, table.values)
    flags = list(_said(verdicts))
    if trial.emg_kind == "raw":
        values = _filtered(values, table.rate, preparation, where)
        if preparation.mains is not None:
            flags += _mains(verdicts, preparation.mains)
    return replace(table, values=np.clip(values, 0.0, None), names=sites), (*table.flags, *flags)


def _judged(table: Table, kind: EmgKind) -> tuple[signal.Verdict, ...]:
    unit = table.units[0] if len(set(table.units)) == 1 else ""
    return signal.verdicts(table.values, table.rate, table.names, kind=kind, unit=unit, limits=LIMITS)


def _refuse_counts(verdicts: Sequence[signal.Verdict], where: str) -> None:
    for verdict in verdicts:
        for reason in verdict.reasons:
            if reason.startswith(signal.COUNTS):
                what, _, why = reason.partition(": ")
                mend = "state the unit as `counts`, or scale them to volts"
                raise DataRefused(what, where=f"{where}, {verdict.channel}", why=why, mend=mend)


def _refuse_enveloped(verdicts: Sequence[signal.Verdict], where: str) -> None:
    """Refuse raw EMG of which most channels are not raw: what was declared is wrong, not a channel."""
    found = {v.channel: [reason for reason in v.reasons if signal.ENVELOPED in reason] for v in verdicts}
    found = {channel: reasons for channel, reasons in found.items() if reasons}
    if len(found) > len(verdicts) / 2:
        channels = ", ".join(found)[:80]
        mend = "declare it as envelope (`emg_kind`, or `kind: envelope` or `rectified` in lab.yaml)"
        raise DataRefused(
            "envelopes declared as raw EMG",
            where=f"{where}, {channels}",
            why=next(iter(found.values()))[0],
            mend=mend,
        )


def _said(verdicts: Sequence[signal.Verdict]) -> Iterator[Flag]:
    """One flag for all channels of which the same is said."""
    said: dict[tuple[str, str], list[str]] = {}
    for verdict in verdicts:
        if verdict.status != "pass":
            said.setdefault((verdict.status, "; ".join(verdict.reasons)), []).append(verdict.channel)
    for (status, why), channels in said.items():
        yield Flag(f"emg_{status}", why, ", ".join(channels))


def _mains(verdicts: Sequence[signal.Verdict], line: float) -> Iterator[Flag]:
    """What was taken out, and where the other line frequency was found."""
    yield Flag("mains_removed", f"{line:g} Hz and harmonics, notches {signal.NOTCH_WIDTH:g} Hz wide, zero-phase")
    for channel, found in signal.wrong_mains(verdicts, line).items():
        yield Flag("mains_setting", found, channel)


def _filtered(values: Array, rate: float, preparation: Preparation, where: str) -> Array:
    """Envelopes of every piece without a gap, the first `settle` seconds of each NaN."""
    settle = int(np.ceil(preparation.settle * rate - 1e-6))

    def piece(block: Array) -> Array:
        if preparation.mains is not None:
            block = signal.remove_mains(block, rate, preparation.mains)
        low, high, cutoff = preparation.emg_low, preparation.emg_high, preparation.emg_cutoff
        smooth = signal.envelope(block, rate, low=low, high=high, cutoff=cutoff)
        smooth[:settle] = np.nan
        return smooth

    try:
        if not np.isfinite(values).any():
            return values
        return per_block(values, piece, shortest=min(len(values), round(SHORTEST * rate)))
    except DataRefused as error:
        place = f"{where}, {error.where}" if error.where else where
        raise DataRefused(error.what, where=place, why=error.why, mend=error.mend) from error


def _refuse_unclear(channels: tuple[str, ...], sites: tuple[str, ...], where: str) -> None:
    for channel, site in zip(channels, sites, strict=True):
        place = f"{where}, {channel}"
        try:
            anatomy.site(site)
        except UnknownNameError as error:
            raise UnknownNameError(error.what, where=place, why=error.why, mend=error.mend) from error
        if anatomy.split_side(site)[1] is None:
            why = "neither `_r` nor `_l` at its end, and nothing else tells the side"
            raise DataRefused(f"site {site!r} has no side", where=place, why=why, mend="map it to `..._r` or `..._l`")
        if sites.count(site) > 1:
            twice = ", ".join(c for c, s in zip(channels, sites, strict=True) if s == site)
            raise DataRefused(f"two channels at the site {site!r}", where=where, why=twice, mend="map one of them")
