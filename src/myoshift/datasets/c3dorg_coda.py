"""One person walking: Codamotion markers with virtual hips, EMG of three muscles a leg (C3D.ORG sample file)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from myoshift import anatomy, formats, signal
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.datasets.markers import from_markers
from myoshift.types import Flag, Subject, Trial

FILE = "tests/c3d_org_samples/sample_00/Codamotion/codamotion_gaitwands_19970212.c3d"
MUSCLES = {"Med.Hams": "hamstrings_medial", "Ant.Tib": "tibialis_anterior", "Gastroc": "gastrocnemius"}
SITES = {f"{side}.{muscle}": f"{site}_{side.lower()}" for side in "RL" for muscle, site in MUSCLES.items()}
ROLES = anatomy.MarkerSet(
    asis="{}.ASIS", psis="{}.PSIS", hip="{}.Hip", knee="{}.Knee", ankle="{}.Ankle", heel="{}.Heel", toe="{}.Toe"
)
FLAGS = (
    Flag("rectified", "never below 0: rectified by the lab, baseline left in; a 6 Hz low-pass makes the envelope"),
    Flag("implausible_unit", "declared mV with an SD of 7 to 50: surface EMG has 0.01 to 1 mV", ", ".join(SITES)),
    Flag("dropped", "hardly above the baseline (a fifth), and of no stated head", "R.Quads, L.Quads"),
)


class C3dOrgCoda:
    """One trial. Rules: hips, knees and ankles are the lab's own virtual points; strikes are where the heel is ahead.

    The EMG is rectified, so that no band-pass is run on it. Its unit is doubtful, which no score feels, as amplitudes
    are scaled per person.
    """

    info = DatasetInfo(
        name="c3dorg-coda", institution="Codamotion", people=1, trials=1,
        motion_rates=(200.0,), emg_rates=(400.0,), tasks=("walk",),
        licence="MIT OR Apache-2.0 (repository); C3D.ORG public sample file, no separate data licence",
        citation="C3D.ORG sample 00, Codamotion, gait wands 1997-02-12",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs from markers, EMG of both, foot strikes."""
        path = locate(root, self.info.name, FILE)
        c3d = formats.read_c3d(path)
        found = from_markers(c3d.markers(), ROLES, where=path)
        emg = c3d.analog_table(tuple(SITES))
        yield self.info.trial(
            name="gaitwands",
            subject=Subject(id="person1"),
            task="walk",
            motion=found.motion,
            emg=replace(emg, values=signal.lowpass(emg.values, emg.rate, 6.0)),
            emg_kind="envelope",
            sites=SITES,
            markers=c3d.markers(),
            events=found.strikes,
            sources=(formats.source(path, root),),
            flags=(*c3d.flags, *found.flags, *FLAGS),
        )
