"""Facts about mcgill-biomechzoo."""

from __future__ import annotations

from myoshift import anatomy
from myoshift.datasets.base import files
from myoshift.datasets.c3d_measures import deviation
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.marker_measures import agreement, by_heel, by_hip, landings, plug_in_gait
from myoshift.datasets.mcgill_biomechzoo import ALIVE
from myoshift.datasets.measures import (
    Measure,
    body,
    channels,
    count,
    flagged,
    peak,
    seconds,
    strides,
    strikes,
    trough,
    unseen,
    value_at,
)
from myoshift.datasets.seen import SIDES, Seen

# body, channels kept (straight; turn), foot strikes right/left (straight; turn)
PEOPLE = {
    "HC002D": ("32.1 kg, 1.45 m", "R 4; R 4", "3/3; 3/3"),
    "HC030A": ("45.8 kg, 1.48 m", "L 4 R 4; L 4 R 3", "2/2; 5/5"),
    "HC031A": ("27.7 kg, 1.33 m", "R 4; R 4", "2/2; 4/4"),
    "HC032A": ("60.3 kg, 1.58 m", "L 4; L 4", "2/2; 4/3"),
    "HC033A": ("51.5 kg, 1.605 m", "R 4; R 4", "2/2; 4/5"),
    "HC036A": ("33 kg, 1.34 m", "L 4; L 4", "2/2; 0/0"),
    "HC038A": ("56.8 kg, 1.74 m", "R 4; R 4", "2/3; 4/3"),
    "HC039A": ("39.7 kg, 1.59 m", "L 4; L 4", "2/2; 1/0"),
    "HC040A": ("25 kg, 1.225 m", "none; none", "7/5; 0/0"),
    "HC044A": ("39.4 kg, 1.45 m", "R 4; R 4", "2/2; 0/0"),
    "HC050A": ("37.4 kg, 1.51 m", "R 3; R 3", "2/2; 1/0"),
    "HC055A": ("32 kg, 1.44 m", "none; none", "2/2; 0/0"),
}


def living_strides(muscle: str) -> Measure:
    """Strides of 0.5 to 1.6 s with a living channel of a muscle, whether its side is trusted or not."""

    def measure(evidence: Evidence) -> int:
        found = 0
        for trial in evidence.all:
            path = trial.sources[0].path.partition("/")[2]
            for side in "RL":
                alive = ALIVE[0] <= deviation(path, f"Voltage.{side} {muscle}")(evidence) <= ALIVE[1]
                found += len(evidence.cycles(f"*/{trial.name}", f"knee_angle_{side.lower()}")) if alive else 0
        return found

    return measure


def many_points(evidence: Evidence) -> int:
    """Files with more than 255 points, whose labels go on in LABELS2."""
    paths = [trial.sources[0].path.partition("/")[2] for trial in evidence.all]
    return sum(len(evidence.file(path).point_names) > 255 for path in paths)


def _of_people() -> list[Fact]:
    """The table of people."""
    table = [zip((body, channels, strikes), stated, strict=True) for stated in PEOPLE.values()]
    return [
        Fact(f"{measure.__name__}, {person}", measure(f"{person}/*"), stated)
        for person, row in zip(PEOPLE, table, strict=True)
        for measure, stated in row
    ]


def modulations(evidence: Evidence) -> dict[tuple[str, str], float]:
    """Peak over mean of the mean stride of every channel, by trial and site; those without a stride are left out."""
    found = {}
    for trial in evidence.all:
        for side in SIDES:
            for site, cycle in Seen(trial).cycles(side).items():
                if cycle.any():
                    found[trial.name, site] = float(cycle.max() / cycle.mean())
    return found


def modulation(trial: str, site: str) -> Measure:
    """Peak over mean of the mean stride of one channel: 1 where a stride shows no burst at all."""
    return lambda evidence: modulations(evidence)[trial, site]


def least_modulation(evidence: Evidence) -> float:
    """The least peak over mean of the channels that are not flagged."""
    return min(value for key, value in modulations(evidence).items() if key not in WEAK)


SATURATED = "data/sample_study/raw c3d files/HC030A/Turn/HC030A22.c3d"
DEAD = "data/sample_study/raw c3d files/HC055A/Straight/HC055A09.c3d"
# trial and site: peak over mean of the mean stride
WEAK = {
    ("HC030A05", "gastrocnemius_r"): 1.14,
    ("HC030A22", "rectus_femoris_r"): 1.29,
    ("HC030A22", "tibialis_anterior_r"): 1.30,
}
EMG = "HC00* HC03* HC044A* HC050A*"  # the people with EMG
ROLES = anatomy.MarkerSet(psis="SACR")
PAIRS = plug_in_gait([file.path for file in files("mcgill-biomechzoo")], ROLES)
PLAIN = plug_in_gait([file.path for file in files("mcgill-biomechzoo")], ROLES, method="three_point")
AGREEMENT = {
    "hip_flexion": "r 0.999 (least 0.995), RMS 2.1, without offset 1.2",
    "knee_angle": "r 0.996 (least 0.989), RMS 3.1, without offset 1.7",
    "ankle_angle": "r 0.990 (least 0.921), RMS 7.8, without offset 1.3",
}

