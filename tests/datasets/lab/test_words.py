from __future__ import annotations

import pytest

from myoshift.datasets.lab import words


@pytest.mark.parametrize(
    ("name", "site", "side"),
    [
        ("RTA", "tibialis_anterior", "r"),
        ("RF", "rectus_femoris", ""),  # a muscle, no side
        ("SOL li", "soleus", "l"),
        ("gastrocmed", "gastrocnemius_medialis", ""),
        ("/EMG/soleus_r", "soleus", "r"),
        ("Speed", "", ""),
        ("R VAST LAT: EMG 1", "vastus_lateralis", "r"),
        ("L med gastroc: EMG 2", "gastrocnemius_medialis", "l"),
        ("Voltage.1_RTA", "tibialis_anterior", "r"),
        ("EMG.LRectFem", "rectus_femoris", "l"),
        ("EMG 08_Left GMed", "gluteus_medius", "l"),
        ("MED. GASTRO RT", "gastrocnemius_medialis", "r"),
        ("soleus", "soleus", ""),
        ("RecFem", "rectus_femoris", ""),
        ("lat gas l", "gastrocnemius_lateralis", "l"),
        ("RSpare", "", "r"),
        ("Synchro", "", ""),
    ],
)
def test_sites_and_sides(name, site, side):
    assert (words.site(name), words.side(name)) == (site, side)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Knie Flexion rechts (\xb0)", "knee_angle"),
        ("RAnkleDorsiflexion", "ankle_angle"),
        ("Hip_add", ""),
        ("hip_flexion_moment_r", ""),
        ("knee", ""),
    ],
)
def test_coordinates_of_the_sagittal_plane(name, expected):
    assert words.coordinate(name) == expected


def test_markers_of_roles_in_their_usual_names():
    isb = [f"{side}{name}" for side in "RL" for name in ("IAS", "IPS", "FLE", "FAL", "FCC", "FM2", "XX")]
    assert words.legs(isb) == {
        "asis": "{}IAS", "psis": "{}IPS", "knee": "{}FLE", "ankle": "{}FAL", "heel": "{}FCC", "toe": "{}FM2"
    }  # fmt: skip
    coda = [f"{side}.{name}" for side in "RL" for name in ("ASIS", "Knee")]
    assert words.legs([*coda, "SACR", "RTOE"]) == {"asis": "{}.ASIS", "knee": "{}.Knee", "psis": "SACR"}


def test_the_convention_that_knows_most_names():
    assert words.convention(["LHipAngles", "LKneeAngles"]) == "plug_in_gait"
    assert words.convention(["hip_flexion_r"]) == "rajagopal"
    assert words.canonical("RHipAngles", "plug_in_gait") == "hip_flexion_r"
    assert not words.canonical("RHipAngles")


def test_markers_are_pairs_that_begin_as_a_role_and_are_alone_in_it():
    names = [f"{name}_{side}" for side in "RL" for name in ("Asis", "KneeMed", "KneeLat", "Shank")]
    assert words.legs(names) == {"asis": "Asis_{}"}
