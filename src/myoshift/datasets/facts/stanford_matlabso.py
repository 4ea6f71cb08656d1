"""Facts about stanford-matlabso."""

from __future__ import annotations

import numpy as np

from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.measures import (
    bends,
    columns,
    correlation,
    difference,
    explained,
    flagged,
    frozen,
    highest,
    landings,
    lowest,
    peak,
    rate,
    rows,
    span,
    stride_time,
)
from myoshift.datasets.stanford_matlabso import SITES

IK, EMG, GRF = "TestData/results_ik.sto", "TestData/EMG_allMuscles.sto", "TestData/walking_baseline1_forces.mot"
ID, SO = "TestData/results_id.sto", "TestData/results_SO/results_states.sto"
SIMULATED = {"gaslat": 0.96, "vaslat": 0.94, "gasmed": 0.90, "vasmed": 0.85, "soleus": 0.48, "recfem": 0.09}

FACTS = (
    *(Fact(f"rows of {path}", rows(path), 3028) for path in (IK, EMG, GRF)),
    *(Fact(f"times of {path}", span(path), "0..60.54 s") for path in (IK, EMG, GRF, ID)),
    *(Fact(f"rate of {path}, Hz", rate(path), 50.0) for path in (IK, EMG, GRF)),
    Fact("rows at the start of the EMG that repeat one value", frozen(EMG), 3),
    Fact("trials whose force header lies", flagged("*", "rows"), 1),
    Fact("vasint is a copy of vaslat", difference(EMG, "vasint_l_activation", "vaslat_l_activation"), 0.0),
    Fact("least value of the EMG", lowest(EMG), around(-0.062, 0.0005)),
    Fact("least value after the frozen start", lowest(EMG, since=0.05), Between(-0.01, 0.0)),
    Fact("greatest recfem", highest(EMG, "recfem_l_activation"), around(0.026, 0.0005)),
    Fact("greatest vasmed", highest(EMG, "vasmed_l_activation"), around(0.037, 0.0005)),
    Fact("greatest left knee angle, deg", highest(IK, "knee_angle_l"), around(66.3, 0.05)),
    Fact("greatest knee_angle_l_beta: radians", highest(IK, "knee_angle_l_beta"), around(1.16, 0.005)),
    Fact("left strikes", landings(GRF, "1_ground_force_vy", 50, 50), 54),
    Fact("left knee-flexion peaks", bends(IK, "knee_angle_l"), 54),
    Fact("median stride, s", stride_time(IK, "knee_angle_l"), around(1.12, 0.005)),
    Fact("gastrocnemius medialis peaks at", peak("*", "gastrocnemius_medialis"), phase(0.45, 0.45)),
    Fact("gastrocnemius lateralis peaks at", peak("*", "gastrocnemius_lateralis"), phase(0.45, 0.45)),
    Fact("soleus peaks at", peak("*", "soleus"), phase(0.525, 0.525)),
    Fact("vastus lateralis peaks at", peak("*", "vastus_lateralis"), phase(0.125, 0.15)),
    Fact("vastus medialis peaks at", peak("*", "vastus_medialis"), phase(0.125, 0.15)),
    Fact("rectus femoris peaks at", peak("*", "rectus_femoris"), phase(0.675, 0.675)),
    Fact("knee is most at", peak("*", "knee_angle"), phase(0.725, 0.725)),
    Fact("hip is most at", peak("*", "hip_flexion"), phase(0.95, 0.95)),
    Fact("least R2 from the angles", explained(IK, EMG, tuple(SITES)), around(0.77, 0.03)),
    Fact("greatest R2 from the angles", explained(IK, EMG, tuple(SITES), np.max), around(0.89, 0.02)),
    Fact("frames of static optimisation", rows(SO), 41),
    Fact("activations of static optimisation", columns(SO, "/activation"), 80),
    Fact("times of static optimisation", span(SO), "10.9..11.7 s"),
    *(
        Fact(
            f"{muscle}: correlation of static optimisation and EMG",
            correlation((SO, f"/forceset/{muscle}_l/activation"), (EMG, f"{muscle}_l_activation")),
            around(r, 0.006),
        )
        for muscle, r in SIMULATED.items()
    ),
)
