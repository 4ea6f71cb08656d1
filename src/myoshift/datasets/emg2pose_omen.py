"""A hundred samples in the emg2pose format: hand angles and the EMG of a wristband. A fixture, not a recording."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.types import Flag, Subject, Trial

FILE = "emg2pose/tests/assets/test_data.hdf5"
SIDE = Flag("side_conflict", "the attribute `side` says right, the file name of the recording ends with `_left`")
UNIT = Flag("unit", "the unit of the EMG is not stated")


class Emg2PoseOmen:
    """One trial of 0.05 s. Rules: the side is the attribute's; channels are places on a band and no muscles."""

    info = DatasetInfo(
        name="emg2pose-omen", institution="emg2pose", people=1, trials=1, motion_rates=(2000.0,),
        emg_rates=(2000.0,), tasks=("finger_pointing_snap",), fixture=True,
        licence="CC BY-NC-SA 4.0 (repository licence)",
        citation="Salter et al. 2024, emg2pose, arXiv 2412.02725",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Twenty angles of the hand and sixteen channels."""
        path = locate(root, self.info.name, FILE)
        found = formats.read_emg2pose(path, stamps="samples")
        side = found.side[0]
        yield self.info.trial(
            name="test_data",
            subject=Subject(id=found.user),
            session=found.session,
            task="finger_pointing_snap",
            motion=replace(found.joint_angles, names=tuple(f"{name}_{side}" for name in found.joint_angles.names)),
            emg=found.emg,
            sites={channel: f"{channel}_{side}" for channel in found.emg.names},
            sources=(formats.source(path, root),),
            flags=(*found.flags, UNIT, *(() if found.filename.endswith(found.side) else (SIDE,))),
        )
