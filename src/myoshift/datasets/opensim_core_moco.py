"""One walk of one person from OpenSim's Moco examples; right-leg envelopes of ten muscles."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate, strikes
from myoshift.types import Subject, Trial

WALK = "OpenSim/Examples/Moco/example3DWalking/"
COORDINATES = "Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/coordinates.mot"
SITES = {"soleus": "soleus_r", "gastrocnemius": "gastrocnemius_r", "tibialis_anterior": "tibialis_anterior_r",
         "medial_hamstrings": "hamstrings_medial_r", "vastus_lateralis": "vastus_lateralis_r",
         "vastus_medius": "vastus_medialis_r", "rectus_femoris": "rectus_femoris_r",
         "gluteus_maximus": "gluteus_maximus_r", "gluteus_medius": "gluteus_medius_r"}  # fmt: skip
ODD = {
    "biceps_femoris": "peaks at 0.46 of the gait cycle, where no hamstring does: crosstalk or a misplaced electrode"
}


class OpenSimCoreMoco:
    """One trial. Rules: inverse kinematics of `coordinates.mot` with the EMG of `electromyography.sto`.

    `emg.sto` beside the coordinates is the same right leg half a stride late, to serve as a left one: never paired
    here. Centres of pressure mean nothing in swing. The person is at the institution of stanford-matlabso.
    """

    info = DatasetInfo(
        name="opensim-core-moco", institution="Stanford", people=1, trials=1,
        motion_rates=(100.0,), emg_rates=(2000.0,), tasks=("walk",),
        licence="Apache-2.0 (repository licence)",
        citation="Dembia et al. 2020, PLoS Comput Biol 16:e1008493; data of Rajagopal et al. 2016, IEEE TBME 63:2068",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs, envelopes of the right one, ground reaction forces."""
        paths = [COORDINATES, WALK + "electromyography.sto", WALK + "grf_walk.mot"]
        motion, emg, grf = (locate(root, self.info.name, path) for path in paths)
        envelopes, dropped = drop(formats.read_sto(emg), ODD)
        forces = formats.read_sto(grf)
        yield self.info.trial(
            name="walk",
            subject=Subject(id="walk_subject"),
            task="walk",
            motion=formats.read_sto(motion),
            emg=envelopes,
            emg_kind="envelope",
            sites=SITES,
            forces=forces,
            events=strikes(forces, {"r": "ground_force_r_vy", "l": "ground_force_l_vy"}, rise=20, rearm=20),
            sources=tuple(formats.source(path, root) for path in (motion, emg, grf)),
            flags=dropped,
        )
