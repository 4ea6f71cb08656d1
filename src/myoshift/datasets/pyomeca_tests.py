"""One person handling a box: markers of trunk and right arm, raw EMG of thirteen shoulder muscles (pyomeca)."""

from collections.abc import Iterator
from pathlib import Path

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, locate
from myoshift.datasets.markers import arm_from_markers
from myoshift.types import Flag, Subject, Trial

FILE = "tests/data/markers_analogs.c3d"
SITES = {"Delt_ant.EMG1": "deltoid_anterior_r", "Delt_med.EMG2": "deltoid_medius_r",
         "Delt_post.EMG3": "deltoid_posterior_r", "Biceps.EMG4": "biceps_brachii_r",
         "Triceps.EMG5": "triceps_brachii_r", "Trap_sup.EMG6": "trapezius_descendens_r",
         "Trap_inf.EMG7": "trapezius_ascendens_r", "Gd_dent.EMG8": "serratus_anterior_r",
         "Supra.EMG9": "supraspinatus_r", "Infra.EMG10": "infraspinatus_r", "Subscap.EMG11": "subscapularis_r",
         "Pec.IM EMG12": "pectoralis_major_r", "Gd_dors.IM EMG13": "latissimus_dorsi_r"}  # fmt: skip
ROLES = anatomy.ArmMarkers(
    notch="Daphnee:STER", xiphoid="Daphnee:XIPH", upper_spine="Daphnee:T1", lower_spine="Daphnee:T10",
    shoulder="Daphnee:ACRO_tip", elbow=("Daphnee:EPICl", "Daphnee:EPICm"), wrist="Daphnee:WRIST", side="r",
)  # fmt: skip
FLAGS = (
    Flag("weak", "SD of 0.005 to 0.04 mV", "Subscap.EMG11, Pec.IM EMG12, Gd_dors.IM EMG13"),
    Flag("sync", "the clocks of motion and EMG were never held against each other"),
    Flag(
        "approximate", "the shoulder is the tip of the acromion, above the centre of the joint", "arm_flex, arm_add"
    ),
)


class PyomecaTests:
    """One trial of an arm. Rules: `Sensor *` channels are 0 and `Voltage.*` no EMG; the markers are a right arm's.

    A box (`boite:*`, of unknown mass) is handled; the person sits or kneels so low that no leg is in the file.
    """

    info = DatasetInfo(
        name="pyomeca-tests", institution="pyomeca", people=1, trials=1,
        motion_rates=(100.0,), emg_rates=(2000.0,), tasks=("box_handling",),
        licence="Apache-2.0 (repository licence)",
        citation="Martinez et al. 2020, J Open Source Softw 5:2431, doi 10.21105/joss.02431",
    )  # fmt: skip

    def trials(self, root: Path) -> Iterator[Trial]:
        """Shoulder and elbow from markers, raw EMG."""
        path = locate(root, self.info.name, FILE)
        c3d = formats.read_c3d(path)
        found = arm_from_markers(c3d.markers(), ROLES, where=path)
        yield self.info.trial(
            name="markers_analogs", subject=Subject(id="Daphnee"), task="box_handling",
            motion=found.motion, emg=c3d.analog_table(tuple(SITES)), sites=SITES, markers=c3d.markers(),
            sources=(formats.source(path, root),), flags=(*c3d.flags, *found.flags, *FLAGS),
        )  # fmt: skip
