"""One boy with cerebral palsy walking: Vicon angles, raw EMG of five muscles of each leg (opensim_automated_pipeline)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, locate, table
from myoshift.types import Subject, Trial

FOLDER = "complex/experimental_data/"
TASK, STATIC = FOLDER + "task.c3d", FOLDER + "static.c3d"
MUSCLES = {"RF": "rectus_femoris", "ST": "hamstrings_medial", "TA": "tibialis_anterior",
           "GL": "gastrocnemius_lateralis", "PE": "peronei"}  # fmt: skip
SITES = {f"{side}_{muscle}": f"{site}_{side.lower()}" for side in "RL" for muscle, site in MUSCLES.items()}
ANGLES = tuple(f"{side}Vicon{joint}Angles" for side in "RL" for joint in ("Hip", "Knee", "Ankle"))


class OpenSimAutoCp:
    """One trial. Rules: the angles that Vicon computed, in deg; an event lies at its time on the file's own clock.

    `Pin 1` to `Pin 16` are no EMG. The events have a name of a force plate among them, which is no foot strike.
    """

    info = DatasetInfo(
        name="opensim-auto-cp", institution="Sinergia", people=1, trials=1,
        motion_rates=(100.0,), emg_rates=(1000.0,), tasks=("walk",),
        licence="Apache-2.0 (repository licence; no separate data statement)",
        citation="Stanev 2021, An automated approach to analyze motion capture trials in OpenSim",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and raw EMG of both legs, foot strikes of three strides each, markers."""
        path = locate(root, self.info.name, TASK)
        c3d = formats.read_c3d(path)
        said = c3d.parameters["SUBJECTS"]
        mass, height, age = (float(str(said[key][0])) for key in ("A_BodyMass_kg", "A_Height_mm", "AGE"))
        angles = np.stack([c3d.point(name)[:, 0] for name in ANGLES], axis=1)
        yield self.info.trial(
            name="task",
            subject=Subject(id="70_2365", mass=mass, height=height / 1000, age=age, population="cerebral_palsy"),
            task="walk",
            convention="plug_in_gait",
            motion=table(angles, ANGLES, "deg", c3d.point_rate, start=c3d.start),
            emg=c3d.analog_table(tuple(SITES)),
            sites=SITES,
            events=c3d.events,
            sources=(formats.source(path, root),),
            flags=c3d.flags,
        )
