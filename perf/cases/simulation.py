"""Static optimisation of a walk: posture, speed and joint moments of two legs to the activation of 80 muscles.

The trial and the model are those of OpenSim's example3DWalking with its polynomial paths, where the recordings are at
hand (MYOSHIFT_DATA); else the embedded model in postures drawn at random, without OpenSim.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myoshift.anatomy import IPSILATERAL
from myoshift.physiology.curves import RAJAGOPAL
from myoshift.physiology.muscle import Muscles, active_force
from myoshift.simulate.engine import simulate
from myoshift.simulate.fit.function_paths import read_function_paths
from myoshift.simulate.model import COORDINATES, LEG, SIDES, Leg, Paths, sided
from myoshift.simulate.motion import Motion
from myoshift.simulate.paths import geometry
from myoshift.simulate.static import solve_static
from myoshift.simulate.table import load
from myoshift.types import Array
from perf.contest import OURS, Case, Contest, Entrant, installed

WINDOW = 20
"""Most frames that OpenSim is given; its time is scaled to the whole."""
BEGIN = 40  # frame of the trial; its ends are left out, where splines differ
EXAMPLE = "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking"
REFERENCE = "opensim-so-reference/walk_reference.npz"


@dataclass(frozen=True, eq=False)
class Job:
    """A leg, and (T, 5) posture (rad), speed (rad/s) and moments (N m)."""

    leg: Leg
    posture: Array
    speed: Array
    moments: Array


@contextmanager
def enter(folder: Path, frames: int) -> Iterator[Contest]:
    """So many frames: those that OpenSim is given as they are, then the trial again and again, a little changed."""
    root = Path(os.environ.get("MYOSHIFT_DATA", "nowhere"))
    recorded = (root / REFERENCE).is_file() and (root / EXAMPLE).is_dir()
    jobs = trial(root, frames) if recorded else _drawn(frames)
    window = min(frames, WINDOW)
    entrants = {
        OURS: Entrant(lambda: activations(jobs, torch.float32, recorded, window)),
        "myoshift float64": Entrant(lambda: activations(jobs, torch.float64, recorded, window)),
    }
    if recorded:
        motion = _motion(root, frames)
        entrants["myoshift, from motion alone"] = Entrant(lambda: simulate(load(), motion), same=False)
    if recorded and installed("opensim"):
        times, names = _set_up(root, folder, window)
        entrants["opensim"] = Entrant(lambda: _opensim(folder, times, names), share=window / frames)
    yield Contest(entrants, tolerance=0.01)


def activations(jobs: tuple[Job, ...], dtype: torch.dtype, as_opensim: bool, window: int) -> tuple[Array, ...]:
    """Paths, force and optimisation; the activations of the first frames, right leg first."""
    found = []
    for job in jobs:
        posture, speed, moments = (torch.from_numpy(x).to(dtype) for x in (job.posture, job.speed, job.moments))
        length, slope = geometry(job.leg.paths, posture)
        pace = (slope * speed.unsqueeze(2)).sum(1)
        force = active_force(job.leg.muscles, length, pace, opensim_pennation=as_opensim)
        solution = solve_static(-slope * force.unsqueeze(1), moments)
        found.append(solution.activation[:window].numpy())
    return (np.concatenate(found, axis=1),)


def trial(root: Path, frames: int, *, as_they_are: int = WINDOW) -> tuple[Job, ...]:
    """The two legs of the trial from frame `BEGIN` on, again and again, a little changed beyond `as_they_are`."""
    stored = np.load(root / REFERENCE)
    random, order = np.random.default_rng(0), np.roll(np.arange(len(stored["t"])), -BEGIN)
    rows = np.resize(order, frames)
    again = (np.arange(frames) >= as_they_are)[:, None]
    paths = read_function_paths(root / EXAMPLE / "subject_walk_scaled_FunctionBasedPathSet.xml")
    coordinates, moments = stored["coords"].tolist(), stored["id_names"].tolist()
    jobs = []
    for side in SIDES:
        columns = [coordinates.index(name) for name in sided(LEG, side)]
        asked = stored["id"][:, [moments.index(f"{name}_moment") for name in sided(LEG, side)]]
        own = [place for place, name in enumerate(stored["muscles"]) if name.endswith(f"_{side}")]
        jobs.append(
            Job(
                _leg(stored["muscle_par"][own], paths[side]),
                stored["q"][rows][:, columns] + again * random.uniform(-0.05, 0.05, (frames, len(LEG))),
                np.ascontiguousarray(stored["u"][rows][:, columns]),
                asked[rows] * np.where(again, random.uniform(0.8, 1.2, (frames, len(LEG))), 1),
            )
        )
    return tuple(jobs)


def _leg(parameters: Array, paths: Paths) -> Leg:
    """Muscles in the order of `IPSILATERAL`, from (40, 7) parameters."""
    force, length, slack, pennation, velocity, shortest = torch.from_numpy(parameters[:, :6].T.copy())
    muscles = Muscles(
        maximum_force=force,
        optimal_length=length,
        tendon_slack=slack,
        pennation=pennation,
        maximum_velocity=velocity,
        minimum_length=shortest,
        fibre=RAJAGOPAL,
    )
    return Leg(names=IPSILATERAL, muscles=muscles, paths=paths)


def _motion(root: Path, frames: int) -> Motion:
    """The trial forwards and backwards in turn: inverse dynamics and ground reaction come on top."""
    stored = np.load(root / REFERENCE)
    known, values = stored["coords"].tolist(), np.zeros((len(stored["t"]), len(COORDINATES)))
    for place, name in enumerate(COORDINATES):
        if name in known:
            values[:, place] = stored["q"][:, known.index(name)]
    return Motion(values=np.resize(np.concatenate([values, values[::-1]]), (frames, len(COORDINATES))), rate=100.0)


def _drawn(frames: int) -> tuple[Job, ...]:
    """The embedded legs in postures about that of standing."""
    random, centre = np.random.default_rng(0), np.array([0.3, 0.0, 0.0, 0.4, 0.0])
    size = (frames, len(LEG))
    return tuple(
        Job(leg, centre + random.uniform(-0.3, 0.3, size), random.normal(0, 2, size), random.normal(0, 20, size))
        for leg in (load().legs[side] for side in SIDES)
    )


def _set_up(root: Path, folder: Path, window: int) -> tuple[Array, list[str]]:
    """Write model, motion and setup for OpenSim; the times and the muscles asked of it."""
    import opensim

    opensim.Logger.setLevelString("off")
    stored, example = np.load(root / REFERENCE), root / EXAMPLE
    times = stored["t"][BEGIN : BEGIN + window]
    processor = opensim.ModelProcessor(str(example / "subject_walk_scaled.osim"))
    processor.append(opensim.ModOpReplaceJointsWithWelds(opensim.StdVectorString(["mtp_r", "mtp_l"])))
    table = str(example / "subject_walk_scaled_FunctionBasedPathSet.xml")
    processor.append(opensim.ModOpReplacePathsWithFunctionBasedPaths(table))
    model = processor.process()
    _actuate(opensim, model)
    model.printToXML(str(folder / "model.osim"))
    head = f"q\nversion=1\nnRows={len(stored['t'])}\nnColumns={1 + len(stored['coords'])}\ninDegrees=no\nendheader\n"
    lines = ["\t".join(map(repr, row)) for row in np.c_[stored["t"], stored["q"]].tolist()]
    (folder / "q.sto").write_text("\n".join([head + "\t".join(["time", *stored["coords"]]), *lines]) + "\n")
    analysis = opensim.StaticOptimization()
    analysis.setName("StaticOptimization")
    for to, value in {
        "StepInterval": 1, "UseModelForceSet": True, "ActivationExponent": 2, "UseMusclePhysiology": True,
        "ConvergenceCriterion": 1e-4, "MaxIterations": 100, "StartTime": times[0], "EndTime": times[-1],
    }.items():  # fmt: skip
        getattr(analysis, f"set{to}")(value)
    tool = opensim.AnalyzeTool()
    tool.getAnalysisSet().cloneAndAppend(analysis)
    for to, value in {
        "Name": "walk", "ModelFilename": str(folder / "model.osim"), "CoordinatesFileName": str(folder / "q.sto"),
        "ExternalLoadsFileName": str(example / "grf_walk.xml"), "LowpassCutoffFrequency": -1,
        "InitialTime": times[0], "FinalTime": times[-1], "ResultsDir": str(folder / "out"),
        "SolveForEquilibrium": False, "ReplaceForceSet": False,
    }.items():  # fmt: skip
        getattr(tool, f"set{to}")(value)
    tool.printToXML(str(folder / "setup.xml"))
    names = stored["muscles"].tolist()
    return times, [name for side in SIDES for name in names if name.endswith(f"_{side}")]


def _actuate(opensim: Any, model: Any) -> None:
    """Residuals of 250 N m and 50 N on the pelvis, reserves of 1 N m elsewhere, all without bounds."""
    for coordinate in model.getCoordinateSet():
        name = coordinate.getName()
        if name.endswith("_beta"):
            continue
        actuator = opensim.CoordinateActuator(name)
        pelvis = name.startswith("pelvis")
        actuator.setName(f"{'residual' if pelvis else 'reserve'}_{name}")
        actuator.setOptimalForce((50.0 if name[-3:-1] == "_t" else 250.0) if pelvis else 1.0)
        model.addForce(actuator)
    model.finalizeConnections()
    for force in model.getForceSet():
        actuator = opensim.CoordinateActuator.safeDownCast(force)
        if actuator is not None:
            actuator.setMinControl(-np.inf)
            actuator.setMaxControl(np.inf)


def _opensim(folder: Path, times: Array, names: list[str]) -> tuple[Array, ...]:
    """Static optimisation as its users run it: a setup file, and a table of activations."""
    import opensim

    opensim.AnalyzeTool(str(folder / "setup.xml")).run()
    table = opensim.TimeSeriesTable(str(folder / "out/walk_StaticOptimization_activation.sto"))
    labels = list(table.getColumnLabels())
    found: Array = table.getMatrix().to_numpy()[: len(times), [labels.index(name) for name in names]]
    return (found,)


CASE = Case(
    name="simulation",
    job="paths, force and static optimisation of two legs, 80 muscles",
    unit="frames",
    sizes=(114, 1_000, 16_384),
    quick=(114, 1_000),
    tiny=12,
    enter=enter,
    marked=16_384,
    marks={"opensim": 4_500},
)
