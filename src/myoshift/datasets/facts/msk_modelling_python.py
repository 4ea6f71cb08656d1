"""Facts about msk-modelling-python."""

from __future__ import annotations

from myoshift.datasets.c3d_measures import (
    channel_peak,
    channel_units,
    deviation,
    deviations,
    layout,
    loaded,
    point_count,
    point_missing,
    point_unit,
    repeated,
    stated_events,
    swing,
)
from myoshift.datasets.facts import Fact, around, phase
from myoshift.datasets.measures import body, channels, flagged, peak, seconds, strikes
from myoshift.datasets.msk_modelling_python import FOLDER, SITES

STATIC, WALK, SPRINT = (f"{FOLDER}{name}.c3d" for name in ("static_1", "walking_1", "sprint_1"))
FORCES = tuple(f"Force.Fz{plate}" for plate in range(1, 6))
QUIET = [name for name in SITES if name != "Voltage.EMG10_l_semimemb"]
SILENT = ("Voltage.EMG03_r_rect_fem", "Voltage.EMG08_l_rect_fem", "Voltage.EMG09_l_tfl")
SWINGS = {"r": (0.60, 1.68), "l": (0.08, 1.14, 2.23)}  # s
NOISY = "Voltage.EMG10_l_semimemb"

FACTS = (
    Fact("static", layout(STATIC), "466 frames at 200 Hz from frame 1, 2330 samples at 1000 Hz"),
    Fact("walking", layout(WALK), "541 frames at 200 Hz from frame 1050, 2705 samples at 1000 Hz"),
    Fact("sprint", layout(SPRINT), "157 frames at 200 Hz from frame 722, 785 samples at 1000 Hz"),
    Fact("unit of the points", point_unit(WALK), "mm"),
    Fact("unit of the EMG", channel_units(WALK, SITES), "V"),
    Fact("body of the athlete", body("*"), "60 kg, 1.67 m"),
    *(
        Fact(f"points of {name}", point_count(path), n)
        for name, path, n in (("static", STATIC, 23), ("walking", WALK, 23), ("sprint", SPRINT, 27))
    ),
    Fact("of them USERMO in the sprint, which are no markers", point_count(SPRINT, "USERMO"), 4),
    Fact("labels that occur more than once", repeated(WALK), "Voltage.not_used"),
    *(
        Fact(f"{name} missing in the {where}", point_missing(path, name), around(share, 0.005))
        for name, where, path, share in (
            ("RASI", "walk", WALK, 0.01),
            ("CLAV", "sprint", SPRINT, 0.03),
            ("LPSI", "sprint", SPRINT, 0.02),
            ("RTOE", "sprint", SPRINT, 0.01),
        )
    ),
    Fact("SD at rest, V: the noise floor", deviations(STATIC, QUIET), "0.01..0.014"),
    Fact("SD at rest of the left semimembranosus, V", deviation(STATIC, NOISY), around(0.034, 0.0005)),
    Fact("SD in the walk of both recti and the left TFL, V", deviations(WALK, SILENT), "0.012..0.013"),
    Fact("SD in the walk of the right TFL, V", deviation(WALK, "Voltage.EMG04_r_tfl"), around(0.019, 0.0005)),
    Fact("SD in the sprint of all ten, V", deviations(SPRINT, tuple(SITES)), "0.073..0.69"),
    Fact("channels kept, sprint; walk", channels("*"), "L 2 R 3; L 5 R 5"),
    Fact("trials with channels left out", flagged("*", "dropped"), 1),
    Fact("strikes stated in the walk", stated_events(WALK, "foot_strike", "r"), "none"),
    Fact("plates loaded in the walk (50 N)", loaded(WALK, FORCES, 50.0), "none"),
    Fact("plates loaded in the sprint (200 N)", loaded(SPRINT, FORCES, 200.0), "Force.Fz1, Force.Fz3, Force.Fz5"),
    Fact("right strikes stated in the sprint, s", stated_events(SPRINT, "foot_strike", "r"), "3.605, 4.138"),
    Fact("left strikes stated in the sprint", stated_events(SPRINT, "foot_strike", "l"), "none"),
    Fact("strikes right/left, walk; sprint", strikes("*"), "2/3; 2/0"),
    *(
        Fact(
            f"{side} knee, swing {number}, most bent at, s",
            swing("*/walk/*", f"knee_angle_{side}", number),
            around(time, 0.015),
        )
        for side, times in SWINGS.items()
        for number, time in enumerate(times)
    ),
    Fact("knee is most bent at", peak("*/walk/*", "knee_angle"), phase(0.73, 0.75)),
    *(
        Fact(f"{site} peaks at", peak("*/walk/*", site), phase(low, high))
        for site, low, high in (
            ("gastrocnemius_r", 0.40, 0.40),
            ("soleus_r", 0.40, 0.40),
            ("gastrocnemius_l", 0.42, 0.46),
            ("soleus_l", 0.42, 0.46),
        )
    ),
    Fact(
        "hamstrings_medial_r, burst after the strike, peaks at",
        peak("*/walk/*", "hamstrings_medial_r", (0.0, 0.2)),
        phase(0.02, 0.02),
    ),
    Fact(
        "hamstrings_medial_r, burst before it, peaks at",
        peak("*/walk/*", "hamstrings_medial_r", (0.8, 1.0)),
        phase(0.93, 0.93),
    ),
    Fact("left semimembranosus, left out, peaks at", channel_peak("*/walk/*", WALK, NOISY, "l"), phase(0.91, 0.93)),
    Fact("seconds of the sprint", seconds("*/sprint/*"), 0.785),
    Fact("seconds of the walk", seconds("*/walk/*"), 2.705),
)
