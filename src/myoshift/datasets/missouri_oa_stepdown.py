"""People with knee osteoarthritis who step down: time-normalised stances of the lead and of the trail leg."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate, table
from myoshift.types import Flag, Subject, Table, Trial

MUSCLES = {"Sol": "soleus", "Med_Gas": "gastrocnemius_medialis", "Lat_Gas": "gastrocnemius_lateralis",
           "Lat_Ham": "hamstrings_lateral", "TA": "tibialis_anterior", "Vas_Med": "vastus_medialis",
           "Vas_Lat": "vastus_lateralis", "Glut_Med": "gluteus_medius"}  # fmt: skip
LEGS = {"Lead": ("r", "step_down"), "Trail": ("l", "step_down_trail")}
UNSIGNED = ("Hip_VV", "Knee_VV", "Hip_IE", "Knee_IE", "Pelvis_Olb", "Pelvis_IE")
WHY = "which direction is positive is not stated"
SAMPLES, SECONDS = 101, 1.0  # a stance takes 65-70 % of a stride down stairs (doi 10.1016/j.gaitpost.2007.07.006)
RATE = (SAMPLES - 1) / SECONDS
FLAGS = (
    Flag("nominal_time", "no time axis in the file: every stance is taken to last 1 s, so that speeds are nominal"),
    Flag("side_assumed", "the body side is not stated: the lead leg is called right, the trail leg left"),
    Flag("legs_apart", "the stances follow each other: the lead leg lands at 70-80 % of the trail leg's stance"),
)


class MissouriOaStepdown:
    """14 blocks for training and 14 for testing, each one stance of the lead and one of the trail leg.

    Rules: a block of one index is one person in both files; the legs are trials of their own, as the pelvis shows
    that their rows are not simultaneous; a stance does not join its end; `_NO24` repeats the same data.
    """

    info = DatasetInfo(
        name="missouri-oa-stepdown", institution="Missouri", people=14, trials=56, motion_rates=(RATE,),
        emg_rates=(RATE,), tasks=("step_down", "step_down_trail"), licence="MIT badge in README; no licence file",
        citation="Machine learning full 3-D lower-body kinematics and kinetics on patients with osteoarthritis "
        "from electromyography, pii S266709922300018X",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and envelopes of one leg, one trial per block and leg."""
        for part in ("Train", "Test"):
            paths = [locate(root, self.info.name, f"Kinematics_{part}_Data_{kind}.csv") for kind in ("Angles", "EMG")]
            angles, emg = (formats.read_delimited(path, delimiter=",", rate=RATE) for path in paths)
            for block, (word, (side, task)) in product(range(len(emg.time) // SAMPLES), LEGS.items()):
                motion = _stance(angles, "deg", block, word)
                motion, left_out = drop(motion, {f"{word}_{name}": WHY for name in UNSIGNED})
                yield self.info.trial(
                    name=f"{part.lower()}{block:02d}_{word.lower()}", session=part.lower(), task=task,
                    subject=Subject(id=f"block{block:02d}", population="knee_osteoarthritis"), convention="step_down",
                    motion=motion, emg=_stance(emg, "", block, word), emg_kind="envelope",
                    sites={f"{word}_{name}": f"{site}_{side}" for name, site in MUSCLES.items()},
                    sources=tuple(formats.source(path, root) for path in paths), flags=(*FLAGS, *left_out),
                )  # fmt: skip


def _stance(rows: Table, unit: str, block: int, word: str) -> Table:
    """One block of one leg's columns, from 0 s on."""
    own = rows.select(tuple(name for name in rows.names if name.startswith(word)))
    return table(own.values[block * SAMPLES : (block + 1) * SAMPLES], own.names, unit, RATE)
