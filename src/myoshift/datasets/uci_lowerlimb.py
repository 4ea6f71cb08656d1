"""21 men, 11 of them with a knee abnormality: knee angle and raw EMG of four thigh muscles in three movements."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, files, locate
from myoshift.types import Flag, Subject, Trial

SITES = {"RF": "rectus_femoris_r", "BF": "hamstrings_lateral_r", "VM": "vastus_medialis_r",
         "ST": "hamstrings_medial_r"}  # fmt: skip
UNITS = ("mV", "mV", "mV", "mV", "deg", "")
DIGITAL = ("9A", "10A", "11A")  # a sixth column, and a sixth line about it
TASKS = {"mar": "walk", "pie": "standing_flexion", "sen": "sitting_extension"}
POSTURES = {"standing_flexion": "thigh vertical", "sitting_extension": "thigh horizontal"}
NEGATIVE = ("3N", "4N", "6N", "7Npie", "7Nsen", "1A", "8A", "9A")  # people or files in which flexion is negative
POPULATIONS = {"N": "healthy", "A": "knee_abnormality"}
COPIES = {"2Npie": "1Npie", "2Nsen": "1Nsen"}
EXCHANGED = {"2Apie": "sen", "2Asen": "pie"}
SIDE = Flag("side_assumed", "all channels are of one leg; which one is not stated, it is called right")
ZERO = Flag("uncalibrated", "the goniometer's zero is not full extension: that lies between -11 and 21 deg", "FX")
SWAP = Flag("exchanged", "2Apie starts sitting and 2Asen standing: the two names are taken to be exchanged")


class UciLowerLimb:
    """Three movements a person; the angle of most healthy people was measured at 50 Hz and held.

    Rules: columns go by position; the angle's sign differs by file; rows with missing numbers end a file and are
    cut; 2Npie and 2Nsen repeat 1Npie and 1Nsen, so that 1N and 2N are one person and the copies carry no EMG.
    """

    info = DatasetInfo(
        name="uci-lowerlimb", institution="UCI", people=21, trials=66, motion_rates=(1000.0,), emg_rates=(1000.0,),
        tasks=("sitting_extension", "standing_flexion", "walk"),
        citation="EMG dataset in lower limb, UCI Machine Learning Repository, 2014",
        licence="none in repository; UCI lists the data set as CC BY 4.0 (unverified)",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Knee angle and EMG on one clock, one trial per file."""
        for path in [locate(root, self.info.name, file.path) for file in files(self.info.name)]:
            name, person, extra = path.stem, path.stem[:-3], path.stem[:-3] in DIGITAL
            table = formats.read_delimited(
                path, delimiter="\t", names=(*SITES, "FX", "digital")[: 5 + extra], unit=UNITS[: 5 + extra],
                rate=1000.0, preamble=7 + extra, short_rows="drop",
            )  # fmt: skip
            task = TASKS[EXCHANGED.get(name, name[-3:])]
            copy = (Flag("copy", f"identical to {COPIES[name]}: its EMG is left out"),) if name in COPIES else ()
            yield self.info.trial(
                name=name,
                subject=Subject(id={"2N": "1N"}.get(person, person), population=POPULATIONS[person[-1]]),
                task=task,
                convention="goniometer_reversed" if {name, person} & set(NEGATIVE) else "goniometer",
                motion=table.select(("FX",)),
                emg=None if copy else table.select(tuple(SITES)),
                sites={} if copy else SITES,
                segment_orientation=POSTURES.get(task),
                sources=(formats.source(path, root),),
                flags=(SIDE, ZERO, *copy, *((SWAP,) if name in EXCHANGED else ())),
            )
