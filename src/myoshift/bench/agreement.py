"""How well simulated activations agree with the EMG of the very same motion, with nothing learned.

Each site of a leg is correlated with the muscles that it sees in the recording's twin; legs, recordings, people and
institutions are averaged in this order. A delay is the time by which an envelope comes before the activation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from myoshift import anatomy, metrics
from myoshift.errors import DataRefused
from myoshift.simulate.twins import twin
from myoshift.types import Array, Recording

DELAYS = np.arange(16) / 100  # s
CURVE = [f"r_{1000 * delay:.0f}" for delay in DELAYS]
WHERE = ["institution", "condition"]
APART = "rectus_femoris"  # static optimisation has it work when its surface EMG is silent


def compare(
    recordings: Iterable[Recording], simulated: Callable[[Recording], Recording] = twin
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Agreement of every recording that has EMG of a leg and a motion that can be simulated.

    Parameters
    ----------
    recordings : at 100 Hz; those without measured activation are passed over
    simulated : from a recording to the same frames with muscles in place of sites

    Returns
    -------
    A row for each institution, condition (`population-task`) and site; and what cannot be simulated, with the reason.
    Columns: `feasible`, share of the frames that the muscles explain; `r_0` to `r_150`, r with the activation
    taken so many ms later; `best`, the largest r of each muscle within 150 ms either way; `lag`, s, where that is,
    positive when the activation comes after the EMG; `people`.

    Raises
    ------
    DataRefused
        When nothing is left to compare.
    """
    rows, refused = [], []
    for recording in recordings:
        if recording.kind != "emg_envelope" or not _sites(recording):
            continue
        try:
            rows.append(_rows(recording, simulated(recording)))
        except DataRefused as error:
            refused.append((recording.id, error.why or error.what))
    if not rows:
        why = "; ".join(f"{name}: {reason}" for name, reason in refused) or "no EMG of a leg"
        raise DataRefused("no recording can be compared", why=why, mend="name data sets with motion and EMG of a leg")
    return _by_institution(pd.concat(rows, ignore_index=True)), tuple(refused)


def correlated(simulated: Array, measured: Array, rate: float) -> pd.DataFrame:
    """A row for each of M sites, simulated and measured (T, M): r at each of `DELAYS`, best r, and its lag in s."""
    count = len(measured)
    curve = [metrics.r(simulated[k:], measured[: count - k]) for k in (round(delay * rate) for delay in DELAYS)]
    best, lag = metrics.r_best(simulated, measured, rate), metrics.lag(simulated, measured, rate)
    return pd.DataFrame(np.stack(curve, axis=1), columns=CURVE).assign(best=best, lag=lag)


def others_delay(rows: pd.DataFrame, institution: str = "") -> float:
    """The delay (s) with the highest mean r at all institutions but one; sites, conditions, institutions weigh alike.

    With no institution named it is that of all, which has seen the EMG that it is then scored on.
    """
    others = rows[rows["institution"] != institution]
    mean = others.groupby(WHERE)[CURVE].mean().groupby("institution").mean().mean()
    return float(DELAYS[int(np.argmax(mean))])


def delayed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `delay` (s), the one that the other institutions chose, and `delayed`, r with it."""
    delays = {name: others_delay(rows, name) for name in rows["institution"].unique()}
    own = rows.assign(delay=rows["institution"].map(delays))
    columns = np.searchsorted(DELAYS, own["delay"] - 1e-9)
    return own.assign(delayed=rows[CURVE].to_numpy()[np.arange(len(rows)), columns])


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over the sites of each institution and condition: `r` at no delay, `delayed`, `best`, as in the rows.

    `all` has the delay that is best over all institutions; `rest` and `rest_delayed` are without rectus femoris.
    """
    own = delayed(rows).assign(r=rows["r_0"], all=rows[CURVE[round(100 * others_delay(rows))]])
    use = own["site"] != APART
    own = own.assign(rest=own["r"].where(use), rest_delayed=own["delayed"].where(use))
    by = own.groupby(WHERE)
    means = by[["feasible", "r", "delayed", "delay", "all", "best", "rest", "rest_delayed"]].mean()
    return means.assign(people=by["people"].max(), sites=by.size()).reset_index()


def _sites(recording: Recording) -> list[str]:
    """Measured channels over muscles of a leg."""
    there = np.asarray(np.isfinite(recording.activation).any(axis=0), np.bool_)
    names = [name for name, use in zip(recording.activation_names, there, strict=True) if use]
    return [name for name in names if set(anatomy.site(name).muscles) & set(anatomy.IPSILATERAL)]


def _rows(recording: Recording, found: Recording) -> pd.DataFrame:
    sides = {anatomy.split_side(name)[1] for name in found.activation_names}
    names = [name for name in _sites(recording) if anatomy.split_side(name)[1] in sides]
    muscles = found.activation.astype(np.float64) @ anatomy.montage(names, found.activation_names).T
    measured = recording.activation[:, [recording.activation_names.index(name) for name in names]]
    return correlated(muscles, measured.astype(np.float64), recording.rate).assign(
        site=[anatomy.split_side(name)[0] for name in names],
        recording=recording.id,
        person=recording.person,
        institution=recording.institution,
        condition=recording.domain.partition("/")[2],
        feasible=np.isfinite(found.activation).all(axis=1).mean(),
    )


def _by_institution(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over legs, recordings, people, in this order."""
    values, found = ["feasible", *CURVE, "best", "lag"], rows
    for keys in (["person", "recording"], ["person"]):
        found = found.groupby([*WHERE, *keys, "site"])[values].mean().reset_index()
    by = found[np.isfinite(found["r_0"])].groupby([*WHERE, "site"])
    means: pd.DataFrame = by[values].mean().assign(people=by["person"].nunique()).reset_index()
    return means
