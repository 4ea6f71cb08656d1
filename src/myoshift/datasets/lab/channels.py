"""EMG of a trial as the spec says: which channels are at which sites, what is left out, what it is relative to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from myoshift import anatomy, registry, signal
from myoshift.anatomy import split_side
from myoshift.datasets.lab.movement import within
from myoshift.datasets.lab.parts import Emg
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import EmgKind, Flag, Recording, Table

RECTIFIED_CUTOFF = 6.0  # Hz, the low-pass that makes an envelope of a rectified signal, as in `Preparation`
HIGHEST = 1.2  # an activation above this share of a maximal contraction: the contraction was not maximal
_SIDES = (None, "r", "l")
SPELLINGS = {"v": "V", "volt": "V", "volts": "V", "mv": "mV", "uv": "uV", "µv": "uV", "μv": "uV"}


def sites(emg: Emg, there: Sequence[str], where: Path) -> dict[str, str]:
    """Site of each channel of a file that the spec names; where the spec has `{}`, of both sides that are there.

    A name with `*` is that of the one channel that fits it and is not named in full.

    Raises
    ------
    DataRefused
        When a channel is not there, a site is unknown (the nearest are named) or has no side, or two channels fit.
    """
    found: dict[str, str] = {}
    expanded = [(channel, *each) for channel in emg.sites for each in _sided(emg, channel)]
    free = [name for name in there if name not in {written for _, written, _ in expanded}]
    absent = set(emg.sites)
    for channel, written, side in sorted(expanded, key=lambda each: _SIDES.index(each[2])):
        left = [name for name in free if name not in found]
        for name in [written] if written in there else _fitting(written, left, channel, where):
            found[name] = _site(emg.sites[channel], side or emg.side, channel, where)
            absent.discard(channel)
    for channel in emg.sites:
        if channel in absent:
            raise _absent(channel, there, where)
    if not found:
        raise DataRefused(
            "no channel has a site", where=where, why=f"channels: {', '.join(there[:12])}", mend="fill in `emg.sites`"
        )
    return found


def table(found: Table, emg: Emg, where: Path) -> tuple[Table, EmgKind, tuple[Flag, ...]]:
    """The EMG with its unit, without what is left out; its kind; and why.

    Raises
    ------
    DataRefused
        When kind or unit is not stated, or a channel to drop is not there.
    """
    if emg.kind is None:
        raise DataRefused(
            "is the EMG raw or an envelope?", where=where, mend="write `emg.kind:` raw, rectified or envelope"
        )
    units, notes = _units(found, emg, where)
    cut = within(replace(found, units=units), emg.window)
    kept, dropped = _dropped(cut, emg, where)
    if emg.kind != "rectified":
        return kept, emg.kind, (*notes, *dropped)
    smooth = replace(kept, values=signal.lowpass(kept.values, kept.rate, RECTIFIED_CUTOFF))
    said = Flag("rectified", f"rectified by the lab; a {RECTIFIED_CUTOFF:g} Hz low-pass makes the envelope")
    return smooth, "envelope", (*notes, said, *dropped)


def normalised(recording: Recording, emg: Emg) -> Recording:
    """The recording with what its amplitudes are relative to, divided by it where the file's are not yet.

    Raises
    ------
    DataRefused
        When a site has no reference, or one that is not positive.
    """
    amplitude = emg.normalisation
    if amplitude.kind == "none" or not recording.activation_names:
        return recording
    whole = np.nan if not amplitude.applied else 100.0 if emg.unit == "%" else 1.0
    values = [amplitude.values.get(name, whole) for name in recording.activation_names]
    for name, value in zip(recording.activation_names, values, strict=True):
        if not (np.isfinite(value) and value > 0):
            raise DataRefused(
                f"no usable {amplitude.kind} of {name}",
                where=recording.id,
                why="there is none" if name not in amplitude.values else f"{value:g}",
                mend="write a positive number in `emg.normalisation.values`, in the unit of the EMG",
            )
    if not amplitude.applied:
        activation = (recording.activation / np.array(values)).astype(np.float32)
        recording = replace(recording, activation=activation)
    flags = _too_high(recording, emg) if amplitude.kind == "mvc" else ()
    return replace(recording, normalisation=amplitude.kind, reference=tuple(values), flags=(*recording.flags, *flags))


def _sided(emg: Emg, channel: str) -> list[tuple[str, str | None]]:
    if "{}" not in channel:
        return [(channel, None)]
    return [(channel.replace("{}", letter), side) for letter, side in zip(emg.letters, "rl", strict=True)]


def _fitting(written: str, there: Sequence[str], channel: str, where: Path) -> list[str]:
    """The one channel that a name with `*` fits, or none."""
    fitting = [name for name in there if "*" in written and fnmatchcase(name, written)]
    if len(fitting) > 1:
        raise DataRefused(
            f"{len(fitting)} channels fit {channel!r} in `emg.sites`",
            where=where,
            why=", ".join(fitting[:12]),
            mend="write more of the name",
        )
    return fitting


def _site(site: str, side: str | None, channel: str, where: Path) -> str:
    try:
        anatomy.site(site)
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{error.what} in `emg.sites` for {channel!r}", where=where, why=error.why, mend=error.mend
        ) from error
    if split_side(site)[1] is not None:
        return site
    if side is None:
        raise DataRefused(
            f"the site {site!r} of {channel!r} has no side",
            where=where,
            mend=f"write `{site}_r` or `{site}_l`, or `emg.side:` for all",
        )
    return f"{site}_{side}"


def _absent(channel: str, there: Sequence[str], where: Path) -> UnknownNameError:
    unknown = registry.unknown("channel", channel, there)
    return UnknownNameError(
        f"there is no channel {channel!r} for `emg.sites`",
        where=where,
        why=unknown.why,
        mend="name it as the file does",
    )


def _units(found: Table, emg: Emg, where: Path) -> tuple[tuple[str, ...], tuple[Flag, ...]]:
    """The unit of every channel. Angular units, which OpenSim's header states for all columns, say nothing of EMG."""
    stated = {SPELLINGS.get(unit.strip().lower(), "") for unit in found.units} - {""}
    if emg.unit is None and len(stated) != 1:
        raise DataRefused(
            "the EMG has no unit" if not stated else "the EMG has several units",
            where=where,
            why=", ".join(sorted(stated)) or "the file states none",
            mend="write `emg.unit:` V, mV, uV, counts, 1 (a fraction), % or arbitrary",
        )
    if emg.unit is None or stated <= {emg.unit}:
        return (emg.unit or stated.pop(),) * len(found.names), ()
    said = f"the file says {', '.join(sorted(stated))}; read as {emg.unit} because lab.yaml says so"
    return (emg.unit,) * len(found.names), (Flag("unit", said),)


