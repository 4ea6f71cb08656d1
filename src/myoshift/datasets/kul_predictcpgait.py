"""A child with cerebral palsy in crouch gait: time-normalised cycles, four of the right leg and three of the left."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate, table
from myoshift.types import Event, Flag, Side, Subject, Trial

FOLDER = "PredictiveSimulations/ExperimentalData/ExperimentalData_{}.mat"
CYCLES: dict[Side, int] = {"r": 4, "l": 3}
MUSCLES = {"REF": "rectus_femoris", "VAL": "vastus_lateralis", "BIF": "hamstrings_lateral",
           "MEH": "hamstrings_medial", "TIA": "tibialis_anterior", "GAS": "gastrocnemius",
           "SOL": "soleus"}  # fmt: skip
GLUTEUS = "which gluteus it is is not stated"
DROPPED = {"RVAL": "dead, at most 0.0006", "RGLU": GLUTEUS, "LGLU": GLUTEUS}
TIME = "no time axis in the file: {:.3f} s is the cycle's advance (Qs) over its mean forward velocity (Qdots)"
OPEN = Flag("open_cycle", "the child is not where it was a stride before: angles at the end differ by up to 24 deg")


class KulPredictCpGait:
    """Rules: cycles of the file `r` carry the right leg's EMG, those of `l` the left leg's.

    Both files hold both legs, and their strides overlap in time: so no second of a leg is labelled twice. The other
    leg's motion stays as context. The duration comes from the velocities, as in kul-3dpredictsim, another person.
    """

    info = DatasetInfo(
        name="kul-predictcpgait", institution="KU Leuven", people=1, trials=7, motion_rates=(), emg_rates=(),
        tasks=("walk",), licence="MIT (repository licence)",
        citation="Falisse et al. 2020, Front Hum Neurosci 14:40, doi 10.3389/fnhum.2020.00040",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs and envelopes of the leg that the cycle belongs to, one trial per cycle."""
        for side, count in CYCLES.items():
            path = locate(root, self.info.name, FOLDER.format(side))
            data = formats.read_mat(path)["ExperimentalData"]
            motion, emg = data["Q"]["subject1"], data["EMG"]["subject1"]
            names = motion["Qs"]["colheaders"]
            forward = names.index("lower_torso_TX")
            for cycle in range(count):
                angles, speeds = (motion[part]["all"][:, :, cycle] for part in ("Qs", "Qdots"))
                seconds = float((angles[-1, forward] - angles[0, forward]) / speeds[:, forward].mean())
                rate = (len(angles) - 1) / seconds
                own = tuple(name for name in emg["colheaders"] if name[0] == side.upper())
                envelopes = table(emg["all"][:, :, cycle], emg["colheaders"], "", rate).select(own)
                kept, dropped = drop(envelopes, {name: why for name, why in DROPPED.items() if name in own})
                yield self.info.trial(
                    name=f"{side}{cycle}", subject=Subject(id="subject1", population="cerebral_palsy"), task="walk",
                    convention="kul_mri", motion=table(angles, names, "deg", rate), emg=kept, emg_kind="envelope",
                    sites={name: f"{MUSCLES[name[1:]]}_{side}" for name in kept.names}, cyclic=True,
                    events=tuple(Event("foot_strike", time, side) for time in (0.0, seconds)),
                    sources=(formats.source(path, root),),
                    flags=(Flag("derived_time", TIME.format(seconds)), OPEN, *dropped),
                )  # fmt: skip