FACTS = (
    *_of_people(),
    Fact("files with more than 255 points: most", many_points, Between(13, 24)),
    Fact("trials with a living trusted channel", count(labelled=True), 20),
    Fact("seconds of these", seconds(), around(54.99, 0.005)),
    Fact("shortest of these, s", seconds(reduce=min), 1.70),
    Fact("longest of these, s", seconds(reduce=max), 5.12),
    Fact("SD of R Gast when saturated, V", deviation(SATURATED, "Voltage.R Gast"), around(0.53, 0.005)),
    Fact("SD of a dead channel, V", deviation(DEAD, "Voltage.R Rect"), around(0.00055, 0.00015)),
    Fact("frames missing in HC040A straight: in and out of view", unseen("HC040A/walk/*"), around(0.53, 0.01)),
    Fact("frames missing in all other trials", unseen("HC0[0-3]* HC040A/turn/* HC04[!0]* HC05*"), 0),
    Fact("strides with living Gast", living_strides("Gast"), 29),
    Fact("strides with living Rect", living_strides("Rect"), 32),
    Fact("strides with living Tib Ant", living_strides("Tib Ant"), 35),
    Fact("strides with living Hams", living_strides("Hams"), 37),
    Fact("strides of gastrocnemius on trusted sides", strides("*", "gastrocnemius"), 29),
    Fact("strides of tibialis anterior on trusted sides", strides("*", "tibialis_anterior"), 32),
    Fact("strides of hamstrings on trusted sides", strides("*", "hamstrings"), 31),
    Fact("gastrocnemius peaks at", peak("*", "gastrocnemius"), phase(0.45, 0.45)),
    Fact("tibialis anterior peaks at", peak("*", "tibialis_anterior"), phase(0.05, 0.05)),
    Fact("tibialis anterior, second hump", peak("*", "tibialis_anterior", (0.55, 0.85)), phase(0.70, 0.75)),
    Fact("hamstrings peak at", peak("*", "hamstrings"), phase(0.95, 1.0)),
    Fact("rectus femoris peaks at", peak("*", "rectus_femoris"), phase(0.05, 0.10)),
    Fact("rectus femoris, second hump", peak("*", "rectus_femoris", (0.55, 0.85)), phase(0.65, 0.65)),
    Fact("HC038A, gastrocnemius as labelled peaks at", peak("HC038A/*", "gastrocnemius"), phase(0.95, 0.95)),
    Fact("HC038A, hamstrings as labelled peak at", peak("HC038A/*", "hamstrings"), phase(0.40, 0.45)),
    Fact("trials flagged: two channels look exchanged", flagged("*", "exchanged"), 2),
    *(
        Fact(f"{trial}, {site}: peak over mean of the mean stride", modulation(trial, site), around(stated, 0.05))
        for (trial, site), stated in WEAK.items()
    ),
    Fact("least peak over mean of all other channels", least_modulation, around(1.75, 0.05)),
    Fact("trials flagged: channels hardly modulated", flagged("*", "hardly_modulated"), 2),
    Fact("strides of the people with EMG, both legs", strides(EMG, "hip_flexion"), 57),
    Fact("hip at strike, deg", value_at(EMG, "hip_flexion", 0.0), around(37, 1)),
    Fact("hip at 0.50, deg", value_at(EMG, "hip_flexion", 0.5), around(-2, 1)),
    Fact("hip at 0.90, deg", value_at(EMG, "hip_flexion", 0.9), around(39, 1)),
    Fact("hip is least at", trough(EMG, "hip_flexion"), phase(0.50, 0.55)),
    Fact("knee at strike, deg", value_at(EMG, "knee_angle", 0.0), around(4, 1)),
    Fact("knee at 0.15, deg", value_at(EMG, "knee_angle", 0.15), around(16, 1)),
    Fact("knee at 0.75, deg", value_at(EMG, "knee_angle", 0.75), around(59, 1)),
    Fact("knee is most at", peak(EMG, "knee_angle"), phase(0.75, 0.75)),
    Fact("ankle at 0.05, deg", value_at(EMG, "ankle_angle", 0.05), around(-5, 1)),
    Fact("ankle at 0.45, deg", value_at(EMG, "ankle_angle", 0.45), around(13, 1)),
    Fact("ankle at 0.65, deg", value_at(EMG, "ankle_angle", 0.65), around(-15, 1)),
    *(Fact(f"{name} from markers", agreement(PAIRS, name), said) for name, said in AGREEMENT.items()),
    Fact(
        "knee_angle from markers, plain angle",
        agreement(PLAIN, "knee_angle"),
        "r 0.995 (least 0.984), RMS 6.1, without offset 2.5",
    ),
    Fact("strikes from the heel", landings(by_heel(ROLES)), "97 of 108, 0 more; 2 ms late, SD 16"),
    Fact("strikes from the hip", landings(by_hip), "106 of 108, 0 more; 9 ms late, SD 27"),
)
