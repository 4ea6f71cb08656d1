"""What the page on simulation says, computed from the recordings: `cd tests && python -m simulate.findings`.

Needs MYOSHIFT_DATA. Writes `docs/results/simulation*.csv`, of which `myoshift.bench.agreement` makes the tables.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from myoshift import anatomy, datasets
from myoshift.anatomy import IPSILATERAL, MUSCLES
from myoshift.bench import agreement, markdown
from myoshift.bench.agreement import compare, correlated
from myoshift.datasets.prepare import prepare
from myoshift.physiology.curves import RAJAGOPAL
from myoshift.physiology.muscle import Muscles
from myoshift.simulate import engine, table
from myoshift.simulate.fit.function_paths import read_function_paths
from myoshift.simulate.loads import read_plates
from myoshift.simulate.model import LEG, SIDES, Leg, Model, sided
from myoshift.simulate.motion import Motion
from myoshift.simulate.recording import simulate_recording
from myoshift.simulate.scaling import height_of, scaled
from myoshift.simulate.static import solve_static
from myoshift.types import Array
from simulate.walks import EXAMPLE, Walk, example_walk, treadmill_walk, walkway_walk

RESULTS = Path(__file__).parents[2] / "docs" / "results"
SETS = (
    "mcgill-biomechzoo", "ceinmsrt-lowerlimb", "stanford-matlabso", "kul-3dpredictsim", "opensim-core-moco",
    "msk-modelling-python", "c3dorg-coda", "c3dorg-ist", "bmc-gait", "opensim-auto-cp", "kul-predictcpgait",
    "missouri-oa-stepdown", "uci-lowerlimb",
)  # fmt: skip
WALKS = {
    "opensim-core-moco": "example",
    "ceinmsrt-lowerlimb, 3.6 km/h": "walk36",
    "ceinmsrt-lowerlimb, 4.5 km/h": "walk45",
    "stanford-matlabso": "stanford",
    "kul-3dpredictsim": "walkway",
}
BOTH = slice(62, 122)
"""Frames of the walkway during which both feet are on plates."""
SITES = {
    "soleus": "soleus", "gastrocnemius": "gastrocnemius", "tibialis_anterior": "tibialis_anterior",
    "medial_hamstrings": "hamstrings_medial", "biceps_femoris": "hamstrings_lateral",
    "vastus_lateralis": "vastus_lateralis", "vastus_medius": "vastus_medialis", "rectus_femoris": "rectus_femoris",
    "gluteus_maximus": "gluteus_maximus", "gluteus_medius": "gluteus_medius",
}  # fmt: skip
MASS = 85.27


def person(mass: float) -> Model:
    """The embedded model at a mass and the height to be expected of it."""
    return scaled(table.load(), mass, height_of(mass))


def walk_of(root: Path, name: str) -> Walk:
    """A walk of `WALKS`."""
    if name == "walkway":
        return walkway_walk(root)[0]
    return example_walk(root) if name == "example" else treadmill_walk(root, name)


def frames_of(name: str) -> slice:
    """The frames of a walk in which both feet are on plates."""
    return BOTH if name == "walkway" else slice(None)


def without_plates(walk: Walk, frames: slice = slice(None)) -> dict[str, float]:
    """The reaction found from the motion against the plates, and what that does to the activations.

    `r` and `force` (N, root mean square) of the vertical force, both feet in one row; `activation`, root mean square
    over frames and 80 muscles; `feasible`, the least share of frames of the two.
    """
    model, motion = person(walk.mass), Motion(values=walk.motion[0], rate=walk.rate)
    plates, found = (engine.simulate(model, motion, reaction=part) for part in (walk.reaction, None))
    assert found.reaction is not None
    here, there = (np.concatenate([p.force[s][frames, 1] for s in SIDES]) for p in (found.reaction, walk.reaction))
    difference = (found.activation - plates.activation)[frames]
    return {
        "seconds": len(difference) / walk.rate,
        "r": float(np.corrcoef(here, there)[0, 1]),
        "force": float(np.sqrt(np.mean((here - there) ** 2))),
        "activation": float(np.sqrt(np.nanmean(difference**2))),
        "feasible": float(min(part.feasible[frames].mean() for part in (plates, found))),
    }


def beside_opensim(root: Path) -> pd.DataFrame:
    """A row for each of ten channels and each way to compute the activations of OpenSim's example walk."""
    with np.load(root / "opensim-so-reference" / "walk_reference.npz") as archive:
        walk = dict(archive)
    names = [f"{SITES[name]}_r" for name in walk["emg_names"]]
    weights = anatomy.montage(names, MUSCLES)
    return pd.concat(
        [
            correlated(values @ weights.T, walk["emg"], 100.0).assign(labels=labels, channel=walk["emg_names"])
            for labels, values in _labels(root, walk)
        ],
        ignore_index=True,
    )


