"""Children and adolescents walking straight and turning, raw EMG of both legs (biomechZoo sample study)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, files, locate
from myoshift.types import Subject, Table, Trial

MUSCLES = {"Rect": "rectus_femoris", "Hams": "hamstrings", "Gast": "gastrocnemius", "Tib Ant": "tibialis_anterior"}
SITES = {f"Voltage.{s} {muscle}": f"{site}_{s.lower()}" for s in "RL" for muscle, site in MUSCLES.items()}
ANGLES = tuple(f"{side}{joint}Angles" for side in "RL" for joint in ("Hip", "Knee", "Ankle"))
ALIVE = (0.004, 0.3)  # V, standard deviation of raw EMG: a channel is dead below, saturated or loose above
TRUSTED = {"HC030A": "LR", "HC032A": "L", "HC036A": "L", "HC039A": "L", "HC040A": "", "HC055A": ""}  # others: R


class McGillBiomechZoo:
    """12 people, one straight and one turning walk each; all of them move, ten have EMG.

    Rules: angles are degrees whatever the file says; an event at t seconds is in the frame of number t x rate, counted
    from 1; EMG is kept from the side that is trusted, as dead channels can look alive, and there while it is alive.
    """

    info = DatasetInfo(
        name="mcgill-biomechzoo",
        institution="McGill",
        people=12,
        trials=24,
        motion_rates=(100.0,),
        emg_rates=(1000.0,),
        tasks=("turn", "walk"),
        licence="MIT (repository licence; no separate data statement)",
        citation="biomechZoo sample study, McGill Motion Lab",
    )

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and EMG at their own rates, events on the time axis of the points."""
        for path in (locate(root, self.info.name, file.path) for file in files(self.info.name)):
            c3d, body = formats.read_c3d(path), path.parts[-3]
            emg, dropped = drop(table := c3d.analog_table(tuple(SITES)), _unusable(table, body))
            angles = np.stack([c3d.point(name)[:, 0] for name in ANGLES], axis=1)
            time = c3d.start + np.arange(len(angles)) / c3d.point_rate
            facts = c3d.parameters["PROCESSING"]
            yield self.info.trial(
                name=path.stem,
                subject=Subject(id=body, mass=facts["Bodymass"], height=facts["Height"] / 1000),
                task={"Straight": "walk", "Turn": "turn"}[path.parent.name],
                convention="plug_in_gait",
                motion=Table(values=angles, names=ANGLES, units=("deg",) * 6, rate=c3d.point_rate, time=time),
                emg=emg,
                sites={name: SITES[name] for name in emg.names} if emg else {},
                events=tuple(replace(event, time=event.time - 1 / c3d.point_rate) for event in c3d.events),
                sources=(formats.source(path, root),),
                flags=(*c3d.flags, *dropped),
            )


def _unusable(emg: Table, subject: str) -> dict[str, str]:
    """Channels to drop, and why: `Voltage.L Rect` is on the side L."""
    reasons = {}
    for name, spread in zip(emg.names, emg.values.std(axis=0), strict=True):
        side = "" if name.split(".")[1][0] in TRUSTED.get(subject, "R") else ", untrusted side"
        if side or not ALIVE[0] <= spread <= ALIVE[1]:
            reasons[name] = f"SD {spread:.4f} V{side}"
    return reasons
