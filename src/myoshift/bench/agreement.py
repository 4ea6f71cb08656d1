"""How well simulated activations agree with the EMG of the very same motion, with nothing learned.

Of each recording with EMG of a leg its twin is made, and each site is correlated with the muscles that it sees. Legs
are averaged within a recording, recordings within a person, people within an institution. A delay is the time by which
an envelope comes before the activation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from myoshift import anatomy, metrics
from myoshift.errors import DataRefused
from myoshift.simulate.twins import twin
from myoshift.types import Array, Recording

DELAYS = np.arange(16) / 100
"""s, 0 to 150 ms."""
WHERE = ["institution", "condition"]
PERSON = [*WHERE, "person"]
CURVE = [f"r_{1000 * delay:.0f}" for delay in DELAYS]
APART = "rectus_femoris"
"""Static optimisation has it work when its surface EMG is silent: every mean is given without it as well."""


def compare(
    recordings: Iterable[Recording], simulated: Callable[[Recording], Recording] = twin
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Agreement of every recording that has EMG over muscles of a leg and a motion that can be simulated.

    Parameters
    ----------
    recordings : measured, at 100 Hz
    simulated : from a recording to the same frames with muscles in place of sites

    Returns
    -------
    One row for each institution, condition (`population-task`) and site, and the recordings that cannot be simulated
    with the reason. Columns: `people`; `feasible`, share of their frames that the muscles explain; `r_0` to `r_150`,
    Pearson's r with the EMG moved back by so many ms; `best`, the largest r of each muscle within 150 ms before or
    after; `lag`, s, where that is, positive when the activation comes after the EMG.
    """
    rows, refused = [], []
    for recording in recordings:
        sites = _sites(recording)
        if recording.kind != "emg_envelope" or not sites:
            continue
        try:
            found = simulated(recording)
        except DataRefused as error:
            refused.append((recording.id, error.why or error.what))
            continue
        columns = [recording.activation_names.index(name) for name in sites]
        seen = [i for i, name in enumerate(sites) if _side(name) in map(_side, found.activation_names)]
        names = [sites[i] for i in seen]
        values = found.activation.astype(np.float64) @ anatomy.montage(names, found.activation_names).T
        measured = recording.activation[:, [columns[i] for i in seen]].astype(np.float64)
        each = correlated(values, measured, recording.rate)
        rows.append(
            each.assign(
                site=[anatomy.split_side(name)[0] for name in names],
                recording=recording.id,
                person=recording.person,
                institution=recording.institution,
                condition=recording.domain.partition("/")[2],
                feasible=np.isfinite(found.activation).all(axis=1).mean(),
            )
        )
    return _by_institution(pd.concat(rows, ignore_index=True)), tuple(refused)


def correlated(simulated: Array, measured: Array, rate: float) -> pd.DataFrame:
    """A row for each of M sites, simulated and measured (T, M): r at each of `DELAYS`, best r, and its lag."""
    frames = [round(delay * rate) for delay in DELAYS]
    count = len(measured)
    curve = np.stack([metrics.r(simulated[k:], measured[: count - k]) for k in frames], axis=1)
    best, lag = metrics.r_best(simulated, measured, rate), metrics.lag(simulated, measured, rate)
    return pd.DataFrame(curve, columns=CURVE).assign(best=best, lag=lag)


def others_delay(rows: pd.DataFrame, institution: str = "") -> float:
    """The delay (s) with the highest mean r at all institutions but one: sites, conditions, institutions alike.

    With no institution named it is that of all, which has seen the EMG that it is then scored on.
    """
    others = rows[rows["institution"] != institution]
    mean = others.groupby(WHERE)[CURVE].mean().groupby("institution").mean().mean()
    return float(DELAYS[int(np.argmax(mean))])


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over the sites of each institution and condition, with the delay of the other institutions.

    Columns: people, sites, feasible; `r`, `delayed` and `best`; `delay`, s; `rest` and `rest_delayed`, the same
    without rectus femoris.
    """
    found = []
    for (institution, condition), own in rows.groupby(WHERE, sort=False):
        delay = others_delay(rows, str(institution))
        moved, rest = CURVE[int(np.argmin(np.abs(DELAYS - delay)))], own[own["site"] != APART]
        numbers = {"people": int(own["people"].max()), "sites": len(own), "feasible": own["feasible"].mean()}
        means = {"r": own["r_0"], "delayed": own[moved], "best": own["best"], "rest": rest["r_0"]}
        means |= {"rest_delayed": rest[moved], "lag": own["lag"]}
        means |= {"delay": pd.Series([delay])}
        found.append({"institution": institution, "condition": condition, **numbers, **_mean(means)})
    return pd.DataFrame(found)


def _mean(columns: dict[str, pd.Series]) -> dict[str, float]:
    return {name: float(column.mean()) for name, column in columns.items()}


def _sites(recording: Recording) -> list[str]:
    """Measured channels over muscles of a leg."""
    muscles = set(anatomy.IPSILATERAL)
    there = np.isfinite(recording.activation).any(axis=0)
    names = [name for name, use in zip(recording.activation_names, there, strict=True) if use]
    return [name for name in names if set(anatomy.site(name).muscles) & muscles and _side(name)]


def _side(name: str) -> str | None:
    return anatomy.split_side(name)[1]


def _by_institution(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over legs, recordings, people, in this order."""
    values = ["feasible", *CURVE, "best", "lag"]
    people = rows
    for keys in ([*PERSON, "recording", "site"], [*PERSON, "site"]):
        people = people.groupby(keys, sort=True)[values].mean().reset_index()
    people = people[np.isfinite(people["r_0"])]
    by = people.groupby([*WHERE, "site"])
    return by[values].mean().assign(people=by["person"].nunique()).reset_index()
