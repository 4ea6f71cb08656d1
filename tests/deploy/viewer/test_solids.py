"""Solids are closed, look outwards and are as large as they should be."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from myoshift.deploy.viewer.solids import Mesh, blob, hoop, joined, plate, rod

ROUND = 0.9003  # of a circle's area, the octagon inside it


def volume(mesh: Mesh) -> float:
    """Positive where faces look outwards."""
    a, b, c = mesh.vertices[mesh.faces].astype(float).transpose(1, 0, 2)
    return float((a * np.cross(b, c)).sum() / 6)


SOLIDS = {
    "rod": (rod([(0, 0, 0), (0, -1, 0)], [0.1, 0.1]), np.pi * 0.1**2 * (1 + 4 / 3 * 0.1)),
    "bent rod": (rod([(0, 0, 0), (0.3, 0, 0.1), (0.5, 0.2, 0.1)], [0.01, 0.01, 0.01]), np.pi * 0.01**2 * 0.612),
    "blob": (blob((1, 2, 3), (0.1, 0.2, 0.3)), 4 / 3 * np.pi * 0.006),
    "hoop": (hoop((0, 1, 0), 0.4, 0.4, 0.01, 0.0), 2 * np.pi**2 * 0.2 * 0.01**2),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_volume(name):
    mesh, expected = SOLIDS[name]
    assert 0.9 < volume(mesh) / (ROUND * expected) < 1.02


@pytest.mark.parametrize("name", SOLIDS)
def test_a_mirror_image_looks_outwards_too(name):
    mesh, _ = SOLIDS[name]
    assert volume(mesh.mirrored()) == pytest.approx(volume(mesh), rel=1e-4)
    assert np.array_equal(mesh.mirrored().vertices[:, 2], -mesh.vertices[:, 2])


def test_a_plate_is_closed_and_looks_outwards():
    mesh = plate([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], 0.1)
    assert volume(mesh) == pytest.approx(1 / 3 * 0.2, rel=1e-5)
    edges = Counter(
        tuple(edge) for face in mesh.faces.tolist() for edge in zip(face, face[1:] + face[:1], strict=True)
    )
    assert set(edges.values()) == {1}
    assert all((b, a) in edges for a, b in edges)


def test_solids_join_and_grow():
    parts = [mesh for mesh, _ in SOLIDS.values()]
    whole = joined(parts)
    assert volume(whole) == pytest.approx(sum(map(volume, parts)), rel=1e-4)
    assert volume(whole.scaled(2.0)) == pytest.approx(8 * volume(whole), rel=1e-4)
