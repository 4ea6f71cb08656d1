"""One person's wrist and forearm: raw EMG of four muscles and two angles, from a home-made sensor."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, files, locate
from myoshift.types import Flag, Subject, Trial

SITES = {"ch1": "pronator_teres_r", "ch2": "supinator_r", "ch3": "flexor_carpi_radialis_r",
         "ch4": "extensor_carpi_ulnaris_r"}  # fmt: skip
ANGLES = ("angle1", "angle2")
UNITS = ("counts", "counts", "counts", "counts", "deg", "deg")
MOVES = {"FLX": "flexion", "EXT": "extension", "PRO": "pronation", "SUP": "supination"}
START_UP = 100.0  # deg: beyond it is what the potentiometer says before it was read once
FLAGS = (
    Flag("nominal_rate", "the rate is not stored: 460 Hz by the authors' script, mains at 448-464 Hz, 2 % uncertain"),
    Flag("counts", "EMG in counts of a 12-bit converter, its gain is not stated", ", ".join(SITES)),
    Flag("side_assumed", "the arm is not named; supination turns it to the right, as it does a right arm"),
)


class DymnzWrist:
    """33 recordings of the tenth experiment, their tasks named by the movements in the file names.

    Rules: pronation is positive, as the file names prove against the protocol's text; a row that does not end as
    the others do is unfinished and cut; rows at the start beyond 100 deg are start-up values and cut.
    """

    info = DatasetInfo(
        name="dymnz-wrist", institution="dymnz", people=1, trials=33, motion_rates=(460.0,), emg_rates=(460.0,),
        licence="none in repository", citation="dymnz/sEMG, experiment 10",
        tasks=("extension", "flexion", "flexion_extension", "flexion_extension_pronation",
               "flexion_extension_pronation_supination", "flexion_extension_supination", "pronation",
               "pronation_supination", "supination"),
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and EMG on one clock, one trial per file."""
        for path in [locate(root, self.info.name, file.path) for file in files(self.info.name)]:
            name = path.stem.removeprefix("raw_S2WA_10_")
            table = formats.read_delimited(
                path, delimiter=",", names=(*SITES, *ANGLES), unit=UNITS, rate=460.0, short_rows="drop"
            )
            start = int((abs(table.column("angle1")) <= START_UP).argmax())
            table = replace(table, values=table.values[start:], time=table.time[start:])
            cut = (Flag("start_up", f"{start} rows at the start beyond {START_UP:g} deg are cut"),) if start else ()
            moves = name.partition("_")[0]
            yield self.info.trial(
                name=name,
                subject=Subject(id="S2WA"),
                task="_".join(MOVES[moves[k : k + 3]] for k in range(0, len(moves), 3)),
                convention="wrist",
                motion=table.select(ANGLES),
                emg=table.select(tuple(SITES)),
                sites=SITES,
                sources=(formats.source(path, root),),
                flags=(*FLAGS, *cut),
            )
