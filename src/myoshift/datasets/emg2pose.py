"""emg2pose: hand angles and the EMG of a wristband, 193 people, 29 stages; the user's own copy, or a part of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, Origin
from myoshift.datasets.emg2pose_blocks import blocks
from myoshift.datasets.emg2pose_index import TABLE, Entry, index, refuse_other
from myoshift.types import Flag, Subject, Trial

UNIT = Flag("unit", "the unit of the EMG is not stated")
FILTERED = Flag("filtered", "the EMG was high-passed before it was published")


class Emg2PoseCorpus:
    """A trial per contiguous block with a solved hand. Channels are places on a band and no muscles."""

    info = DatasetInfo(
        name="emg2pose", institution="emg2pose", people=193, trials=25_253, motion_rates=(2000.0,),
        emg_rates=(2000.0,), tasks=(), licence="CC BY-NC-SA 4.0",
        citation="Salter et al. 2024, emg2pose, arXiv 2412.02725",
        origin=Origin(
            page="https://github.com/facebookresearch/emg2pose",
            terms="CC BY-NC-SA 4.0: no commercial use, share alike, name the authors. 431 GiB, a part of 600 MiB.",
        ),
    )  # fmt: skip

    def paths(self, root: Path) -> Iterator[Path]:
        """The table, and every recording that has a row in it."""
        entries = self.index(root)
        yield root / self.info.name / TABLE
        yield from (entry.path for entry in entries)

    def index(self, root: Path) -> tuple[Entry, ...]:
        """What the table says of each recording that is here; none is opened."""
        return index(root / self.info.name)

    def trials(self, root: Path) -> Iterator[Trial]:
        """Every recording that is here."""
        return self.read(root, self.index(root))

    def read(self, root: Path, entries: Iterable[Entry]) -> Iterator[Trial]:
        """These recordings, one in memory at a time."""
        with formats.watch_emg2pose() as child:
            for entry in entries:
                file = formats.open_emg2pose(entry.path, child=child)
                shared = {
                    "subject": Subject(id=entry.subject), "session": entry.session, "task": entry.task,
                    "sources": (formats.source(entry.path, root),),
                    "flags": (*refuse_other(entry, file), *file.flags, *entry.flags, UNIT, FILTERED),
                }  # fmt: skip
                for number, block in blocks(file, entry.side[0]):
                    yield self.info.trial(name=entry.name + number, **shared, **block)
