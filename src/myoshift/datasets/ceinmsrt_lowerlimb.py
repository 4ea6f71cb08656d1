"""One man on a treadmill: walking at 3.6 and 4.5 km/h, running at 8.1 km/h; right-leg envelopes."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, drop, locate, strikes
from myoshift.types import Flag, Subject, Trial

TASKS = {"walk36": "walk", "walk45": "walk", "run81": "run"}
SITES = {"soleus_r": "soleus_r", "med_gas_r": "gastrocnemius_medialis_r", "lat_gas_r": "gastrocnemius_lateralis_r",
         "tib_ant_r": "tibialis_anterior_r", "semimem_r": "hamstrings_medial_r", "bifemlh_r": "hamstrings_lateral_r",
         "vas_lat_r": "vastus_lateralis_r", "vas_med_r": "vastus_medialis_r",
         "rect_fem_r": "rectus_femoris_r"}  # fmt: skip
WEAK = {"walk36": {"vas_lat_r": "weak (maximum 0.085) and unrelated to the angles in this trial"}}
LEAD = Flag("emg_lead", "EMG leads motion and force by 50-110 ms, a constant offset that is not corrected")
BELTS = {"rise": 100.0, "rearm": 30.0}  # N, with hysteresis: a foot that crosses the belts loads twice


class CeinmsRtLowerLimb:
    """Three trials of subject 06. Rules: gait2392 signs; `ground_force` is the right foot; the EMG's lead is kept."""

    info = DatasetInfo(
        name="ceinmsrt-lowerlimb", institution="CEINMS-RT", people=1, trials=3,
        motion_rates=(100.0,), emg_rates=(100.0,), tasks=("run", "walk"),
        licence="Apache-2.0 (repository licence; recordings credited to Zenodo 6457662)",
        citation="Durandau et al. 2017, IEEE Trans Biomed Eng 65:556; recordings doi 10.5281/zenodo.6457662",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of both legs, envelopes of the right one, ground reaction forces."""
        for name, task in TASKS.items():
            files = [f"data/{name}/{file}" for file in ("ik.sto", "emgFilt.sto", "XLD.mot")]
            ik, emg, grf = (locate(root, self.info.name, file) for file in files)
            envelopes, dropped = drop(formats.read_sto(emg), WEAK.get(name, {}))
            forces = formats.read_sto(grf)
            yield self.info.trial(
                name=name,
                subject=Subject(id="06"),
                task=task,
                convention="gait2392",
                motion=formats.read_sto(ik),
                emg=envelopes,
                emg_kind="envelope",
                sites={name: SITES[name] for name in envelopes.names},
                forces=forces,
                events=strikes(forces, {"r": "ground_force_vy", "l": "l_ground_force_vy"}, **BELTS),
                sources=tuple(formats.source(file, root) for file in (ik, emg, grf)),
                flags=(LEAD, *dropped),
            )
