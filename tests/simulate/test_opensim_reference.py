"""The same posture, speed and joint moments as OpenSim had give the activations that OpenSim found."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch
from perf.cases import simulation

FRAMES = 114


@pytest.fixture(scope="module")
def both(data_root):
    """Ours, and those of OpenSim with the same polynomial paths, (114, 80) each; and ours with pennation as it is."""
    if not (data_root / simulation.REFERENCE).is_file():
        pytest.skip("opensim-so-reference not found")
    jobs = simulation.trial(data_root, FRAMES, as_they_are=FRAMES)
    with (data_root / "opensim-so-reference/so_opensim_polypaths.csv").open() as file:
        names, *rows = csv.reader(file)
    columns = [names.index(name) for job in jobs for name in job.leg.names]
    theirs = np.roll(np.array(rows, float)[:, columns], -simulation.BEGIN, axis=0)
    as_opensim, ours = (simulation.activations(jobs, torch.float64, kind, FRAMES)[0] for kind in (True, False))
    return as_opensim, theirs, ours


def test_activations_are_those_of_opensim(both):
    ours, theirs, _ = both
    assert np.sqrt(np.mean((ours - theirs) ** 2)) <= 0.0015
    assert np.abs(ours - theirs).max() <= 0.01


def test_the_defect_of_its_pennation_is_repeated_for_comparison_alone(both):
    _, theirs, ours = both
    assert 0.002 < np.sqrt(np.mean((ours - theirs) ** 2)) < 0.01