def _dropped(found: Table, emg: Emg, where: Path) -> tuple[Table, tuple[Flag, ...]]:
    reasons = {name: why for named, why in emg.drop.items() for name in _named(named, found.names, "emg.drop", where)}
    if emg.spread:
        low, high = emg.spread
        spread = dict(zip(found.names, np.nanstd(found.values, axis=0), strict=True))
        for name, sd in spread.items():
            if name not in reasons and not low <= sd <= high:
                reasons[name] = f"SD {sd:.4g} {found.units[0]}, outside {low:g}..{high:g}"
    kept = tuple(name for name in found.names if name not in reasons)
    return found.select(kept), tuple(Flag("dropped", why, name) for name, why in reasons.items())


def _named(named: str, there: Sequence[str], key: str, where: str | Path) -> list[str]:
    """The channels that a name, or a name with wildcards, means."""
    names = [name for name in there if name == named or fnmatchcase(name, named)]
    if not names:
        raise UnknownNameError(
            f"there is no channel {named!r} for `{key}`",
            where=where,
            why=registry.unknown("channel", named, there).why,
            mend="name it as the file does",
        )
    return names


def masked(recording: Recording, emg: Emg, channels: Mapping[str, str]) -> Recording:
    """The recording whose masked stretches, on its own clock, are NaN, with a flag for each.

    Parameters
    ----------
    channels : site of each channel

    Raises
    ------
    UnknownNameError
        When a mask names no channel.
    """
    activation, flags = recording.activation.copy(), []
    time = recording.start + np.arange(len(activation)) / recording.rate
    for mask in emg.mask:
        low, high = (-np.inf if mask.window[0] is None else mask.window[0], mask.window[1])
        rows = (time >= low) & (time <= (np.inf if high is None else high))
        for name in _named(mask.channel, tuple(channels), "emg.mask", recording.id):
            if channels[name] in recording.activation_names:
                activation[rows, recording.activation_names.index(channels[name])] = np.nan
                span = (
                    "" if rows.all() else f", {time[rows].min():.2f}..{time[rows].max():.2f} s" if rows.any() else ""
                )
                flags.append(Flag("masked", mask.why + span, name))
    return replace(recording, activation=activation, flags=(*recording.flags, *flags)) if emg.mask else recording


def _too_high(recording: Recording, emg: Emg) -> tuple[Flag, ...]:
    scale, flags = (100.0 if emg.unit == "%" and emg.normalisation.applied else 1.0), []
    for name, column in zip(recording.activation_names, recording.activation.T, strict=True):
        peak = float(column[np.isfinite(column)].max(initial=0.0)) / scale
        if peak > HIGHEST:
            flags.append(Flag("above_mvc", f"peaks at {peak:.3g} of its mvc: was the contraction maximal?", name))
    return tuple(flags)
