"""Facts about opensim-auto-cp."""

from __future__ import annotations

from myoshift import anatomy
from myoshift.datasets.c3d_measures import (
    channel_count,
    channel_units,
    deviations,
    layout,
    modulation,
    point_count,
    stated_events,
)
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.marker_measures import agreement, by_heel, by_hip, landings, plug_in_gait
from myoshift.datasets.measures import body, channels, peak, seconds, strides, strikes, trough, value_at
from myoshift.datasets.opensim_auto_cp import ANGLES, SITES, STATIC, TASK


def age(evidence: Evidence) -> float | None:
    """Years."""
    return evidence.all[0].subject.age


PAIRS = plug_in_gait([TASK], anatomy.PLUG_IN_GAIT, prefix="Vicon", standing=STATIC)
PLAIN = plug_in_gait([TASK], anatomy.PLUG_IN_GAIT, prefix="Vicon", method="three_point")
AGREEMENT = {
    "hip_flexion": "r 0.997 (least 0.995), RMS 2.4, without offset 1.6",
    "knee_angle": "r 0.994 (least 0.993), RMS 5.3, without offset 2.6",
    "ankle_angle": "r 0.985 (least 0.979), RMS 2.8, without offset 1.0",
}
FACTS = (
    Fact("task", layout(TASK), "364 frames at 100 Hz from frame 153, 3640 samples at 1000 Hz"),
    Fact("body", body("*"), "41.5 kg, 1.61 m"),
    Fact("age, years: a boy", age, 15.0),
    Fact("seconds", seconds(), 3.64),
    Fact("points, whose labels go on in LABELS2", point_count(TASK), 332),
    Fact("of them markers", lambda e: e.file(TASK).point_names.index("CentreOfMass"), 35),
    Fact("Vicon angles", lambda e: sum(name in e.file(TASK).point_names for name in ANGLES), 6),
    Fact("channels of force plates: two", channel_count(TASK, "F"), 6),
    Fact("channels called Pin: no EMG", channel_count(TASK, "Pin "), 16),
    Fact("unit of the EMG", channel_units(TASK, tuple(SITES)), "V"),
    Fact("SD of the EMG, V", deviations(TASK, tuple(SITES)), "3.6e-05..0.00015"),
    Fact("channels", channels("*"), "L 5 R 5"),
    Fact("right strikes, s", stated_events(TASK, "foot_strike", "r"), "2.13, 3.11, 4.09, 5.09"),
    Fact("left strikes, s", stated_events(TASK, "foot_strike", "l"), "1.63, 2.61, 3.59, 4.59"),
    Fact("right foot-offs, s", stated_events(TASK, "foot_off", "r"), "1.74, 2.72, 3.7, 4.71"),
    Fact("left foot-offs, s", stated_events(TASK, "foot_off", "l"), "2.24, 3.22, 4.22"),
    Fact("strikes of the trial right/left", strikes("*"), "4/4"),
    Fact("right strides", strides("*", "hip_flexion_r"), 3),
    Fact("left strides", strides("*", "hip_flexion_l"), 3),
    Fact("gastrocnemius_lateralis_l peaks at", peak("*", "gastrocnemius_lateralis_l"), phase(0.47, 0.47)),
    Fact("gastrocnemius_lateralis_r peaks at", peak("*", "gastrocnemius_lateralis_r", (0.3, 0.6)), phase(0.47, 0.47)),
    Fact("and early, equally high", peak("*", "gastrocnemius_lateralis_r", (0.0, 0.3)), phase(0.07, 0.07)),
    Fact("peronei_r peak at", peak("*", "peronei_r"), phase(0.45, 0.45)),
    Fact("peronei_l peak at", peak("*", "peronei_l"), phase(0.47, 0.47)),
    *(
        Fact(f"tibialis_anterior_{s} peaks at", peak("*", f"tibialis_anterior_{s}", (0.0, 0.2)), phase(0.0, 0.05))
        for s in "rl"
    ),
    *(
        Fact(
            f"tibialis_anterior_{s}, second hump", peak("*", f"tibialis_anterior_{s}", (0.5, 0.9)), phase(0.68, 0.70)
        )
        for s in "rl"
    ),
    *(Fact(f"hamstrings_medial_{s} peak at", peak("*", f"hamstrings_medial_{s}"), phase(0.0, 0.03)) for s in "rl"),
    *(
        Fact(f"rectus_femoris_{s} peaks at", peak("*", f"rectus_femoris_{s}", (0.0, 0.15)), phase(0.05, 0.05))
        for s in "rl"
    ),
    Fact("rectus_femoris_l, second hump", peak("*", "rectus_femoris_l", (0.5, 0.9)), phase(0.65, 0.65)),
    *(Fact(f"modulation of {site}", modulation("*", site), Between(0.805, 0.975)) for site in SITES.values()),
    Fact("knee is most bent at", peak("*", "knee_angle"), phase(0.73, 0.73)),
    Fact("hip is furthest back at", trough("*", "hip_flexion"), phase(0.52, 0.52)),
    Fact("left knee at strike, deg", value_at("*", "knee_angle_l", 0.0), around(18, 1)),
    *(Fact(f"{name} from markers", agreement(PAIRS, name), said) for name, said in AGREEMENT.items()),
    Fact(
        "knee_angle from markers, plain angle",
        agreement(PLAIN, "knee_angle"),
        "r 0.987 (least 0.985), RMS 11.5, without offset 4.2",
    ),
    Fact("strikes from the heel", landings(by_heel(anatomy.PLUG_IN_GAIT)), "8 of 8, 0 more; -13 ms late, SD 7"),
    Fact("strikes from the hip", landings(by_hip), "8 of 8, 0 more; 0 ms late, SD 7"),
)
