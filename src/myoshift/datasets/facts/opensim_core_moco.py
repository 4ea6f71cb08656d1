"""Facts about opensim-core-moco."""

from __future__ import annotations

from myoshift import anatomy
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.marker_measures import agreement, inverse_kinematics
from myoshift.datasets.measures import (
    bend_times,
    correlation,
    highest,
    lag,
    lowest,
    maxima,
    peak,
    peak_between,
    rate,
    rows,
    span,
    strike_times,
    unloadings,
)
from myoshift.datasets.opensim_core_moco import COORDINATES, WALK

EMG, RRA, GRF = WALK + "electromyography.sto", WALK + "coordinates.sto", WALK + "grf_walk.mot"
LATE = COORDINATES.replace("coordinates.mot", "emg.sto")
PLAUSIBLE = COORDINATES.replace("coordinates.mot", "grf.mot")
BETA = "/jointset/patellofemoral_{0}/knee_angle_{0}_beta/value"
PEAKS = {
    "gastrocnemius": 0.45,
    "soleus": 0.51,
    "tibialis_anterior": 0.03,
    "vastus_lateralis": 0.14,
    "vastus_medius": 0.12,
    "rectus_femoris": 0.67,
    "gluteus_maximus": 0.09,
    "gluteus_medius": 0.11,
    "medial_hamstrings": 1.0,
    "biceps_femoris": 0.46,
}
STRIDE = (0.267, 1.4115)  # s, from right strike to right strike
ROLES = anatomy.MarkerSet(
    asis="{}.ASIS", psis="{}.PSIS", knee="{}.Knee", ankle="{}.Ankle", heel="{}.Heel", toe="{}.Toe"
)
PAIRS = inverse_kinematics(WALK + "markers_walk.trc", COORDINATES, ROLES)
PLAIN = inverse_kinematics(WALK + "markers_walk.trc", COORDINATES, ROLES, method="three_point")
AGREEMENT = {
    "hip_flexion": "r 0.998 (least 0.998), RMS 5.6, without offset 1.0",
    "knee_angle": "r 0.999 (least 0.999), RMS 5.4, without offset 1.1",
    "ankle_angle": "r 0.957 (least 0.950), RMS 5.6, without offset 2.5",
}

FACTS = (
    Fact("rows of the EMG", rows(EMG), 4780),
    Fact("rate of the EMG, Hz", rate(EMG), 2000.0),
    Fact("times of the EMG", span(EMG), "0..2.3895 s"),
    Fact("every channel's maximum", maxima(EMG), "1..1"),
    Fact("least value of the EMG", lowest(EMG), around(-0.027, 0.0005)),
    Fact("rows of coordinates.mot", rows(COORDINATES), 238),
    Fact("rate of coordinates.mot, Hz", rate(COORDINATES), 100.0),
    Fact("times of coordinates.mot", span(COORDINATES), "0..2.37 s"),
    Fact("least right knee angle, deg", lowest(COORDINATES, "knee_angle_r"), around(0.5, 0.05)),
    Fact("greatest right knee angle, deg", highest(COORDINATES, "knee_angle_r"), around(72.2, 0.05)),
    Fact("right beta of coordinates.mot: radians", highest(COORDINATES, "knee_angle_r_beta"), around(1.3, 0.05)),
    Fact("rows of coordinates.sto", rows(RRA), 1350),
    Fact("rate of coordinates.sto, Hz", rate(RRA), 1000.0),
    Fact("times of coordinates.sto", span(RRA), "0.45..1.799 s"),
    Fact("least right beta of coordinates.sto: degrees", lowest(RRA, BETA.format("r")), around(1.5, 0.05)),
    Fact("greatest left beta of coordinates.sto: degrees", highest(RRA, BETA.format("l")), around(72.6, 0.05)),
    Fact(
        "both coordinate files have the same knee curve, r",
        correlation((RRA, "/jointset/walker_knee_r/knee_angle_r/value"), (COORDINATES, "knee_angle_r")),
        around(1.0, 0.001),
    ),
    Fact("right strikes, s", strike_times("*", "r"), "0.267, 1.4115"),
    Fact("left strikes, s", strike_times("*", "l"), "0.836"),
    Fact("right toe-offs, s", unloadings(GRF, "ground_force_r_vy", 20), "1.024, 2.168"),
    Fact("left toe-offs, s", unloadings(GRF, "ground_force_l_vy", 20), "1.59"),
    *(Fact(f"{name} peaks at", peak_between(EMG, name, *STRIDE), phase(p, p, 0.006)) for name, p in PEAKS.items()),
    Fact("gastrocnemius of the trial peaks at", peak("*", "gastrocnemius"), phase(0.45, 0.45)),
    Fact("knee of the trial is most at", peak("*", "knee_angle"), phase(0.74, 0.74)),
    Fact("right knee-flexion peaks, s", bend_times(COORDINATES, "knee_angle_r"), "1.11, 2.26"),
    Fact("left knee-flexion peaks, s", bend_times(COORDINATES, "knee_angle_l"), "0.54, 1.69"),
    *(Fact(f"{name} from markers", agreement(PAIRS, name), said) for name, said in AGREEMENT.items()),
    Fact(
        "knee_angle from markers, plain angle",
        agreement(PLAIN, "knee_angle"),
        "r 0.993 (least 0.993), RMS 4.3, without offset 3.8",
    ),
    Fact("greatest right vertical force, N", highest(GRF, "ground_force_r_vy"), around(942, 0.5)),
    Fact("greatest left vertical force, N", highest(GRF, "ground_force_l_vy"), around(930, 0.5)),
    Fact("centre of pressure in swing, m: meaningless", highest(GRF, "ground_force_r_px"), around(332, 0.5)),
    Fact("centre of pressure of grf.mot, m: plausible", highest(PLAUSIBLE, "ground_force_r_px"), Between(0.0, 5.0)),
    Fact("times of emg.sto", span(LATE), "0.83..2 s"),
    Fact("emg.sto: soleus comes late by, s", lag((LATE, "soleus"), (EMG, "soleus"), 0.7), around(0.58, 0.01)),
    Fact(
        "emg.sto: gastrocnemius comes late by, s",
        lag((LATE, "gastrocnemius"), (EMG, "gastrocnemius"), 0.7),
        around(0.53, 0.01),
    ),
    Fact("emg.sto as the right leg: r of soleus", correlation((LATE, "soleus"), (EMG, "soleus")), Between(-1, 0.2)),
)