def _labels(root: Path, walk: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    for name, file in (
        ("OpenSim static optimisation, geometry paths", "so_opensim_geometry"),
        ("OpenSim static optimisation, polynomial paths", "so_opensim_polypaths"),
        ("OpenSim MocoInverse", "moco_activation"),
    ):
        columns = np.genfromtxt(root / f"opensim-so-reference/{file}.csv", delimiter=",", names=True, deletechars="")
        yield name, np.stack([np.interp(walk["t"], columns["time"], columns[muscle]) for muscle in MUSCLES], axis=1)
    yield "myoshift, OpenSim's inputs (moments, polynomial paths)", same_inputs(root, walk)
    trial = next(iter(datasets.load("opensim-core-moco").trials(root)))
    recording, plates = prepare(trial), read_plates(root / EXAMPLE / "grf_walk.mot")
    for name, forces in (("myoshift, motion and force plates", plates), ("myoshift, motion alone", None)):
        found = simulate_recording(recording, person(MASS), plates=forces)
        assert found.simulation.names == MUSCLES
        time = found.recording.start + np.arange(len(found.recording.motion)) / found.recording.rate
        yield name, np.stack([np.interp(walk["t"], time, a) for a in found.simulation.activation.T], axis=1)


def same_inputs(root: Path, walk: dict[str, Array]) -> Array:
    """(T, 80) for the joint moments, postures, speeds, muscles and paths that OpenSim had."""
    paths, found = read_function_paths(root / EXAMPLE / "subject_walk_scaled_FunctionBasedPathSet.xml"), []
    names = ("maximum_force", "optimal_length", "tendon_slack", "pennation", "maximum_velocity", "minimum_length")
    for index, side in enumerate(SIDES):
        columns = [list(walk["coords"]).index(name) for name in sided(LEG, side)]
        moments = [list(walk["id_names"]).index(f"{name}_moment") for name in sided(LEG, side)]
        own = torch.from_numpy(walk["muscle_par"][40 * index : 40 * index + 40]).T
        muscles = Muscles(**dict(zip(names, own[:6], strict=True)), fibre=RAJAGOPAL)
        q, speed = (torch.from_numpy(walk[key][:, columns]) for key in ("q", "u"))
        leg = Leg(names=IPSILATERAL, muscles=muscles, paths=paths[side])
        asked = engine.task(leg, q, speed, torch.from_numpy(walk["id"][:, moments]))
        found.append(solve_static(asked.arms, asked.moments).activation.numpy())
    return np.concatenate(found, axis=1)


def tables() -> dict[str, str]:
    """The tables of the page, by their headings, from the committed numbers."""
    rows, opensim, plates = (pd.read_csv(RESULTS / f"simulation{name}.csv") for name in ("", "_opensim", "_plates"))
    return {
        "Laboratories": markdown.grid(laboratories(rows)),
        "Sites, level walking of healthy people": markdown.grid(sites(rows)),
        "Every site of every laboratory": markdown.grid(every(rows)),
        "Beside OpenSim, mean of ten channels": markdown.grid(beside(opensim)),
        "Beside OpenSim, channel by channel at no delay": markdown.grid(channels(opensim)),
        "Motion alone against force plates": markdown.grid(
            plates.set_axis(["walk", "s", "vertical force: r", "N", "activation", "feasible"], axis=1)
        ),
    }


def laboratories(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each institution and condition, the means over institutions last."""
    own = agreement.summary(rows)
    means = [
        _mean_of("mean of institutions, level walking", own[own["condition"] == "healthy-walk"]),
        _mean_of("mean of institutions, everything", own),
    ]
    own["delay"] = [f"{1000 * delay:.0f}" for delay in own["delay"]]
    return pd.concat([own, *means], ignore_index=True)[list(COLUMNS)].rename(columns=COLUMNS)


COLUMNS = {
    "institution": "institution", "condition": "who and what", "people": "people", "sites": "sites",
    "feasible": "feasible", "r": "r, no delay", "delayed": "r, delay of the others", "delay": "ms",
    "all": "r, delay of all", "best": "best r within 150 ms", "rest": "no delay, without RF",
    "rest_delayed": "delay of the others, without RF",
}  # fmt: skip


def _mean_of(name: str, own: pd.DataFrame) -> pd.DataFrame:
    numbers = ["feasible", "r", "delayed", "all", "best", "rest", "rest_delayed"]
    facts = {"institution": name, "condition": "", "people": "", "sites": "", "delay": ""}
    return pd.DataFrame([facts | own.groupby("institution")[numbers].mean().mean().to_dict()])


def sites(rows: pd.DataFrame) -> pd.DataFrame:
    """Means of each site over the institutions that measured it."""
    own = agreement.delayed(rows)
    by = own[own["condition"] == "healthy-walk"].groupby("site")
    found = by[["r_0", "delayed", "best", "lag"]].mean().reset_index()
    found.insert(1, "institutions", by.size().to_numpy())
    found["lag"] = [f"{1000 * lag:.0f}" for lag in found["lag"]]
    names = ["site", "institutions", "r, no delay", "r, delay of the others", "best r within 150 ms", "its lag, ms"]
    return found.set_axis(names, axis=1)


def every(rows: pd.DataFrame) -> pd.DataFrame:
    """r at no delay, with the delay of the others, and at the best lag, for each site."""
    found = agreement.delayed(rows)[[*agreement.WHERE, "site", "people", "r_0", "delayed", "best", "lag"]]
    found["lag"] = [f"{1000 * lag:.0f}" if np.isfinite(lag) else "" for lag in found["lag"]]
    names = ["institution", "who and what", "site", "people", "r", "delay of the others", "best", "its lag, ms"]
    return found.set_axis(names, axis=1)


def beside(opensim: pd.DataFrame) -> pd.DataFrame:
    """Means over channels; one delay for all of them is the best one of these very data."""
    rows = []
    for labels, own in opensim.groupby("labels", sort=False):
        mean, nine = own[agreement.CURVE].mean(), own[own["channel"] != "biceps_femoris"]
        numbers = (
            mean["r_0"],
            mean.max(),
            f"{1000 * agreement.DELAYS[int(np.argmax(mean))]:.0f}",
            own["best"].mean(),
        )
        rest = nine[agreement.CURVE].mean()
        rows.append((labels, *numbers, rest["r_0"], rest.max(), nine["best"].mean()))
    names = ["activations", "r, no delay", "one delay", "ms", "best lag per muscle"]
    return pd.DataFrame(
        rows, columns=[*names, *(f"{name}, without biceps" for name in (names[1], names[2], names[4]))]
    )


def channels(opensim: pd.DataFrame) -> pd.DataFrame:
    """r at no delay, a column for each way to compute activations."""
    wide = opensim.pivot(index="channel", columns="labels", values="r_0")
    ways, names = opensim["labels"].unique(), opensim["channel"].unique()
    return wide.loc[names, ways].reset_index()


def main() -> None:
    """Write the numbers, print what could not be simulated and the tables."""
    torch.set_num_threads(1)
    root = Path(os.environ["MYOSHIFT_DATA"])
    plates = pd.DataFrame(
        [{"walk": name, **without_plates(walk_of(root, trial), frames_of(trial))} for name, trial in WALKS.items()]
    )
    rows, refused = compare(datasets.recordings(SETS, root))
    for name, frame in (("", rows), ("_opensim", beside_opensim(root)), ("_plates", plates)):
        frame.to_csv(RESULTS / f"simulation{name}.csv", index=False, float_format="%.6f", lineterminator="\n")
    text = [f"{recording}: {why}\n" for recording, why in refused]
    sys.stdout.writelines([*text, *(f"### {heading}\n\n{table}\n\n" for heading, table in tables().items())])


if __name__ == "__main__":
    main()
