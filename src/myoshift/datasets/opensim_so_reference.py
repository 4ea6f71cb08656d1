"""Muscle activations that OpenSim 4.6 computes for the walk of opensim-core-moco: simulated labels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.types import Flag, Subject, Table, Trial

LABELS = {"so_geometry": "so_opensim_geometry.csv", "so_polypaths": "so_opensim_polypaths.csv",
          "moco": "moco_activation.csv"}  # fmt: skip
MOTION = "kinematics_100hz.csv"
LENGTHS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
SHARED = Flag("copy", "the motion is that of the set's other trials, only the labels differ")
RESERVE = 5.0  # N m; a frame in which a reserve actuator (optimal force 1 N m) does more is no muscle's work


class OpenSimSoReference:
    """One walk, three ways to compute its activations. Rules: muscles go by name, a mesh of its own by its times.

    Frames that a reserve actuator carries are NaN. The person is opensim-core-moco's and named so, to stay on one
    side of a split. `BAD_so_bounded_residuals.csv` is a warning and no label, excitations are no activations.
    """

    info = DatasetInfo(
        name="opensim-so-reference", institution="Stanford", people=1, trials=3, motion_rates=(100.0,), emg_rates=(),
        tasks=("walk",), licence="computed for this project from Apache-2.0 example data (opensim-org/opensim-core)",
        citation="OpenSim 4.6 (Seth et al. 2018, PLoS Comput Biol 14:e1006223) on the Moco example 3DWalking",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Coordinates and activations, one trial per way to compute them."""
        motion = locate(root, self.info.name, MOTION)
        for name, file in LABELS.items():
            labels = locate(root, self.info.name, file)
            coordinates = formats.read_delimited(motion, time="time")
            activation, gate = gated(formats.read_delimited(labels, time="time", unit="1"))
            units = tuple("m" if name in LENGTHS else "rad" for name in coordinates.names)
            yield self.info.trial(
                name=name,
                subject=Subject(id="opensim-core-moco/walk_subject", mass=85.27),
                task="walk",
                motion=replace(coordinates, units=units),
                activation=activation,
                sources=(formats.source(motion, root), formats.source(labels, root)),
                flags=(SHARED, *gate),
            )


def gated(labels: Table) -> tuple[Table, tuple[Flag, ...]]:
    """Labels whose frames are NaN where a reserve actuator does more than `RESERVE`, and a flag that counts them."""
    reserves = [i for i, name in enumerate(labels.names) if name.startswith("reserve_")]
    bad = np.any(np.abs(labels.values[:, reserves]) > RESERVE, axis=1)
    note = Flag("reserve", f"a reserve does more than {RESERVE:g} N m in {bad.sum()} of {len(bad)} frames")
    return replace(labels, values=np.where(bad[:, None], np.nan, labels.values)), (note,) if bad.any() else ()
