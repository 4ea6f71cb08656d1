"""One athlete walking and sprinting: markers, raw EMG of five muscles of each leg (msk_modelling_python)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, drop, locate
from myoshift.datasets.markers import from_markers
from myoshift.types import Subject, Trial

FOLDER = "example_data/running/Athlete1/session1/"
STATIC, TRIALS = "static_1", {"walking_1": "walk", "sprint_1": "sprint"}
MUSCLES = {"gastro": "gastrocnemius", "soleus": "soleus", "rect_fem": "rectus_femoris",
           "tfl": "tensor_fasciae_latae", "semimemb": "hamstrings_medial"}  # fmt: skip
SITES = {
    f"Voltage.EMG{number:02d}_{side}_{muscle}": f"{site}_{side}"
    for number, (side, muscle, site) in enumerate([(s, m, t) for s in "rl" for m, t in MUSCLES.items()], 1)
}
SILENT = "at the noise floor of the standing trial"
UNUSABLE = {"Voltage.EMG03_r_rect_fem": SILENT, "Voltage.EMG04_r_tfl": f"hardly above it: {SILENT}",
            "Voltage.EMG08_l_rect_fem": SILENT, "Voltage.EMG09_l_tfl": SILENT,
            "Voltage.EMG10_l_semimemb": "noisy already at rest"}  # fmt: skip


class MskModellingPython:
    """Two trials. Rules: angles come from Plug-in Gait markers, the standing trial levels the soles.

    In the walk five channels are left out, in the sprint all ten are far above the noise. Strikes of the walk are
    where the heel is furthest ahead; those of the sprint are the file's, right foot only.
    """

    info = DatasetInfo(
        name="msk-modelling-python", institution="msk-modelling", people=1, trials=2,
        motion_rates=(200.0,), emg_rates=(1000.0,), tasks=("sprint", "walk"),
        licence="MIT (repository licence; no separate data statement)",
        citation="msk_modelling_python example data, B. Goncalves",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs from markers, raw EMG, foot strikes."""
        paths = {name: locate(root, self.info.name, f"{FOLDER}{name}.c3d") for name in (STATIC, *TRIALS)}
        standing = formats.read_c3d(paths[STATIC]).markers()
        for name, task in TRIALS.items():
            c3d = formats.read_c3d(paths[name])
            mass, height = (np.asarray(c3d.parameters["PROCESSING"][n]).item() for n in ("Bodymass", "Height"))
            found = from_markers(c3d.markers(), anatomy.PLUG_IN_GAIT, standing=standing, where=paths[name])
            emg, dropped = drop(c3d.analog_table(tuple(SITES)), UNUSABLE if task == "walk" else {})
            yield self.info.trial(
                name=name, subject=Subject(id="Athlete1", mass=mass, height=height / 1000), session="session1",
                task=task, motion=found.motion, emg=emg, sites={channel: SITES[channel] for channel in emg.names},
                markers=c3d.markers(), events=c3d.events or found.strikes,
                sources=tuple(formats.source(paths[each], root) for each in (name, STATIC)),
                flags=(*c3d.flags, *found.flags, *dropped),
            )  # fmt: skip
