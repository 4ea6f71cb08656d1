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
