"""One person walking: markers at 60 Hz in metres, EMG of three muscles of each leg (C3D.ORG sample files)."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.datasets.markers import from_markers
from myoshift.types import Flag, Subject, Trial

FOLDER = "tests/c3d_org_samples/sample_00/Innovative Sports Training/"
GAIT, STATIC = FOLDER + "Gait with EMG.c3d", FOLDER + "Static Pose.c3d"
MUSCLES = {"VAS": "vasti", "GAS": "gastrocnemius", "TIB": "tibialis_anterior"}
SITES = {f"{side}{muscle}": f"{site}_{side.lower()}" for side in "RL" for muscle, site in MUSCLES.items()}
ROLES = anatomy.MarkerSet(knee="{}LFC", ankle="{}LMA", heel="{}CAL")
FLAGS = (Flag("dropped", "LAT is not documented, perhaps lateral hamstrings", "RLAT, LLAT"),)


class C3dOrgIst:
    """One trial. Rules: the standing trial levels the soles; strikes are where the heel is furthest ahead."""

    info = DatasetInfo(
        name="c3dorg-ist", institution="Innovative Sports Training", people=1, trials=1,
        motion_rates=(60.0,), emg_rates=(1080.0,), tasks=("walk",),
        licence="MIT OR Apache-2.0 (repository); C3D.ORG public sample file, no separate data licence",
        citation="C3D.ORG sample 00, Innovative Sports Training, gait with EMG",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs from markers, raw EMG of both, foot strikes."""
        gait, static = (locate(root, self.info.name, path) for path in (GAIT, STATIC))
        c3d = formats.read_c3d(gait)
        found = from_markers(c3d.markers(), ROLES, standing=formats.read_c3d(static).markers(), where=gait)
        yield self.info.trial(
            name="gait",
            subject=Subject(id="person1"),
            task="walk",
            motion=found.motion,
            emg=c3d.analog_table(tuple(SITES)),
            sites=SITES,
            markers=c3d.markers(),
            events=found.strikes,
            sources=tuple(formats.source(path, root) for path in (gait, static)),
            flags=(*c3d.flags, *found.flags, *FLAGS),
        )
