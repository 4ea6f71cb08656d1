"""One man of 26 walking on a treadmill; left-leg envelopes (MatlabStaticOptimization test data)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate, strikes
from myoshift.types import Subject, Trial

FILES = ("TestData/results_ik.sto", "TestData/EMG_allMuscles.sto", "TestData/walking_baseline1_forces.mot")
SITES = {
    "soleus_l_activation": "soleus_l",
    "gasmed_l_activation": "gastrocnemius_medialis_l",
    "gaslat_l_activation": "gastrocnemius_lateralis_l",
    "vasmed_l_activation": "vastus_medialis_l",
    "vaslat_l_activation": "vastus_lateralis_l",
    "recfem_l_activation": "rectus_femoris_l",
}
COPY = {"vasint_l_activation": "exact copy of vaslat_l_activation"}
FROZEN = 3  # rows at the start, 0.06 s, that repeat one value


class StanfordMatlabSO:
    """One trial. Rules: what the EMG calls activation is measured; its frozen start is cut.

    `1_ground_force` is the left foot. Its header announces 121,120 rows and 3,028 are there: a flag says so.
    """

    info = DatasetInfo(
        name="stanford-matlabso", institution="Stanford", people=1, trials=1,
        motion_rates=(50.0,), emg_rates=(50.0,), tasks=("walk",),
        licence="Apache-2.0 (repository licence)",
        citation="MatlabStaticOptimization test data, Stanford Neuromuscular Biomechanics Laboratory",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs, envelopes of the left one, ground reaction forces."""
        ik, emg, grf = (locate(root, self.info.name, file) for file in FILES)
        envelopes, dropped = drop(formats.read_sto(emg), COPY)
        forces = formats.read_sto(grf)
        yield self.info.trial(
            name="walking_baseline1",
            subject=Subject(id="Sub1", age=26),
            task="walk",
            motion=formats.read_sto(ik),
            emg=replace(envelopes, values=envelopes.values[FROZEN:], time=envelopes.time[FROZEN:]),
            emg_kind="envelope",
            sites=SITES,
            forces=forces,
            events=strikes(forces, {"r": "ground_force_vy", "l": "1_ground_force_vy"}, rise=50, rearm=50),
            sources=tuple(formats.source(file, root) for file in (ik, emg, grf)),
            flags=(*forces.flags, *dropped),
        )
