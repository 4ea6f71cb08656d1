"""One person walking overground: eleven time-normalised cycles of the right leg with fourteen envelopes."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import DatasetInfo, locate, table
from myoshift.types import Event, Flag, Subject, Trial

FILE = "ExperimentalData/ExperimentalData.mat"
SITES = {"Hamstrings-lateralis": "hamstrings_lateral_r", "Hamstrings-medialis": "hamstrings_medial_r",
         "Gluteus-medialis": "gluteus_medius_r", "Tibialis-anterior": "tibialis_anterior_r", "Soleus": "soleus_r",
         "Gastrocnemius-lateralis": "gastrocnemius_lateralis_r", "Gastrocnemius-medialis": "gastrocnemius_medialis_r",
         "Vastus-lateralis": "vastus_lateralis_r", "Vastus-medialis": "vastus_medialis_r",
         "Rectus-femoris": "rectus_femoris_r", "Peroneus-longus": "peroneus_longus_r",
         "Peroneus-brevis": "peroneus_brevis_r", "Adductor-longus": "adductor_longus_r",
         "Tensor-fasciae-latae": "tensor_fasciae_latae_r"}  # fmt: skip
TIME = "no time axis in the file: {:.3f} s is the cycle's advance (Qs) over its mean forward velocity (Qdots)"


class Kul3dPredictSim:
    """Cycles from right heel strike to right heel strike, whose last sample is the first of the next cycle.

    Rules: coordinates without side are the right leg's, knee flexion negative; a channel missing throughout a cycle
    stays NaN; the duration of a cycle comes from the file's own velocities.
    """

    info = DatasetInfo(
        name="kul-3dpredictsim", institution="KU Leuven", people=1, trials=11,
        motion_rates=(), emg_rates=(), tasks=("walk",),
        licence="MIT (repository licence)",
        citation="Falisse et al. 2019, J R Soc Interface 16:20190402, doi 10.1098/rsif.2019.0402",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles and envelopes, one trial per cycle."""
        path = locate(root, self.info.name, FILE)
        data = formats.read_mat(path)["ExperimentalData"]
        motion, emg = data["Q"]["subject1"], data["EMG"]["subject1"]
        names = [n if n.startswith(("pelvis_", "lumbar_")) else f"{n}_r" for n in motion["Qs"]["colheaders"]]
        forward = names.index("pelvis_tx")
        for cycle in range(self.info.trials):
            angles, speeds = (motion[part]["all"][:, :, cycle] for part in ("Qs", "Qdots"))
            seconds = float((angles[-1, forward] - angles[0, forward]) / speeds[:, forward].mean())
            rate = (len(angles) - 1) / seconds
            yield self.info.trial(
                name=f"cycle{cycle:02d}",
                subject=Subject(id="subject1"),
                task="walk",
                convention="kul",
                motion=table(angles, names, "deg", rate),
                emg=table(emg["all"][:, :, cycle], emg["colheaders"], "", rate),
                emg_kind="envelope",
                sites=SITES,
                cyclic=True,
                events=tuple(Event("foot_strike", time, "r") for time in (0.0, seconds)),
                sources=(formats.source(path, root),),
                flags=(Flag("derived_time", TIME.format(seconds)),),
            )
