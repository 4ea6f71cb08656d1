"""Methods and provenance: what ISEK, CEDE and BIDS ask to be reported, and what is not known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoshift import __version__, datasets, signal
from myoshift.bench.report.written import Written
from myoshift.bench.spec import Benchmark
from myoshift.datasets.base import DatasetInfo
from myoshift.datasets.prepare import Preparation
from myoshift.errors import DataRefused, UnknownNameError

NOT_GIVEN = "not given"
HARDWARE = (
    *(
        "electrode material",
        "electrode shape and size",
        "inter-electrode distance",
        "electrode location and orientation",
    ),
    *("skin preparation", "detection mode", "input impedance", "CMRR", "gain", "ADC bits", "signal-to-noise ratio"),
)
"""Merletti 1999 (ISEK), CEDE 2019 and EMG-BIDS; no data set's facts state any of them."""
PEOPLE = ("mass", "height", "age", "sex")


@dataclass(frozen=True)
class Item:
    """One thing to report: a value for each data set; an empty one is `not given`."""

    name: str
    standard: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Provenance:
    """The block: data sets across, items down; what is not given for any; and what is done to all of them."""

    datasets: tuple[str, ...]
    items: tuple[Item, ...]
    unknown: tuple[str, ...]
    processing: tuple[tuple[str, str], ...]


def provenance(written: Written, folds: dict[str, list[dict[str, Any]]]) -> Provenance:
    """From the facts of the data sets, the recordings of the runs, and the constants of `prepare`."""
    spec = written.spec
    tested = [recording for each in folds.values() for fold in each for recording in fold.get("recordings", [])]
    named = {name: _known(name) for name in spec.datasets} | dict(map(_of_domain, spec.domains))
    own = {name: [r for r in tested if r["recording"].startswith(f"{name}/")] for name in named}
    facts = {name: _facts(info, own[name]) for name, info in named.items()}
    names = list(next(iter(facts.values())))
    items = [Item(name, _asked(name), tuple(each[name] for each in facts.values())) for name in names]
    known = tuple(item for item in items if any(item.values))
    return Provenance(tuple(facts), known, tuple(item.name for item in items if item not in known), processing(spec))


def _asked(name: str) -> str:
    return "BIDS" if name in _BIDS else "ISEK, CEDE"


_BIDS = ("institution", "people", "motion rate, Hz", "licence", "source", "files", *PEOPLE)


def _known(name: str) -> DatasetInfo | None:
    try:
        return datasets.load(name).info
    except UnknownNameError:
        return None


def _of_domain(path: str) -> tuple[str, DatasetInfo | None]:
    """Name and facts of a DOMAIN folder; its folder's name alone when it is no longer there."""
    try:
        info = datasets.about(path)
    except DataRefused:
        return Path(path).name, None
    return info.name, info


def _facts(info: DatasetInfo | None, recordings: list[dict[str, Any]]) -> dict[str, str]:
    """What is known of one data set; empty where nothing is."""
    given = {
        "institution": info.institution if info else "",
        "people": str(info.people) if info else "",
        "conditions of contraction (tasks)": ", ".join(info.tasks) if info else "",
        "motion rate, Hz": _rates(info.motion_rates) if info else "",
        "EMG rate as delivered, Hz": _rates(info.emg_rates) if info else "",
        "licence": info.licence if info else "",
        "source": info.citation if info else "",
        "files": f"{info.repository} at {info.commit[:12]}" if info and info.repository else "",
    }
    people = {what: _range(recordings, what) for what in PEOPLE}
    return {**given, **people, **dict.fromkeys(HARDWARE, "")}


def _rates(rates: tuple[float, ...]) -> str:
    return ", ".join(f"{rate:g}" for rate in rates)


def _range(recordings: list[dict[str, Any]], what: str) -> str:
    """Lowest and highest over people; nothing where one person's is missing."""
    found = {recording["person"]: recording.get(what) for recording in recordings}
    values = sorted(value for value in found.values() if value is not None)
    if not found or len(values) < len(found):
        return ""
    low, high = (value if isinstance(value, str) else f"{value:g}" for value in (values[0], values[-1]))
    return low if low == high else f"{low} to {high}"


def processing(spec: Benchmark) -> tuple[tuple[str, str], ...]:
    """What is done to every raw EMG and motion, for a paper's section of methods."""
    chosen = Preparation()
    design = signal.Design(rate=1000.0, low=chosen.emg_low, high=chosen.emg_high, cutoff=chosen.emg_cutoff)
    low, high = design.effective_band
    return (
        (
            "band-pass of raw EMG",
            f"Butterworth, N = {design.order}, {design.passes} passes (there and back: zero-phase), "
            f"effective order {design.effective_order}; design {design.low:g} Hz to min(400 Hz, 0.45 × rate), that "
            f"is −6 dB; −3 dB at {low:.1f} and {high:.0f} Hz for EMG of 1,000 Hz",
        ),
        ("mains", "not removed" if chosen.mains is None else f"{chosen.mains:g} Hz and harmonics removed"),
        ("rectification", "full wave"),
        (
            "envelope",
            f"low-pass Butterworth, N = {design.order}, {design.passes} passes, effective order "
            f"{design.effective_order}; design cut-off {chosen.emg_cutoff:g} Hz, effective −3 dB at "
            f"{design.effective_cutoff:.2f} Hz; zero-phase; clipped at 0; EMG that is delivered as an envelope is "
            "taken as it is, and its filters are not given",
        ),
        ("sampling of envelopes and motion", f"{chosen.rate:g} Hz stored, {spec.rate:g} Hz learned and scored"),
        (
            "motion",
            f"low-pass Butterworth, effective order 4, {chosen.motion_cutoff:g} Hz, zero-phase",
        ),
        (
            "amplitude normalisation",
            "CEDE: percentile in the task, one value for each person and channel over all trials: the 95th "
            "percentile over "
            + ", ".join(spec.reference_tasks)
            + "; few-shot: over the calibration seconds alone; no maximal voluntary contraction",
        ),
        ("software", f"myoshift {__version__}; hash of the benchmark {spec.digest}"),
    )
