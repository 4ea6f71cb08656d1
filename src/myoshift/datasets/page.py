"""A page to look at recordings before anybody uses them: traces, envelopes, spectra, verdicts; one offline file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from numpy.typing import NDArray

from myoshift import __version__, anatomy, formats, signal
from myoshift.datasets import bursts, drawing
from myoshift.datasets.inspection import VOLTS, Channel, Inspection, describe
from myoshift.datasets.seen import SIDES, Seen
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.signal import measures
from myoshift.types import Array, EmgKind, Flag, Markers, Mask, Table, Trial

SPECTRUM = 500.0  # Hz, where surface EMG ends
DEEP = -60.0  # dB at the bottom of a spectrum
SHOWN_TRIALS = 24
Picture = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One file or trial: what it is in words, flags, and pictures of EMG, mean cycles, other channels and markers."""

    title: str
    facts: Mapping[str, str]
    flags: tuple[Flag, ...] = ()
    emg: tuple[Picture, ...] = ()
    cycles: tuple[Picture, ...] = ()
    others: tuple[Picture, ...] = ()
    markers: tuple[Picture, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many channels have which verdict."""
        found = Counter(each["verdict"] for each in (*self.emg, *self.others, *self.markers))
        return {verdict: found[verdict] for verdict in ("pass", "flag", "masked") if found[verdict]}

    @property
    def whole(self) -> tuple[str, ...]:
        """Markers that were seen throughout."""
        return tuple(each["name"] for each in self.markers if not each["verdict"])


def of_file(path: str | Path, *, emg: EmgKind | None = None, **options: Any) -> tuple[Inspection, Section]:
    """What `inspect` finds in a file, and the pictures of it.

    Raises
    ------
    DataRefused
        As `inspect` does.
    """
    found = formats.read(path, **options)
    inspection = describe(found, path, emg)
    opinions = {channel.name: channel for channel in inspection.channels}
    length = "no time axis" if inspection.duration is None else f"{inspection.duration:.2f} s"
    facts = {"format": inspection.format, "length": length, "channels": str(len(inspection.channels))}
    facts |= {"events": str(inspection.events), "sha256": inspection.sha256[:12]}
    return inspection, Section(
        title=Path(path).name, facts=facts, flags=inspection.flags, **_pictures(found, emg, opinions)
    )


def of_trials(trials: Iterable[Trial]) -> tuple[Section, ...]:
    """The first trial of each person and task, 24 at most."""
    seen: dict[tuple[str, str], Section] = {}
    for trial in trials:
        key = trial.subject.id, trial.task
        if key not in seen and len(seen) < SHOWN_TRIALS:
            seen[key] = of_trial(trial)
    return tuple(seen.values())


def of_trial(trial: Trial) -> Section:
    """A trial: its EMG channels, and its coordinates in canonical names, signs and units."""
    from myoshift.datasets.motion import canonical

    flags, others = trial.flags, tuple[Picture, ...]()
    try:
        if trial.motion is not None:
            motion, notes = canonical(trial, ())
            flags, others = (*flags, *notes), tuple(_lines(motion, {}))
    except DataRefused as error:
        flags = (*flags, Flag("motion_refused", str(error)))
    facts = {"person": trial.subject.id, "task": trial.task, "institution": trial.institution}
    facts |= {"motion": _length(trial.motion), f"EMG ({trial.emg_kind})": _length(trial.emg)}
    return Section(
        title=f"{trial.subject.id} / {trial.name}: {trial.task}",
        facts=facts,
        flags=flags,
        emg=tuple(_emg(trial.emg, trial.emg_kind, trial.sites)) if trial.emg else (),
        cycles=tuple(_cycles(trial)),
        others=others,
        markers=tuple(_strips(trial.markers.names, trial.markers.values)) if trial.markers else (),
    )


def write(
    target: Path, title: str, sections: Sequence[Section], note: str = "", verdicts: Sequence[Flag] = ()
) -> Path:
    """Write the page, whole or not at all; `verdicts` are on the whole target, before the sections."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = environment.from_string(resources.files(__package__).joinpath("page.html").read_text("utf-8"))
    text = template.render(title=title, sections=sections, note=note, verdicts=verdicts, version=__version__)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    return target


def _length(table: Table | None) -> str:
    return f"{table.duration:.2f} s at {table.rate:g} Hz, {len(table.names)} channels" if table else "none"


def _pictures(found: Any, emg: EmgKind | None, opinions: Mapping[str, Channel]) -> dict[str, tuple[Picture, ...]]:
    """The pictures of whatever a reader gave; a file without rates has none."""
    if isinstance(found, Table):
        return {"emg": tuple(_emg(found, emg, {}))} if emg else {"others": tuple(_lines(found, opinions))}
    if isinstance(found, Markers):
        return {"markers": tuple(_strips(found.names, found.values))}
    if isinstance(found, formats.Tables):
        parts = [_signals(table, emg, opinions) for table in found.tables]
        return {kind: tuple(each for part in parts for each in part[kind]) for kind in ("emg", "others")}
    if not isinstance(found, formats.C3D):
        return {}
    pictures = {"markers": tuple(_strips(found.point_names, found.points))}
    if found.analog_names:
        pictures |= _signals(found.analog_table(), emg, opinions)
    return pictures


def _signals(table: Table, emg: EmgKind | None, opinions: Mapping[str, Channel]) -> dict[str, tuple[Picture, ...]]:
    """Pictures of channels, those in volts as raw EMG."""
    units = dict(zip(table.names, table.units, strict=True))
    volts = [table.select(tuple(n for n in table.names if units[n] == unit)) for unit in VOLTS]
    rest = table.select(tuple(n for n in table.names if units[n] not in VOLTS))
    return {
        "emg": tuple(each for part in volts for each in _emg(part, emg or "raw", {})),
        "others": tuple(_lines(rest, opinions)),
    }


def _emg(table: Table, kind: EmgKind, sites: Mapping[str, str]) -> Iterator[Picture]:
    unit = table.units[0] if len(set(table.units)) == 1 else ""
    found = signal.verdicts(table.values, table.rate, table.names, kind=kind, unit=unit)
    for verdict, values, unit in zip(found, table.values.T, table.units, strict=True):
        middle = np.nanmean(values) if kind == "raw" and np.isfinite(values).any() else 0.0
        low, high = _range(values - middle, kind)
        smooth = _envelope(values, table.rate) if kind == "raw" else None
        yield {
            "name": verdict.channel,
            "site": sites.get(verdict.channel, ""),
            "verdict": verdict.status,
            "reasons": verdict.reasons,
            "numbers": _numbers(verdict.numbers),
            "trace": drawing.curve(values - middle, low, high),
            "envelope": "" if smooth is None else drawing.curve(smooth, low, high),
            "ticks": _ticks(low, high),
            "unit": unit,
            "seconds": _seconds(table),
            "spectrum": _spectrum(values, table.rate) if kind == "raw" else None,
        }


def _cycles(trial: Trial) -> Iterator[Picture]:
    """The mean cycle at each site of legs that walk, over the bursts that are expected of its muscle."""
    one = Seen(trial)
    for side in SIDES:
        for site, cycle in one.cycles(side).items():
            known, top = bursts.burst(site), float(cycle.max())
            if top > 0:
                yield {
                    "name": site,
                    "trace": drawing.curve(cycle / top, 0.0, 1.05),
                    "expected": f"{drawing.curve(bursts.template(site), 0.0, 1.05)} L1000 100 L0 100 Z"
                    if known
                    else "",
                    "peak": f"peak at {bursts.peak(cycle):.2f}",
                }


def _range(values: Array, kind: EmgKind) -> tuple[float, float]:
    """Raw EMG stands in the middle, an envelope on the ground."""
    low, high = drawing.limits(values)
    most = max(abs(low), abs(high))
    return (-most, most) if kind == "raw" else (min(float(np.nanmin(values, initial=0.0)), 0.0), high)


def _envelope(values: Array, rate: float) -> Array | None:
    try:
        return signal.envelope(values[:, None], rate)[:, 0]
    except DataRefused:  # the verdict says why
        return None


def _numbers(numbers: Mapping[str, float]) -> dict[str, str]:
    """What a reader of EMG looks for first."""
    said = {
        "CV": ("cv", "{:.2f}"),
        "median": ("median_frequency", "{:.0f} Hz"),
        "below 20 Hz": ("below_20_hz", "{:.0%}"),
    }
    return {word: form.format(numbers[key]) for word, (key, form) in said.items() if key in numbers}


def _spectrum(values: Array, rate: float) -> Picture | None:
    """Power density in dB below its peak, up to 500 Hz, and the mains lines in it."""
    there = values[np.isfinite(values)]
    if len(there) < measures.SHORTEST * rate or not np.ptp(there) > 0:
        return None
    frequency, power = measures.density(there, rate)
    top = min(SPECTRUM, rate / 2)
    power = power[frequency <= top]
    decibel = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    numbers, limit = measures.spectrum(there, rate), signal.Limits().mains
    over = {line: numbers[key] for line in measures.MAINS if (key := f"mains_{line:g}_decibel") in numbers}
    lines = [
        {"at": drawing.WIDE * line / top, "says": f"{line:g}", "over": value, "loud": value > limit}
        for line, value in over.items()
    ]
    multiples = [np.arange(2 * line, top, line) for line, value in over.items() if value > limit]
    harmonics = [drawing.WIDE * float(each) / top for some in multiples for each in some]
    path = drawing.curve(np.maximum(decibel, DEEP), DEEP, 3.0)
    return {
        "path": path,
        "area": f"{path} L1000 100 L0 100 Z",
        "lines": lines,
        "harmonics": harmonics,
        "top": f"{top:g} Hz",
    }


def _lines(table: Table, opinions: Mapping[str, Channel]) -> Iterator[Picture]:
    """Coordinates and other channels; radians are drawn in degrees, with the range of the body behind them."""
    for name, unit, values in zip(table.names, table.units, table.values.T, strict=True):
        opinion = opinions.get(name)
        unit = opinion.unit if opinion and opinion.unit else unit
        body = _body(formats.short_name(name)) if unit in ("rad", "deg") else None
        turned = unit == "rad"
        shown = np.rad2deg(values) if turned else values
        if body is not None:
            body = float(np.rad2deg(body[0])), float(np.rad2deg(body[1]))
        low, high = drawing.limits(shown)
        if body is not None:
            low, high = _around(body, low, high)
        band = None if body is None else (drawing.height(body[1], low, high), drawing.height(body[0], low, high))
        outside = 0.0 if body is None else _outside(shown, body)
        yield {
            "name": name,
            "verdict": opinion.verdict if opinion else "flag" if outside else "",
            "reasons": opinion.reasons if opinion and opinion.reasons else _said(outside, body),
            "body": "" if body is None else f"body {body[0]:.3g} to {body[1]:.3g}",
            "trace": drawing.curve(shown, low, high),
            "band": None if band is None else (band[0], round(band[1] - band[0], 2)),
            "ticks": _ticks(low, high),
            "unit": "deg" if turned else unit,
            "seconds": _seconds(table),
        }


def _body(name: str) -> tuple[float, float] | None:
    """The range of a joint angle, rad."""
    try:
        coordinate = anatomy.coordinate(name)
    except UnknownNameError:
        return None
    return (coordinate.low, coordinate.high) if coordinate.rotational else None


def _around(body: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Limits that show the whole range of the body, where the curve keeps a sixth of the height."""
    wide = drawing.limits(np.array([*body, low, high]))
    return wide if wide[1] - wide[0] < 6 * (high - low) else (low, high)


def _outside(values: Array, body: tuple[float, float]) -> float:
    there = values[np.isfinite(values)]
    return float(np.mean((there < body[0]) | (there > body[1]))) if len(there) else 0.0


def _said(outside: float, body: tuple[float, float] | None) -> tuple[str, ...]:
    if body is None or not outside:
        return ()
    return (f"{outside:.1%} outside the body's {body[0]:.4g} to {body[1]:.4g} deg",)


def _strips(names: Sequence[str], values: NDArray[np.floating]) -> Iterator[Picture]:
    """When each marker (T, P, 3) was seen."""
    for k, name in enumerate(names):
        there: Mask = np.asarray(np.isfinite(values[:, k]).all(axis=1))
        share = float(there.mean()) if len(there) else 0.0
        status = "masked" if share == 0 else "flag" if share < 1 else ""
        yield {"name": name, "verdict": status, "seen": f"{share:.1%}", "spans": drawing.spans(there)}


def _ticks(low: float, high: float) -> tuple[str, str]:
    """The limits in words, to a hundredth of their distance."""
    step = 10.0 ** (np.floor(np.log10(high - low)) - 2) if high > low else 1.0
    rounded = (round(each / step) * step + 0.0 for each in (high, low))
    top, bottom = (f"{each:,.0f}" if abs(each) >= 1000 else f"{each:.3g}" for each in rounded)
    return top.replace("-", "−"), bottom.replace("-", "−")


def _seconds(table: Table) -> tuple[str, str]:
    return (f"{table.time[0]:.4g}", f"{table.time[-1]:.4g} s") if len(table.time) else ("", "")
