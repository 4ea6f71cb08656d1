"""Children and adolescents walking straight and turning, raw EMG of both legs (biomechZoo sample study)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, files, locate, table
from myoshift.types import Flag, Subject, Table, Trial

MUSCLES = {"Rect": "rectus_femoris", "Hams": "hamstrings", "Gast": "gastrocnemius", "Tib Ant": "tibialis_anterior"}
SITES = {f"Voltage.{s} {muscle}": f"{site}_{s.lower()}" for s in "RL" for muscle, site in MUSCLES.items()}
ANGLES = tuple(f"{side}{joint}Angles" for side in "RL" for joint in ("Hip", "Knee", "Ankle"))
ALIVE = (0.004, 0.3)  # V, standard deviation of raw EMG: a channel is dead below, saturated or loose above
TRUSTED = {"HC030A": "LR", "HC032A": "L", "HC036A": "L", "HC039A": "L", "HC040A": "", "HC055A": ""}  # others: R
DOUBTS = {"HC038A": Flag("exchanged", "peak at 0.95 and 0.41 of the stride: exchanged?", "R Gast, R Hams"),
          "HC030A05": Flag("hardly_modulated", "greatest over mean of the mean stride 1.1", "R Gast"),
          "HC030A22": Flag("hardly_modulated", "greatest over mean of the mean stride 1.3", "R Rect, R Tib Ant"),
          }  # fmt: skip


class McGillBiomechZoo:
    """12 people, one straight and one turning walk each; all of them move, ten have EMG.

    Rules: angles are deg whatever the file says; an event at t is in frame number rate x t, counted from 1; EMG is
    kept on the trusted side, as dead channels can look alive, and there while alive. Doubts are flagged.
    """

    info = DatasetInfo(
        name="mcgill-biomechzoo", institution="McGill", people=12, trials=24, motion_rates=(100.0,),
        emg_rates=(1000.0,), tasks=("turn", "walk"), licence="MIT (repository licence; no separate data statement)",
        citation="biomechZoo sample study, McGill Motion Lab",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and EMG at their own rates, events on the time axis of the points."""
        for path in [locate(root, self.info.name, file.path) for file in files(self.info.name)]:
            c3d = formats.read_c3d(path)
            mass, height = (np.asarray(c3d.parameters["PROCESSING"][n]).item() for n in ("Bodymass", "Height"))
            emg, dropped = _alive(c3d.analog_table(tuple(SITES)), TRUSTED.get(path.parts[-3], "R"))
            angles = np.stack([c3d.point(name)[:, 0] for name in ANGLES], axis=1)
            yield self.info.trial(
                name=path.stem, task={"Straight": "walk", "Turn": "turn"}[path.parent.name],
                subject=Subject(id=path.parts[-3], mass=mass, height=height / 1000), convention="plug_in_gait",
                motion=table(angles, ANGLES, "deg", c3d.point_rate, start=c3d.start),
                emg=emg if emg.names else None, sites={name: SITES[name] for name in emg.names},
                events=tuple(replace(event, time=event.time - 1 / c3d.point_rate) for event in c3d.events),
                sources=(formats.source(path, root),),
                flags=(*c3d.flags, *dropped, *(DOUBTS[k] for k in (path.parts[-3], path.stem) if k in DOUBTS)),
            )  # fmt: skip


def _alive(emg: Table, trusted: str) -> tuple[Table, tuple[Flag, ...]]:
    """The usable channels, and why the others are left out; `Voltage.L Rect` is on the side L."""
    named = zip(emg.names, emg.values.std(axis=0), strict=True)
    said = [(name, sd, "trusted" if name.split(".")[1][0] in trusted else "untrusted") for name, sd in named]
    bad = [each for each in said if each[2] == "untrusted" or not ALIVE[0] <= each[1] <= ALIVE[1]]
    return drop(emg, {name: f"SD {sd:.4f} V, {side} side" for name, sd, side in bad})
