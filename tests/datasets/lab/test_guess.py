from __future__ import annotations

import pytest

from myoshift.datasets.lab import guess


@pytest.mark.parametrize(
    ("name", "site", "side"),
    [
        ("Voltage.1_RTA", "tibialis_anterior", "r"),
        ("EMG.LRectFem", "rectus_femoris", "l"),
        ("EMG 08_Left GMed", "gluteus_medius", "l"),
        ("MED. GASTRO RT", "gastrocnemius_medialis", "r"),
        ("soleus", "soleus", ""),
        ("RF", "rectus_femoris", ""),
        ("RecFem", "rectus_femoris", ""),
        ("lat gas l", "gastrocnemius_lateralis", "l"),
        ("RSpare", "", "r"),
        ("Synchro", "", ""),
    ],
)
def test_site_and_side_of_a_channel(name, site, side):
    assert (guess.site(name), guess.side(name)) == (site, side)


def test_markers_of_roles_in_their_usual_names():
    isb = [f"{side}{name}" for side in "RL" for name in ("IAS", "IPS", "FLE", "FAL", "FCC", "FM2", "XX")]
    assert guess.legs(isb) == {
        "asis": "{}IAS", "psis": "{}IPS", "knee": "{}FLE", "ankle": "{}FAL", "heel": "{}FCC", "toe": "{}FM2"
    }  # fmt: skip
    coda = [f"{side}.{name}" for side in "RL" for name in ("ASIS", "Knee")]
    assert guess.legs([*coda, "SACR", "RTOE"]) == {"asis": "{}.ASIS", "knee": "{}.Knee", "psis": "SACR"}


def test_the_convention_that_knows_most_names():
    assert guess.convention(["LHipAngles", "LKneeAngles"]) == "plug_in_gait"
    assert guess.convention(["hip_flexion_r"]) == "rajagopal"
    assert guess.coordinate("RHipAngles", "plug_in_gait") == "hip_flexion_r"
    assert not guess.is_coordinate("RHipAngles")
