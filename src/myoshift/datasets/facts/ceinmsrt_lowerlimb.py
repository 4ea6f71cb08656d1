"""Facts about ceinmsrt-lowerlimb."""

from __future__ import annotations

import numpy as np

from myoshift.datasets.ceinmsrt_lowerlimb import SITES
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.measures import (
    bends,
    channels,
    explained,
    flagged,
    highest,
    landing_interval,
    landings,
    lowest,
    peak,
    rate,
    rows,
    span,
    stride_time,
    strongest,
)

# rows, times, knee range deg, knee-flexion peaks (run81 begins with one more), median stride s, strongest channel,
# strikes right and left, a foot that stands at first included
TRIALS = {
    "walk36": (6097, "0..60.96 s", (-70.8, -0.9), 53, 1.15, "med_gas_r 0.62", 52, 54),
    "walk45": (5904, "0..59.03 s", (-72.9, -0.5), 56, 1.06, "med_gas_r 0.72", 57, 57),
    "run81": (5838, "0..58.37 s", (-111.8, -5.3), 75, 0.77, "soleus_r 1.00", 76, 76),
}
WALK, RUN = "*/walk/*", "*/run/*"
PEAKS = (
    (WALK, "soleus", 0.40, 0.40),
    (WALK, "gastrocnemius_medialis", 0.40, 0.40),
    (WALK, "gastrocnemius_lateralis", 0.40, 0.40),
    (WALK, "tibialis_anterior", 0.95, 0.95),
    (WALK, "hamstrings_medial", 0.90, 0.95),
    (WALK, "hamstrings_lateral", 0.85, 0.90),
    (WALK, "vastus_lateralis", 0.95, 1.0),
    (WALK, "vastus_medialis", 0.95, 1.0),
    (WALK, "rectus_femoris", 0.95, 1.0),
    (WALK, "hip_flexion", 0.90, 0.95),
    (WALK, "knee_angle", 0.75, 0.75),
    (RUN, "soleus", 0.05, 0.05),
    (RUN, "gastrocnemius_medialis", 0.10, 0.10),
    (RUN, "gastrocnemius_lateralis", 0.10, 0.10),
    (RUN, "vastus_lateralis", 0.0, 0.05),
    (RUN, "vastus_medialis", 0.0, 0.05),
    (RUN, "rectus_femoris", 0.0, 0.05),
    (RUN, "tibialis_anterior", 0.85, 0.85),
    (RUN, "hamstrings_medial", 0.85, 0.85),
    (RUN, "hamstrings_lateral", 0.0, 0.0),
)
ALL = tuple(SITES)
STEADY = tuple(name for name in ALL if name not in ("vas_lat_r", "rect_fem_r"))


def _of_trial(name: str) -> list[Fact]:
    """The table of trials."""
    count, times, knee, flexions, stride, strong, right, left = TRIALS[name]
    ik, emg, grf = (f"data/{name}/{file}" for file in ("ik.sto", "emgFilt.sto", "XLD.mot"))
    return [
        *(Fact(f"rows of {path}", rows(path), count) for path in (ik, emg, grf)),
        *(Fact(f"times of {path}", span(path), times) for path in (ik, emg, grf)),
        *(Fact(f"rate of {path}, Hz", rate(path), 100.0) for path in (ik, emg, grf)),
        Fact(f"least knee_angle_r of {name}, deg", lowest(ik, "knee_angle_r"), around(knee[0], 0.05)),
        Fact(f"greatest knee_angle_r of {name}, deg", highest(ik, "knee_angle_r"), around(knee[1], 0.05)),
        Fact(f"mtp_angle_r of {name} is constant", highest(ik, "mtp_angle_r"), 0.0),
        Fact(f"right knee-flexion peaks of {name}", bends(ik, "knee_angle_r", -1), flexions),
        Fact(f"median stride of {name}, s", stride_time(ik, "knee_angle_r", -1), around(stride, 0.0101)),
        Fact(f"strongest channel of {name}", strongest(emg), strong),
        Fact(f"right strikes of {name}", landings(grf, "ground_force_vy", 100, 30, standing=True), right),
        Fact(f"left strikes of {name}", landings(grf, "l_ground_force_vy", 100, 30, standing=True), left),
    ]


def _ridge() -> list[Fact]:
    """Motion and EMG belong together sample by sample; EMG moved around by half the trial does not."""
    ik, emg = "data/{}/ik.sto", "data/{}/emgFilt.sto"
    walk36, walk45, run81 = ((ik.format(name), emg.format(name)) for name in TRIALS)
    expected = (
        ("least R2 of walk36 but rectus, vastus lateralis", explained(*walk36, STEADY), around(0.68, 0.02)),
        ("greatest R2 of walk36", explained(*walk36, ALL, np.max), around(0.92, 0.02)),
        ("R2 of rectus in walk36", explained(*walk36, ("rect_fem_r",)), around(0.60, 0.03)),
        ("R2 of vastus lateralis in walk36", explained(*walk36, ("vas_lat_r",)), Between(-0.2, 0.1)),
        ("least R2 of walk45", explained(*walk45, ALL), around(0.69, 0.02)),
        ("greatest R2 of walk45", explained(*walk45, ALL, np.max), around(0.92, 0.02)),
        ("least R2 of run81", explained(*run81, ALL), around(0.77, 0.02)),
        ("greatest R2 of run81", explained(*run81, ALL, np.max), around(0.95, 0.02)),
        (
            "greatest R2 of walk45, EMG shifted",
            explained(*walk45, ALL, np.max, shift=0.5),
            Between(-0.5, 0.2),
        ),
        (
            "greatest R2 of run81, EMG shifted",
            explained(*run81, ALL, np.max, shift=0.5),
            Between(-0.5, 0.2),
        ),
        (
            "greatest R2 of walk36, EMG shifted",
            explained(*walk36, ALL, np.max, shift=0.5),
            Between(0.3, 0.7),
        ),
    )
    return [Fact(*each) for each in expected]


FACTS = (
    *(fact for name in TRIALS for fact in _of_trial(name)),
    Fact("least value of the EMG", lowest("data/walk36/emgFilt.sto"), around(-0.0054, 0.00005)),
    Fact(
        "right strikes of run81 at a plain 50 N: the foot crosses belts",
        landings("data/run81/XLD.mot", "ground_force_vy", 50, 50, apart=0.0),
        around(119, 2),
    ),
    Fact("greatest vas_lat_r of walk36", highest("data/walk36/emgFilt.sto", "vas_lat_r"), around(0.085, 0.0005)),
    Fact(
        "shortest interval of left strikes of walk45, its begin cut off, s",
        landing_interval("data/walk45/XLD.mot", "l_ground_force_vy", 100, 30, np.min),
        around(0.61, 0.005),
    ),
    Fact(
        "longest interval of right strikes of walk36, one is missed, s",
        landing_interval("data/walk36/XLD.mot", "ground_force_vy", 100, 30, np.max),
        around(2.31, 0.005),
    ),
    Fact("channels kept", channels("*"), "R 8; R 9; R 9"),
    Fact("trials that say that EMG leads", flagged("*", "emg_lead"), 3),
    *(Fact(f"{name} in {trials[2:-2]} peaks at", peak(trials, name), phase(a, b)) for trials, name, a, b in PEAKS),
    *_ridge(),
)
