"""One person walking: markers, raw EMG of eight muscles of each leg (BMClab, Biomechanics and Motor Control)."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.datasets.markers import from_markers
from myoshift.types import Flag, Subject, Trial

FILE = "data/Gait.c3d"
MUSCLES = {"REC": "rectus_femoris", "VAS": "vasti", "ISC": "hamstrings_medial", "BIC": "hamstrings_lateral",
           "TIB": "tibialis_anterior", "SOL": "soleus", "JUM": "gastrocnemius"}  # fmt: skip
SITES = {f"{side}{muscle}": f"{site}_{side.lower()}" for side in "RL" for muscle, site in MUSCLES.items()}
ROLES = anatomy.MarkerSet(psis="VSAC")
FLAGS = (Flag("dropped", "GRF is not documented, probably gracilis", "RGRF, LGRF"),)


class BmcGait:
    """One trial. Rules: of the labels that occur twice (knee, ankle, foot) the first, lateral one is taken.

    The person is in view for two of five seconds. Strikes are where the heel is furthest ahead.
    """

    info = DatasetInfo(
        name="bmc-gait", institution="BMC", people=1, trials=1,
        motion_rates=(100.0,), emg_rates=(1000.0,), tasks=("walk",),
        licence="CC BY 4.0 (repository)",
        citation="Duarte and Watanabe, Notes on Scientific Computing for Biomechanics and Motor Control",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs from markers, raw EMG of both, foot strikes."""
        path = locate(root, self.info.name, FILE)
        c3d = formats.read_c3d(path)
        found = from_markers(c3d.markers(), ROLES, where=path)
        yield self.info.trial(
            name="gait",
            subject=Subject(id="person1"),
            task="walk",
            motion=found.motion,
            emg=c3d.analog_table(tuple(SITES)),
            sites=SITES,
            markers=c3d.markers(),
            events=found.strikes,
            sources=(formats.source(path, root),),
            flags=(*c3d.flags, *found.flags, *FLAGS),
        )
